/// SipHash-2-4 (Aumasson, Bernstein 2012): a short keyed hash for tables and compact block ids. Not for signatures.
package struct SipHash: Sendable {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64
    private var pending: UInt64 = 0
    private var count: UInt64 = 0

    /// Starts with the two halves of the 128-bit key, each a little-endian number.
    package init(key0: UInt64, key1: UInt64) {
        v0 = 0x736f_6d65_7073_6575 ^ key0
        v1 = 0x646f_7261_6e64_6f6d ^ key1
        v2 = 0x6c79_6765_6e65_7261 ^ key0
        v3 = 0x7465_6462_7974_6573 ^ key1
    }

    /// Adds bytes to the input.
    package mutating func update(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            pending |= UInt64(byte) << (8 * (count & 7))
            count &+= 1
            if count & 7 == 0 {
                absorb(pending)
                pending = 0
            }
        }
    }

    /// Adds the 32 bytes of a hash.
    package mutating func update(_ hash: Hash256) {
        guard count & 7 == 0 else { return update(hash.bytes) }
        let words = hash.words
        absorb(words.0)
        absorb(words.1)
        absorb(words.2)
        absorb(words.3)
        count &+= 32
    }

    /// The hash of everything added so far.
    package func finalize() -> UInt64 {
        var copy = self
        copy.absorb(pending | count << 56)
        copy.v2 ^= 0xff
        for _ in 0..<4 { copy.round() }
        return copy.v0 ^ copy.v1 ^ copy.v2 ^ copy.v3
    }

    private mutating func absorb(_ word: UInt64) {
        v3 ^= word
        round()
        round()
        v0 ^= word
    }

    @inline(__always)
    private mutating func round() {
        v0 = v0 &+ v1
        v1 = v1 << 13 | v1 >> 51
        v1 ^= v0
        v0 = v0 << 32 | v0 >> 32
        v2 = v2 &+ v3
        v3 = v3 << 16 | v3 >> 48
        v3 ^= v2
        v0 = v0 &+ v3
        v3 = v3 << 21 | v3 >> 43
        v3 ^= v0
        v2 = v2 &+ v1
        v1 = v1 << 17 | v1 >> 47
        v1 ^= v2
        v2 = v2 << 32 | v2 >> 32
    }
}
