import CNettle
import Glibc

/// Where SHA-256 stands in its input: nettle's state, a plain value of some hundred bytes, so that a hash takes no
/// memory from the heap. A transaction is read, and a signature checked, with several of them.
struct SHA256State: Sendable {
    private var state = sha256_ctx()

    /// No input yet.
    init() { unsafe nettle_sha256_init(&state) }

    /// Adds bytes to the input.
    mutating func absorb(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        unsafe nettle_sha256_update(&state, bytes.count, start.assumingMemoryBound(to: UInt8.self))
    }

    /// Adds the 32 bytes of a hash.
    mutating func absorb(_ hash: Hash256) {
        unsafe hash.withBytes { unsafe nettle_sha256_update(&state, 32, $0) }
    }

    /// The digest. The state has no input again.
    mutating func finish() -> Hash256 {
        unsafe withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { digest in
            unsafe nettle_sha256_digest(&state, 32, digest.baseAddress!.assumingMemoryBound(to: UInt8.self))
            return unsafe Hash256(loading: UnsafeRawBufferPointer(digest))
        }
    }

    /// The digest of bytes that may be secret: nothing of them stays behind.
    static func digest(of bytes: UnsafeRawBufferPointer) -> Hash256 {
        var state = SHA256State()
        defer { unsafe explicit_bzero(&state, MemoryLayout<SHA256State>.size) }
        unsafe state.absorb(bytes)
        return state.finish()
    }

    /// The digest of the digest of bytes that may be secret.
    static func doubleDigest(of bytes: UnsafeRawBufferPointer) -> Hash256 {
        var state = SHA256State()
        defer { unsafe explicit_bzero(&state, MemoryLayout<SHA256State>.size) }
        unsafe state.absorb(bytes)
        let inner = state.finish()
        state.absorb(inner)
        return state.finish()
    }
}
