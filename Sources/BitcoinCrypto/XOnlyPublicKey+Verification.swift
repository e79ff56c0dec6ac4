import CSecp256k1

/// Signatures and commitments of taproot, checked on bytes as they stand in witnesses (BIP340, BIP341).
extension XOnlyPublicKey {
    /// Whether the owner of a key made a Schnorr signature over a hash.
    ///
    /// - Parameters:
    ///   - signature: 64 bytes; any other count is no signature.
    ///   - key: 32 bytes; those that are no coordinate of a point have signed nothing.
    package static func isValid(
        signature: ArraySlice<UInt8>, for hash: Hash256, by key: ArraySlice<UInt8>
    ) -> Bool {
        guard signature.count == 64, var point = parse(key) else { return false }
        return unsafe withContiguousBytes(signature) { bytes in
            unsafe hash.withBytes {
                unsafe secp256k1_schnorrsig_verify(
                    CurveContext.shared.pointer, bytes.bindMemory(to: UInt8.self).baseAddress!, $0, 32, &point) == 1
            }
        }
    }

    /// Whether an output key is an internal key tweaked by a script tree.
    ///
    /// - Parameters:
    ///   - output: the 32 bytes in the output.
    ///   - internalKey: the 32 bytes in the control block.
    ///   - isOdd: whether the output point's y is odd, as the control block says.
    package static func isTweaked(
        output: ArraySlice<UInt8>, from internalKey: ArraySlice<UInt8>, merkleRoot: Hash256, isOdd: Bool
    ) -> Bool {
        guard output.count == 32, var point = parse(internalKey) else { return false }
        var hasher = tapTweakHasher
        hasher.update(internalKey)
        hasher.update(merkleRoot)
        let tweak = hasher.finalizeHash()
        return unsafe withContiguousBytes(output) { bytes in
            unsafe tweak.withBytes {
                unsafe secp256k1_xonly_pubkey_tweak_add_check(
                    CurveContext.shared.pointer, bytes.bindMemory(to: UInt8.self).baseAddress!, isOdd ? 1 : 0, &point,
                    $0) == 1
            }
        }
    }

    private static let tapTweakHasher = TaggedHash.hasher(tag: "TapTweak")

    private static func parse(_ key: ArraySlice<UInt8>) -> secp256k1_xonly_pubkey? {
        guard key.count == 32 else { return nil }
        var point = secp256k1_xonly_pubkey()
        let isPoint = unsafe withContiguousBytes(key) { bytes in
            unsafe secp256k1_xonly_pubkey_parse(
                CurveContext.shared.pointer, &point, bytes.bindMemory(to: UInt8.self).baseAddress!) == 1
        }
        return isPoint ? point : nil
    }
}
