package import BitcoinCrypto
import BitcoinPrimitives

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
        let shared = segwit
        var hasher = SHA256Hasher()
        hasher.update(littleEndian: transaction.version)
        hasher.update(type.allowsOtherInputs ? .zero : shared.previousOutputs)
        hasher.update(!type.allowsOtherInputs && type.outputs == .all ? shared.sequences : .zero)
        hasher.update(transaction.inputs[input].previousOutput)
        hasher.update(compactSize: scriptCode.count)
        hasher.update(scriptCode)
        hasher.update(littleEndian: spentOutputs[input].value)
        hasher.update(littleEndian: transaction.inputs[input].sequence)
        switch type.outputs {
        case .all: hasher.update(shared.outputs)
        case .single where input < transaction.outputs.count:
            var single = SHA256Hasher()
            single.update(transaction.outputs[input])
            hasher.update(single.finalizeDouble())
        case .none, .single: hasher.update(.zero)
        }
        hasher.update(littleEndian: transaction.lockTime)
        return hasher
    }
}
