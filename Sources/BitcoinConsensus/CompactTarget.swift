/// The 32-bit form of a target in a block header ("nBits"): one byte of size in bytes, a sign bit and 23 bits of
/// mantissa (Core's `arith_uint256::SetCompact`).
package struct CompactTarget: RawRepresentable, Hashable, Sendable {
    /// The number as it stands in the header.
    package var rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The shortest form of `target`, with its low bits cut off where the mantissa does not hold them.
    package init(_ target: UInt256) {
        var size = (target.bitWidth + 7) / 8
        var mantissa =
            size <= 3 ? target.word0 << UInt64(8 * (3 - size)) : (target >> (8 * (size - 3))).word0
        // The top bit of the mantissa is the sign, so a mantissa that reaches it moves down by a byte.
        if mantissa & 0x0080_0000 != 0 {
            mantissa >>= 8
            size += 1
        }
        rawValue = UInt32(truncatingIfNeeded: mantissa) | UInt32(size) << 24
    }

    private var size: Int { Int(rawValue >> 24) }

    private var mantissa: UInt32 {
        let word = rawValue & 0x007f_ffff
        return size < 3 ? word >> UInt32(8 * (3 - size)) : word
    }

    /// Whether the sign bit is set on a mantissa that is not zero; no target may be negative.
    package var isNegative: Bool { mantissa != 0 && rawValue & 0x0080_0000 != 0 }

    /// Whether the number does not fit 256 bits.
    package var isOverflow: Bool {
        mantissa != 0 && (size > 34 || (mantissa > 0xff && size > 33) || (mantissa > 0xffff && size > 32))
    }

    /// The number, whatever its sign; bits past the 256th are lost.
    package var expanded: UInt256 {
        size <= 3 ? UInt256(UInt64(mantissa)) : UInt256(UInt64(mantissa)) << (8 * (size - 3))
    }

    /// The target that these bits stand for, or `nil` when it is negative, zero, too large or easier than `limit`
    /// (Core's `DeriveTarget`).
    package func target(limit: UInt256) -> UInt256? {
        let target = expanded
        guard !isNegative, !isOverflow, target != .zero, target <= limit else { return nil }
        return target
    }

    /// How many hashes it takes on average to meet this target; zero for bits that no block may carry (Core's
    /// `GetBitsProof`).
    package var proof: UInt256 {
        let target = expanded
        guard !isNegative, !isOverflow, target != .zero else { return .zero }
        // 2^256 / (target + 1) does not fit, but it equals ~target / (target + 1) + 1.
        guard let quotient = (~target).divided(by: target &+ UInt256(1)) else { return .zero }
        return quotient &+ UInt256(1)
    }

    /// The difficulty as Core shows it: the ratio of the easiest mainnet target to this one.
    package var difficulty: Double {
        var difficulty = Double(0xffff) / Double(rawValue & 0x00ff_ffff)
        var shift = size
        while shift < 29 {
            difficulty *= 256
            shift += 1
        }
        while shift > 29 {
            difficulty /= 256
            shift -= 1
        }
        return difficulty
    }
}
