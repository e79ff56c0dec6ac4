package import BitcoinCrypto
import BitcoinPrimitives
import ByteCoding

/// The hash that signatures in witness version 0 are made over (BIP143).
extension PrecomputedTransactionData {
    /// The signature hash of an input with a witness of version 0.
    ///
    /// - Parameters:
    ///   - input: the position of the input, which must be there.
    ///   - scriptCode: the script that is run, from behind the last `OP_CODESEPARATOR` that was run.
    package func segwitSignatureHash(
        input: Int, scriptCode: ArraySlice<UInt8>, type: SignatureHashType
    ) -> Hash256 {
        finish(segwitMidstate(input: input, scriptCode: scriptCode, type: type), type)
    }

    /// All that is hashed before the type.
    func segwitMidstate(input: Int, scriptCode: ArraySlice<UInt8>, type: SignatureHashType) -> SHA256Hasher {
        let signed = transaction.inputs[input]
        let shared = segwit
        var writer = ByteWriter(capacity: 160 + scriptCode.count)
        writer.writeUInt32(transaction.version)
        writer.writeHash256(type.allowsOtherInputs ? .zero : shared.previousOutputs)
        writer.writeHash256(!type.allowsOtherInputs && type.outputs == .all ? shared.sequences : .zero)
        signed.previousOutput.encode(to: &writer)
        writer.writeSizedBytes(scriptCode)
        writer.writeInt64(spentOutputs[input].value)
        writer.writeUInt32(signed.sequence)
        switch type.outputs {
        case .all: writer.writeHash256(shared.outputs)
        case .single where input < transaction.outputs.count:
            var output = ByteWriter(capacity: 64)
            transaction.outputs[input].encode(to: &output)
            writer.writeHash256(SHA256d.hash(output.bytes))
        case .none, .single: writer.writeHash256(.zero)
        }
        writer.writeUInt32(transaction.lockTime)
        var hasher = SHA256Hasher()
        hasher.update(writer.bytes)
        return hasher
    }
}
