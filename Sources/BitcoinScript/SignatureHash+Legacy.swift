package import BitcoinCrypto
import BitcoinPrimitives
import ByteCoding

/// The hash that signatures in scripts before segregated witness are made over.
extension PrecomputedTransactionData {
    /// The signature hash of an input outside of witnesses (Core's `SignatureHash` for `SigVersion::BASE`).
    ///
    /// - Parameters:
    ///   - input: the position of the input, which must be there.
    ///   - scriptCode: the script that is run, from the last `OP_CODESEPARATOR` that was run on.
    package func legacySignatureHash(
        input: Int, scriptCode: ArraySlice<UInt8>, type: SignatureHashType
    ) -> Hash256 {
        guard !signsNothing(input: input, type: type) else { return .one }
        return finish(legacyMidstate(input: input, scriptCode: scriptCode, type: type), type)
    }

    /// Whether the type asks for an output that is not there. The hash is the number one then, whatever the
    /// transaction: a mistake of the first client that became consensus.
    func signsNothing(input: Int, type: SignatureHashType) -> Bool {
        type.outputs == .single && input >= transaction.outputs.count
    }

    /// All that is hashed before the type.
    func legacyMidstate(input: Int, scriptCode: ArraySlice<UInt8>, type: SignatureHashType) -> SHA256Hasher {
        let inputs = transaction.inputs
        var hasher = SHA256Hasher()
        var writer = ByteWriter(capacity: scriptCode.count + 128)
        if type.allowsOtherInputs {
            writer.writeUInt32(transaction.version)
            writer.writeCompactSize(1)
            writeSigned(inputs[input], scriptCode, to: &writer)
        } else if type.outputs == .all && !blankedInputs.isEmpty {
            hasher = blankedPrefixes[input]
            writeSigned(inputs[input], scriptCode, to: &writer)
            flush(&writer, into: &hasher)
            hasher.update(blankedInputs[((input + 1) * Self.blankedInputSize)...])
        } else {
            writer.writeUInt32(transaction.version)
            writer.writeCompactSize(inputs.count)
            addOthers(0..<input, type, &writer)
            writeSigned(inputs[input], scriptCode, to: &writer)
            addOthers((input + 1)..<inputs.count, type, &writer)
        }
        switch type.outputs {
        case .all:
            writer.writeCompactSize(transaction.outputs.count)
            flush(&writer, into: &hasher)
            hasher.update(transaction.serializedOutputs)
        case .none:
            writer.writeCompactSize(0)
        case .single:
            writer.writeCompactSize(input + 1)
            for _ in 0..<input {
                writer.writeInt64(-1)
                writer.writeCompactSize(0)
            }
            transaction.outputs[input].encode(to: &writer)
        }
        writer.writeUInt32(transaction.lockTime)
        flush(&writer, into: &hasher)
        return hasher
    }

    /// Adds inputs that are not the signed one: without scripts, and without sequences unless all outputs are signed.
    private func addOthers(
        _ range: Range<Int>, _ type: SignatureHashType, _ writer: inout ByteWriter
    ) {
        for other in transaction.inputs[range] {
            other.previousOutput.encode(to: &writer)
            writer.writeCompactSize(0)
            writer.writeUInt32(type.outputs == .all ? other.sequence : 0)
        }
    }

    private func writeSigned(
        _ input: TransactionInput, _ scriptCode: ArraySlice<UInt8>, to writer: inout ByteWriter
    ) {
        input.previousOutput.encode(to: &writer)
        writeWithoutSeparators(scriptCode, to: &writer)
        writer.writeUInt32(input.sequence)
    }

    /// Writes a script without its `OP_CODESEPARATOR`s.
    ///
    /// Behind a broken push nothing is written, but the size counts it all: this is what Core hashes. Such a script
    /// fails in the end, yet the error must be the same.
    private func writeWithoutSeparators(_ script: ArraySlice<UInt8>, to writer: inout ByteWriter) {
        var reader = ScriptReader(script)
        var separators = 0
        while let step = reader.step() {
            if step.opcode == .codeSeparator { separators += 1 }
        }
        writer.writeCompactSize(script.count - separators)
        guard separators > 0 || !reader.isAtEnd else {
            writer.writeBytes(script)
            return
        }
        reader = ScriptReader(script)
        var start = script.startIndex
        while let step = reader.step() {
            guard step.opcode == .codeSeparator else { continue }
            writer.writeBytes(script[start..<(reader.index - 1)])
            start = reader.index
        }
        writer.writeBytes(script[start..<reader.index])
    }

    private func flush(_ writer: inout ByteWriter, into hasher: inout SHA256Hasher) {
        hasher.update(writer.bytes)
        writer.bytes.removeAll(keepingCapacity: true)
    }

    /// Adds the type and hashes twice.
    func finish(_ midstate: SHA256Hasher, _ type: SignatureHashType) -> Hash256 {
        var hasher = midstate
        hasher.update(littleEndian: type.rawValue)
        return hasher.finalizeDouble()
    }
}

extension Hash256 {
    /// The number one.
    static let one = Hash256(words: 1, 0, 0, 0)
}
