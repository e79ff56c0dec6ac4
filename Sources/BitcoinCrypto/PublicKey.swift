import CSecp256k1

/// A point of secp256k1 as Bitcoin writes it: 33 bytes compressed, or 65 bytes uncompressed.
///
/// Every value is a valid point. Scripts may hold things of the right length that are no points; keep those as bytes.
package struct PublicKey: Hashable, Sendable {
    /// The serialised key, 33 or 65 bytes, beginning with 2, 3 or 4.
    package let bytes: [UInt8]

    /// Checks and keeps a serialised key. The hybrid forms (6, 7) are refused, as descriptors do.
    ///
    /// - Throws: `KeyError.invalidPublicKey`.
    package init(bytes: some Collection<UInt8>) throws(KeyError) {
        let bytes = Array(bytes)
        guard Self.hasValidSize(bytes), bytes[0] <= 4, Self.parse(bytes) != nil else {
            throw .invalidPublicKey
        }
        self.bytes = bytes
    }

    /// Whether the length fits the first byte, Core's `CPubKey::ValidSize`: says nothing about the curve.
    package static func hasValidSize(_ bytes: ArraySlice<UInt8>) -> Bool {
        switch bytes.first {
        case 2, 3: bytes.count == 33
        case 4, 6, 7: bytes.count == 65
        default: false
        }
    }

    /// Whether the length fits the first byte.
    package static func hasValidSize(_ bytes: [UInt8]) -> Bool { hasValidSize(bytes[...]) }

    /// Whether the bytes are a point in any form that consensus accepts, the hybrid ones included.
    package static func isFullyValid(_ bytes: some Collection<UInt8>) -> Bool {
        let bytes = Array(bytes)
        return hasValidSize(bytes) && parse(bytes) != nil
    }

    /// Whether the key is in the 33-byte form.
    package var isCompressed: Bool { bytes.count == 33 }

    /// The same point in the 33-byte form.
    package var compressed: PublicKey {
        guard !isCompressed, let point = Self.parse(bytes) else { return self }
        return PublicKey(point: point, isCompressed: true)
    }

    /// The same point in the 65-byte form.
    package var uncompressed: PublicKey {
        guard isCompressed, let point = Self.parse(bytes) else { return self }
        return PublicKey(point: point, isCompressed: false)
    }

    /// RIPEMD-160 of SHA-256 of the serialised key: 20 bytes, the key's id in addresses.
    package var hash160: [UInt8] { HASH160.hash(bytes) }

    /// The x coordinate alone, as BIP340 uses it.
    package var xOnly: XOnlyPublicKey { XOnlyPublicKey(unchecked: Array(bytes[1..<33])) }

    /// The point plus `tweak` times the generator, in compressed form.
    ///
    /// - Parameter tweak: 32 bytes, big endian.
    /// - Throws: `KeyError.invalidTweak`.
    package func adding(tweak: [UInt8]) throws(KeyError) -> PublicKey {
        guard tweak.count == 32, var point = Self.parse(bytes),
            unsafe secp256k1_ec_pubkey_tweak_add(CurveContext.shared.pointer, &point, tweak) == 1
        else { throw .invalidTweak }
        return PublicKey(point: point, isCompressed: true)
    }

    init(point: secp256k1_pubkey, isCompressed: Bool) {
        var bytes = [UInt8](repeating: 0, count: isCompressed ? 33 : 65)
        var count = bytes.count
        let flags = UInt32(isCompressed ? SECP256K1_EC_COMPRESSED : SECP256K1_EC_UNCOMPRESSED)
        unsafe withUnsafePointer(to: point) { source in
            _ = unsafe secp256k1_ec_pubkey_serialize(CurveContext.shared.pointer, &bytes, &count, source, flags)
        }
        self.bytes = bytes
    }

    static func parse(_ bytes: [UInt8]) -> secp256k1_pubkey? {
        var point = secp256k1_pubkey()
        guard unsafe secp256k1_ec_pubkey_parse(CurveContext.shared.pointer, &point, bytes, bytes.count) == 1 else {
            return nil
        }
        return point
    }
}
