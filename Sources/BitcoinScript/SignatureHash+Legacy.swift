package import BitcoinCrypto
import BitcoinPrimitives

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
        var hasher: SHA256Hasher
        if !type.allowsOtherInputs && type.outputs == .all && !blankedInputs.isEmpty {
            hasher = blankedPrefixes[input]
            addSigned(input, scriptCode, to: &hasher)
            hasher.update(blankedInputs[((input + 1) * Self.blankedInputSize)...])
        } else {
            hasher = SHA256Hasher()
            hasher.update(littleEndian: transaction.version)
            hasher.update(compactSize: type.allowsOtherInputs ? 1 : transaction.inputs.count)
            if !type.allowsOtherInputs { addOthers(0..<input, type, to: &hasher) }
            addSigned(input, scriptCode, to: &hasher)
            if !type.allowsOtherInputs { addOthers((input + 1)..<transaction.inputs.count, type, to: &hasher) }
        }
        switch type.outputs {
        case .all:
            hasher.update(compactSize: transaction.outputs.count)
            hasher.update(transaction.serializedOutputs)
        case .none:
            hasher.update(compactSize: 0)
        case .single:
            hasher.update(compactSize: input + 1)
            for _ in 0..<input {
                hasher.update(littleEndian: -1 as Int64)
                hasher.update(compactSize: 0)
            }
            hasher.update(transaction.outputs[input])
        }
        hasher.update(littleEndian: transaction.lockTime)
        return hasher
    }

    /// Adds inputs that are not the signed one: without scripts, and without sequences unless all outputs are signed.
    private func addOthers(_ range: Range<Int>, _ type: SignatureHashType, to hasher: inout SHA256Hasher) {
        for other in range {
            hasher.update(transaction.inputs[other].previousOutput)
            hasher.update(compactSize: 0)
            hasher.update(littleEndian: type.outputs == .all ? transaction.inputs[other].sequence : 0)
        }
    }

    private func addSigned(_ input: Int, _ scriptCode: ArraySlice<UInt8>, to hasher: inout SHA256Hasher) {
        hasher.update(transaction.inputs[input].previousOutput)
        addWithoutSeparators(scriptCode, to: &hasher)
        hasher.update(littleEndian: transaction.inputs[input].sequence)
    }

    /// Adds a script without its `OP_CODESEPARATOR`s.
    ///
    /// Behind a broken push nothing is hashed, but the size counts it all: this is what Core hashes. Such a script
    /// fails in the end, yet the error must be the same.
    private func addWithoutSeparators(_ script: ArraySlice<UInt8>, to hasher: inout SHA256Hasher) {
        var reader = ScriptReader(script)
        var separators = 0
        while let step = reader.step() {
            if step.opcode == .codeSeparator { separators += 1 }
        }
        hasher.update(compactSize: script.count - separators)
        guard separators > 0 || !reader.isAtEnd else {
            hasher.update(script)
            return
        }
        reader = ScriptReader(script)
        var start = script.startIndex
        while let step = reader.step() {
            guard step.opcode == .codeSeparator else { continue }
            hasher.update(script[start..<(reader.index - 1)])
            start = reader.index
        }
        hasher.update(script[start..<reader.index])
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
