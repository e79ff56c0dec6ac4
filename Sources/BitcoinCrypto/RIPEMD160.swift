import CNettle

/// RIPEMD-160 (Dobbertin, Bosselaers, Preneel 1996).
package enum RIPEMD160 {
    /// The 20-byte digest of `bytes`.
    package static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        unsafe withContiguousBytes(bytes) { buffer in
            guard let start = buffer.baseAddress else { return unsafe digest(of: nil, 0) }
            return unsafe digest(of: start.assumingMemoryBound(to: UInt8.self), buffer.count)
        }
    }

    /// The 20-byte digest of another digest.
    static func hash(_ hash: Hash256) -> [UInt8] { unsafe hash.withBytes { unsafe digest(of: $0, 32) } }

    private static func digest(of bytes: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
        var state = ripemd160_ctx()
        unsafe nettle_ripemd160_init(&state)
        if let bytes = unsafe bytes { unsafe nettle_ripemd160_update(&state, count, bytes) }
        var digest = [UInt8](repeating: 0, count: digestSize)
        unsafe nettle_ripemd160_digest(&state, digestSize, &digest)
        return digest
    }

    private static let digestSize = 20
}
