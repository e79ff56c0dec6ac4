/// SipHash-2-4 (Aumasson, Bernstein 2012): a short keyed hash for tables and compact block ids. Not for signatures.
package struct SipHash: Sendable {
    private var state: SipHashState
    private var pending: UInt64 = 0
    private var count: UInt64 = 0

    /// Starts with the two halves of the 128-bit key, each a little-endian number.
    package init(key0: UInt64, key1: UInt64) {
        state = SipHashState(key0: key0, key1: key1)
    }

    /// Adds bytes to the input.
    package mutating func update(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { add(byte) }
    }

    /// Adds bytes to the input.
    package mutating func update(_ bytes: [UInt8]) {
        for byte in bytes { add(byte) }
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

    /// Adds the four bytes of a number, the least significant first.
    package mutating func update(_ number: UInt32) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) { add(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    /// The hash of everything added so far.
    package func finalize() -> UInt64 {
        var copy = state
        copy.absorb(pending | count << 56, rounds: 2)
        return copy.finalize()
    }

    @inline(__always)
    private mutating func add(_ byte: UInt8) {
        pending |= UInt64(byte) << (8 * (count & 7))
        count &+= 1
        if count & 7 == 0 {
            absorb(pending)
            pending = 0
        }
    }

    private mutating func absorb(_ word: UInt64) { state.absorb(word, rounds: 2) }
}
