package import BitcoinCrypto
internal import ByteCoding

/// A 256-bit unsigned number: targets of proof of work and sums of work (Core's `arith_uint256`).
///
/// Arithmetic wraps modulo 2^256 as Core's does; no operation traps.
package struct UInt256: Hashable, Sendable {
    /// The four words, least significant first.
    package var word0: UInt64
    package var word1: UInt64
    package var word2: UInt64
    package var word3: UInt64

    /// The number zero.
    package static let zero = UInt256(0)

    /// The largest number, 2^256 - 1.
    package static let max = UInt256(words: .max, .max, .max, .max)

    /// A small number.
    package init(_ value: UInt64) {
        self.init(words: value, 0, 0, 0)
    }

    /// A number from its words, least significant first.
    package init(words word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
        self.word0 = word0
        self.word1 = word1
        self.word2 = word2
        self.word3 = word3
    }

    /// A hash read as a number, its first byte being the least significant.
    package init(_ hash: Hash256) {
        let words = hash.words
        self.init(words: words.0, words.1, words.2, words.3)
    }

    /// A number from 32 bytes, least significant first; missing bytes count as zero, bytes past the 32nd are ignored.
    package init(littleEndian bytes: some Collection<UInt8>) {
        self = .zero
        for (index, byte) in bytes.prefix(32).enumerated() {
            let value = UInt64(byte) << UInt64(index % 8 * 8)
            switch index / 8 {
            case 0: word0 |= value
            case 1: word1 |= value
            case 2: word2 |= value
            default: word3 |= value
            }
        }
    }

    /// A number from at most 64 hexadecimal digits, the most significant first; `nil` for any other text.
    package init?(hex: String) {
        guard hex.utf8.count <= 64, !hex.isEmpty else { return nil }
        let padded = String(repeating: "0", count: 64 - hex.utf8.count) + hex
        guard let bytes = try? Hex.decodeReversed(padded) else { return nil }
        self.init(littleEndian: bytes)
    }

    /// The 32 bytes, least significant first.
    package var littleEndianBytes: [UInt8] {
        var writer = ByteWriter(capacity: 32)
        for word in [word0, word1, word2, word3] { writer.writeUInt64(word) }
        return writer.bytes
    }

    /// The 64 hexadecimal digits, the most significant first: how Core shows work and targets.
    package var hex: String { Hex.encodeReversed(littleEndianBytes) }

    /// The number of bits without leading zeros; 0 for zero.
    package var bitWidth: Int {
        if word3 != 0 { return 256 - word3.leadingZeroBitCount }
        if word2 != 0 { return 192 - word2.leadingZeroBitCount }
        if word1 != 0 { return 128 - word1.leadingZeroBitCount }
        return 64 - word0.leadingZeroBitCount
    }

    /// The nearest double; used for difficulties and rates shown to people, never for rules.
    package var doubleValue: Double {
        ((Double(word3) * 0x1p64 + Double(word2)) * 0x1p64 + Double(word1)) * 0x1p64 + Double(word0)
    }
}

extension UInt256: Comparable {
    package static func < (left: UInt256, right: UInt256) -> Bool {
        if left.word3 != right.word3 { return left.word3 < right.word3 }
        if left.word2 != right.word2 { return left.word2 < right.word2 }
        if left.word1 != right.word1 { return left.word1 < right.word1 }
        return left.word0 < right.word0
    }
}

extension UInt256: CustomStringConvertible {
    package var description: String { hex }
}
