/// Numbers as Core writes them.
extension JSONValue {
    /// An amount in satoshi as a number of bitcoins with eight decimals (Core's `ValueFromAmount`).
    package static func amount(_ satoshi: Int64) -> JSONValue { .number(amountText(satoshi)) }

    /// The text of an amount in satoshi: bitcoins with eight decimals.
    package static func amountText(_ satoshi: Int64) -> String {
        let (whole, rest) = satoshi.magnitude.quotientAndRemainder(dividingBy: 100_000_000)
        let decimals = String(rest)
        let padding = String(repeating: "0", count: 8 - decimals.count)
        return "\(satoshi < 0 ? "-" : "")\(whole).\(padding)\(decimals)"
    }

    /// A floating point number with up to 16 significant digits, as C's `%.16g` (univalue's `setFloat`).
    ///
    /// Infinities and NaN have no JSON form and become null.
    package static func double(_ value: Double) -> JSONValue {
        guard value.isFinite else { return .null }
        return .number(DecimalDigits(value.magnitude).general(precision: 16, negative: value.sign == .minus))
    }
}

/// The exact decimal digits of a floating point number.
struct DecimalDigits {
    /// Digits without leading zeros, most significant first; empty for zero.
    private var digits: [UInt8]
    /// The decimal exponent of the first digit: 0 for 1 to 9.99.
    private var exponent: Int

    /// - Precondition: `value` is finite and not negative.
    init(_ value: Double) {
        digits = []
        exponent = 0
        guard value > 0 else { return }
        // value = significand * 2^power with an integer significand.
        let fraction = value.significandBitPattern
        let isNormal = value.exponentBitPattern != 0
        let significand = isNormal ? fraction | (1 << 52) : fraction
        let power = (isNormal ? Int(value.exponentBitPattern) : 1) - 1075
        // Limbs of nine decimal digits, least significant first.
        var limbs: [UInt64] = []
        var rest = significand
        while rest > 0 {
            limbs.append(rest % 1_000_000_000)
            rest /= 1_000_000_000
        }
        // For a negative power, 2^-n = 5^n / 10^n: multiply by 5 and move the point.
        for _ in 0..<abs(power) { Self.multiply(&limbs, by: power > 0 ? 2 : 5) }
        for limb in limbs.reversed() {
            let text = String(limb)
            if !digits.isEmpty { digits.append(contentsOf: repeatElement(0, count: 9 - text.count)) }
            digits.append(contentsOf: text.utf8.map { $0 - 48 })
        }
        exponent = digits.count - 1 + min(power, 0)
    }

    private static func multiply(_ limbs: inout [UInt64], by factor: UInt64) {
        var carry: UInt64 = 0
        for index in limbs.indices {
            let product = limbs[index] * factor + carry
            limbs[index] = product % 1_000_000_000
            carry = product / 1_000_000_000
        }
        if carry > 0 { limbs.append(carry) }
    }

    /// Rounds to `precision` digits, ties to even.
    private mutating func round(to precision: Int) {
        guard digits.count > precision else { return }
        let tail = digits[precision...]
        let first = tail.first ?? 0
        let beyond = tail.dropFirst().contains { $0 != 0 }
        digits.removeSubrange(precision...)
        let last = digits.last ?? 0
        guard first > 5 || (first == 5 && (beyond || last % 2 == 1)) else { return }
        var index = precision - 1
        while index >= 0, digits[index] == 9 {
            digits[index] = 0
            index -= 1
        }
        if index >= 0 {
            digits[index] += 1
        } else {
            digits.insert(1, at: 0)
            digits.removeLast()
            exponent += 1
        }
    }

    /// C's `%g` with that many significant digits.
    func general(precision: Int, negative: Bool) -> String {
        var rounded = self
        rounded.round(to: precision)
        while rounded.digits.last == 0 { rounded.digits.removeLast() }
        let sign = negative ? "-" : ""
        guard !rounded.digits.isEmpty else { return sign + "0" }
        let text = rounded.digits.map { String($0) }
        let exponent = rounded.exponent
        if exponent < -4 || exponent >= precision {
            let fraction = text.count > 1 ? "." + text.dropFirst().joined() : ""
            let magnitude = String(exponent.magnitude)
            let padded = magnitude.count < 2 ? "0" + magnitude : magnitude
            return "\(sign)\(text[0])\(fraction)e\(exponent < 0 ? "-" : "+")\(padded)"
        }
        if exponent < 0 {
            return sign + "0." + String(repeating: "0", count: -exponent - 1) + text.joined()
        }
        let whole = (0...exponent).map { $0 < text.count ? text[$0] : "0" }.joined()
        let fraction = text.dropFirst(exponent + 1).joined()
        return sign + whole + (fraction.isEmpty ? "" : "." + fraction)
    }
}
