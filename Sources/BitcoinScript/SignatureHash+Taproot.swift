package import BitcoinCrypto
import BitcoinPrimitives
import ByteCoding

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
        let signed = transaction.inputs[input]
        var writer = ByteWriter(capacity: 256)
        // The epoch.
        writer.writeUInt8(0)
        writer.writeUInt8(byte)
        writer.writeUInt32(transaction.version)
        writer.writeUInt32(transaction.lockTime)
        if !type.allowsOtherInputs || type.outputs == .all {
            let shared = common
            if !type.allowsOtherInputs {
                let spent = taproot
                writer.writeHash256(shared.previousOutputs)
                writer.writeHash256(spent.amounts)
                writer.writeHash256(spent.scripts)
                writer.writeHash256(shared.sequences)
            }
            if type.outputs == .all { writer.writeHash256(shared.outputs) }
        }
        writer.writeUInt8((tapscript == nil ? 0 : 2) | (annexHash == nil ? 0 : 1))
        if type.allowsOtherInputs {
            signed.previousOutput.encode(to: &writer)
            spentOutputs[input].encode(to: &writer)
            writer.writeUInt32(signed.sequence)
        } else {
            writer.writeUInt32(UInt32(truncatingIfNeeded: input))
        }
        if let annexHash { writer.writeHash256(annexHash) }
        if type.outputs == .single {
            guard input < transaction.outputs.count else { return nil }
            var output = ByteWriter(capacity: 64)
            transaction.outputs[input].encode(to: &output)
            var hasher = SHA256Hasher()
            hasher.update(output.bytes)
            writer.writeHash256(hasher.finalizeHash())
        }
        if let tapscript {
            writer.writeHash256(tapscript.leafHash)
            // The version of keys of 32 bytes.
            writer.writeUInt8(0)
            writer.writeUInt32(tapscript.codeSeparatorPosition)
        }
        var hasher = Self.taprootHasher
        hasher.update(writer.bytes)
        return hasher.finalizeHash()
    }

    private static let taprootHasher = TaggedHash.hasher(tag: "TapSighash")
}
