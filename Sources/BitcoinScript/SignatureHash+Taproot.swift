package import BitcoinCrypto
import BitcoinPrimitives

/// The hash that signatures of taproot and tapscript are made over (BIP341, BIP342).
extension PrecomputedTransactionData {
    /// What a signature inside a tapscript covers besides the transaction.
    package struct TapscriptContext: Sendable {
        /// The hash of the leaf that holds the script.
        package var leafHash: Hash256
        /// The position of the last `OP_CODESEPARATOR` that was run, counted in instructions.
        package var codeSeparatorPosition = UInt32.max

        /// No `OP_CODESEPARATOR` has been run.
        package init(leafHash: Hash256) { self.leafHash = leafHash }
    }

    /// The signature hash of an input that spends a taproot output.
    ///
    /// - Parameters:
    ///   - input: the position of the input, which must be there.
    ///   - type: the byte behind the signature, or `default` when there is none.
    ///   - annexHash: the hash of the annex with its size in front, if there is an annex.
    ///   - tapscript: nil when the output key itself signs.
    /// - Returns: nil when the type is not allowed, or names an output that is not there.
    package func taprootSignatureHash(
        input: Int, type: SignatureHashType, annexHash: Hash256? = nil, tapscript: TapscriptContext? = nil
    ) -> Hash256? {
        guard let byte = UInt8(exactly: type.rawValue), byte <= 3 || (0x81...0x83).contains(byte) else { return nil }
        var hasher = Self.taprootHasher
        // The epoch.
        hasher.update(littleEndian: 0 as UInt8)
        hasher.update(littleEndian: byte)
        hasher.update(littleEndian: transaction.version)
        hasher.update(littleEndian: transaction.lockTime)
        if !type.allowsOtherInputs || type.outputs == .all {
            let shared = common
            if !type.allowsOtherInputs {
                let spent = taproot
                hasher.update(shared.previousOutputs)
                hasher.update(spent.amounts)
                hasher.update(spent.scripts)
                hasher.update(shared.sequences)
            }
            if type.outputs == .all { hasher.update(shared.outputs) }
        }
        hasher.update(littleEndian: (tapscript == nil ? 0 : 2) | (annexHash == nil ? 0 : 1) as UInt8)
        if type.allowsOtherInputs {
            hasher.update(transaction.inputs[input].previousOutput)
            hasher.update(spentOutputs[input])
            hasher.update(littleEndian: transaction.inputs[input].sequence)
        } else {
            hasher.update(littleEndian: UInt32(truncatingIfNeeded: input))
        }
        if let annexHash { hasher.update(annexHash) }
        if type.outputs == .single {
            guard input < transaction.outputs.count else { return nil }
            var single = SHA256Hasher()
            single.update(transaction.outputs[input])
            hasher.update(single.finalizeHash())
        }
        if let tapscript {
            hasher.update(tapscript.leafHash)
            // The version of keys of 32 bytes.
            hasher.update(littleEndian: 0 as UInt8)
            hasher.update(littleEndian: tapscript.codeSeparatorPosition)
        }
        return hasher.finalizeHash()
    }

    private static let taprootHasher = TaggedHash.hasher(tag: "TapSighash")
}
