import CSecp256k1

/// The x coordinate of a point whose y is even: the public keys of taproot (BIP340).
package struct XOnlyPublicKey: Hashable, Sendable {
    /// The 32 bytes of the coordinate, big endian.
    package let bytes: [UInt8]

    /// Checks and keeps a coordinate.
    ///
    /// - Throws: `KeyError.invalidPublicKey` when no point has this coordinate, or there are not 32 bytes.
    package init(bytes: some Collection<UInt8>) throws(KeyError) {
        let bytes = Array(bytes)
        guard bytes.count == 32, Self.parse(bytes) != nil else { throw .invalidPublicKey }
        self.bytes = bytes
    }

    /// For coordinates that come out of a computation on valid points.
    init(unchecked bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The point plus `tweak` times the generator.
    ///
    /// - Parameter tweak: 32 bytes, big endian.
    /// - Returns: the coordinate of the sum, and whether its y is odd.
    /// - Throws: `KeyError.invalidTweak`.
    package func adding(tweak: [UInt8]) throws(KeyError) -> (key: XOnlyPublicKey, isOdd: Bool) {
        var sum = secp256k1_pubkey()
        guard tweak.count == 32, var point = Self.parse(bytes),
            unsafe secp256k1_xonly_pubkey_tweak_add(CurveContext.shared.pointer, &sum, &point, tweak) == 1
        else { throw .invalidTweak }
        let full = PublicKey(point: sum, isCompressed: true)
        return (full.xOnly, full.bytes[0] == 3)
    }

    /// The tweak that commits this internal key to a script tree, or to none (BIP341).
    package func tapTweak(merkleRoot: Hash256?) -> [UInt8] {
        TaggedHash.hash(tag: "TapTweak", bytes + (merkleRoot?.bytes ?? [])).bytes
    }

    /// The output key of a taproot output with this internal key (BIP341).
    ///
    /// - Throws: `KeyError.invalidTweak`, which no honest tree can reach.
    package func taprootOutputKey(merkleRoot: Hash256?) throws(KeyError) -> (key: XOnlyPublicKey, isOdd: Bool) {
        try adding(tweak: tapTweak(merkleRoot: merkleRoot))
    }

    private static func parse(_ bytes: [UInt8]) -> secp256k1_xonly_pubkey? {
        var point = secp256k1_xonly_pubkey()
        guard unsafe secp256k1_xonly_pubkey_parse(CurveContext.shared.pointer, &point, bytes) == 1 else { return nil }
        return point
    }
}
