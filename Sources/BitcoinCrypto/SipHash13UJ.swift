/// SipHash-1-3-UJ, Core's quick keyed hash for tables and its transaction index (crypto/siphash.h): one round for each
/// block, three at the end, no padding, and whole hashes taken in as one block. Not for signatures, nor for anything
/// that an attacker may see.
package struct SipHash13UJ: Equatable, Sendable {
    private var state: SipHashState

    /// Starts with the two halves of a 128-bit key.
    package init(key0: UInt64, key1: UInt64) {
        state = SipHashState(key0: key0, key1: key1)
    }

    /// Adds a number.
    package mutating func update(_ word: UInt64) { state.absorb(word, rounds: 1) }

    /// Adds a 256-bit hash.
    package mutating func update(_ value: Hash256) { state.absorbAtOnce(value) }

    /// The hash of everything added so far.
    package func finalize() -> UInt64 {
        var copy = state
        return copy.finalizeUnpadded()
    }
}

/// The four words that SipHash and its variants mix.
struct SipHashState: Equatable, Sendable {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64

    init(key0: UInt64, key1: UInt64) {
        v0 = 0x736f_6d65_7073_6575 ^ key0
        v1 = 0x646f_7261_6e64_6f6d ^ key1
        v2 = 0x6c79_6765_6e65_7261 ^ key0
        v3 = 0x7465_6462_7974_6573 ^ key1
    }

    /// Takes in eight bytes.
    @inline(__always)
    mutating func absorb(_ word: UInt64, rounds: Int) {
        v3 ^= word
        for _ in 0..<rounds { round() }
        v0 ^= word
    }

    /// Takes in 32 bytes in one round.
    @inline(__always)
    mutating func absorbAtOnce(_ value: Hash256) {
        let words = value.words
        v3 ^= words.0
        v0 ^= words.1
        v1 ^= words.2
        v2 ^= words.3
        round()
        v0 ^= words.0
        v1 ^= words.1
        v2 ^= words.2
        v3 ^= words.3
    }

    /// The end of SipHash-2-4.
    mutating func finalize() -> UInt64 { finalize(mark: 0xff, rounds: 4) }

    /// The end of SipHash-1-3-UJ: a mark of its own, so that it never collides with the padded kind.
    mutating func finalizeUnpadded() -> UInt64 { finalize(mark: 0x6465_6464_6170_6e75, rounds: 3) }

    @inline(__always)
    private mutating func finalize(mark: UInt64, rounds: Int) -> UInt64 {
        v2 ^= mark
        for _ in 0..<rounds { round() }
        return v0 ^ v1 ^ v2 ^ v3
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
