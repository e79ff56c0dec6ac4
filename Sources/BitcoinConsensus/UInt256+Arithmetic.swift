// Wrapping arithmetic: what retargeting and block proofs need, and no more.

extension UInt256 {
    /// The sum, modulo 2^256.
    package static func &+ (left: UInt256, right: UInt256) -> UInt256 {
        var carry: UInt64 = 0
        func add(_ first: UInt64, _ second: UInt64) -> UInt64 {
            let (partial, overflow) = first.addingReportingOverflow(second)
            let (sum, overflowAgain) = partial.addingReportingOverflow(carry)
            carry = overflow || overflowAgain ? 1 : 0
            return sum
        }
        let word0 = add(left.word0, right.word0)
        let word1 = add(left.word1, right.word1)
        let word2 = add(left.word2, right.word2)
        let word3 = add(left.word3, right.word3)
        return UInt256(words: word0, word1, word2, word3)
    }

    /// The difference, modulo 2^256.
    package static func &- (left: UInt256, right: UInt256) -> UInt256 {
        left &+ ~right &+ UInt256(1)
    }

    /// The number with every bit turned over.
    package static prefix func ~ (value: UInt256) -> UInt256 {
        UInt256(words: ~value.word0, ~value.word1, ~value.word2, ~value.word3)
    }

    /// The product with a word, modulo 2^256.
    package static func &* (left: UInt256, right: UInt64) -> UInt256 {
        var carry: UInt64 = 0
        func multiply(_ word: UInt64) -> UInt64 {
            let (high, low) = word.multipliedFullWidth(by: right)
            let (sum, overflow) = low.addingReportingOverflow(carry)
            carry = high &+ (overflow ? 1 : 0)
            return sum
        }
        let word0 = multiply(left.word0)
        let word1 = multiply(left.word1)
        let word2 = multiply(left.word2)
        let word3 = multiply(left.word3)
        return UInt256(words: word0, word1, word2, word3)
    }

    /// The number moved up by `count` bits; bits past the top are lost, counts of 256 and more give zero.
    package static func << (value: UInt256, count: Int) -> UInt256 {
        guard count > 0 else { return count == 0 ? value : value >> (0 &- count) }
        guard count < 256 else { return .zero }
        let words = [value.word0, value.word1, value.word2, value.word3]
        let (skip, bits) = (count / 64, UInt64(count % 64))
        func word(_ index: Int) -> UInt64 {
            guard index >= skip else { return 0 }
            let upper = words[index - skip] << bits
            return bits == 0 || index == skip ? upper : upper | words[index - skip - 1] >> (64 - bits)
        }
        return UInt256(words: word(0), word(1), word(2), word(3))
    }

    /// The number moved down by `count` bits; counts of 256 and more give zero.
    package static func >> (value: UInt256, count: Int) -> UInt256 {
        guard count > 0 else { return count == 0 ? value : value << (0 &- count) }
        guard count < 256 else { return .zero }
        let words = [value.word0, value.word1, value.word2, value.word3]
        let (skip, bits) = (count / 64, UInt64(count % 64))
        func word(_ index: Int) -> UInt64 {
            guard index + skip < 4 else { return 0 }
            let lower = words[index + skip] >> bits
            return bits == 0 || index + skip == 3 ? lower : lower | words[index + skip + 1] << (64 - bits)
        }
        return UInt256(words: word(0), word(1), word(2), word(3))
    }

    /// The quotient of whole numbers; `nil` when the divisor is zero.
    package func divided(by divisor: UInt256) -> UInt256? {
        guard divisor != .zero else { return nil }
        let difference = bitWidth - divisor.bitWidth
        guard difference >= 0 else { return .zero }
        var rest = self
        var quotient = UInt256.zero
        var shifted = divisor << difference
        for _ in 0...difference {
            quotient = quotient << 1
            if shifted <= rest {
                rest = rest &- shifted
                quotient.word0 |= 1
            }
            shifted = shifted >> 1
        }
        return quotient
    }
}
