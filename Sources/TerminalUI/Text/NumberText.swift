/// Numbers and amounts in groups of three, so that they can be read and compared one under another.
package enum NumberText {
    /// "1 234 567", with a minus in front of negative numbers.
    package static func grouped(_ value: some BinaryInteger) -> String {
        let digits = String(value.magnitude)
        var result = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.utf8.count - index) % 3 == 0 { result.append(" ") }
            result.append(digit)
        }
        return result
    }

    /// "1 block", "12 blocks".
    package static func count(_ value: some BinaryInteger, _ noun: String) -> String {
        grouped(value) + " " + (value == 1 ? noun : noun.hasSuffix("s") ? noun + "es" : noun + "s")
    }

    /// Satoshi as bitcoin: "5 234.856 187 32". All amounts have as many characters behind the point, so they align
    /// at the right.
    ///
    /// - Parameter isSigned: Whether a positive amount gets a plus.
    package static func bitcoin(_ satoshi: Int64, isSigned: Bool = false) -> String {
        let (whole, fraction) = satoshi.magnitude.quotientAndRemainder(dividingBy: 100_000_000)
        let digits = Array(String(fraction + 100_000_000).dropFirst())
        let sign = satoshi < 0 ? "-" : isSigned && satoshi > 0 ? "+" : ""
        return sign + grouped(whole) + "." + String(digits[0..<3]) + " " + String(digits[3..<6]) + " "
            + String(digits[6..<8])
    }

    /// The columns of the largest amount there is, with a sign.
    package static let amountColumns = 22

    /// Bytes: "412 kB", "1.2 GB".
    package static func bytes(_ count: UInt64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var value = Double(count)
        var unit = 0
        while value >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return (unit == 0 || value >= 9.95 ? fixed(value, decimals: 0) : fixed(value, decimals: 1)) + " " + units[unit]
    }

    /// A number with a fixed number of decimals, at most six.
    package static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return value.isNaN ? "?" : value < 0 ? "-huge" : "huge" }
        var scale: Int64 = 1
        for _ in 0..<min(6, max(0, decimals)) { scale *= 10 }
        guard abs(value) * Double(scale) < 9e18 else { return grouped(Int64(value)) }
        let scaled = Int64((value * Double(scale)).rounded())
        let (whole, fraction) = scaled.magnitude.quotientAndRemainder(dividingBy: UInt64(scale))
        let sign = scaled < 0 ? "-" : ""
        if scale == 1 { return sign + grouped(whole) }
        return sign + grouped(whole) + "." + String(fraction + UInt64(scale)).dropFirst()
    }

    /// A difficulty: three significant digits, with an exponent where needed.
    package static func difficulty(_ value: Double) -> String {
        guard value.isFinite, value > 0 else { return "0" }
        if value >= 1, value < 1e6 { return fixed(value, decimals: value < 100 ? 2 : 0) }
        var exponent = 0
        var mantissa = value
        while mantissa >= 9.995 {
            mantissa /= 10
            exponent += 1
        }
        while mantissa < 0.9995 {
            mantissa *= 10
            exponent -= 1
        }
        return fixed(mantissa, decimals: 2) + "e" + String(exponent)
    }

    /// Satoshi per virtual byte with one or two decimals.
    package static func feeRate(satoshi: Int64, virtualBytes: UInt32) -> String {
        guard virtualBytes > 0 else { return "?" }
        return fixed(Double(satoshi) / Double(virtualBytes), decimals: 2)
    }
}
