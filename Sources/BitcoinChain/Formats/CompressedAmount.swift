package import BitcoinPrimitives

/// Core's short form of an amount for databases (compressor.cpp): round amounts become small numbers.
///
/// The number is 0 for nothing. Otherwise, one less than it is, in mixed digits: the exponent of ten (0 to 9), the last
/// digit that is not zero (1 to 9, left out when the exponent is 9), and what is before that digit.
package enum CompressedAmount {
    /// The short form of an amount from 0 up; every such amount has exactly one.
    package static func compress(_ amount: Amount) -> UInt64 {
        var mantissa = UInt64(bitPattern: amount)
        guard mantissa != 0 else { return 0 }
        var exponent: UInt64 = 0
        while exponent < 9, mantissa % 10 == 0 {
            mantissa /= 10
            exponent += 1
        }
        guard exponent < 9 else { return 1 &+ (mantissa &- 1) &* 10 &+ 9 }
        let (rest, digit) = mantissa.quotientAndRemainder(dividingBy: 10)
        return 1 &+ (rest &* 9 &+ digit &- 1) &* 10 &+ exponent
    }

    /// The amount with this short form; `nil` when it is more than 64 bits hold, which no valid amount is.
    package static func decompress(_ number: UInt64) -> Amount? {
        guard number != 0 else { return 0 }
        let (digits, exponent) = (number - 1).quotientAndRemainder(dividingBy: 10)
        var mantissa: UInt64
        if exponent < 9 {
            let (rest, digit) = digits.quotientAndRemainder(dividingBy: 9)
            // At most 2^64 / 90 * 10 + 9: no overflow.
            mantissa = rest * 10 + digit + 1
        } else {
            mantissa = digits + 1
        }
        for _ in 0..<exponent {
            let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            mantissa = product
        }
        return Amount(exactly: mantissa)
    }
}
