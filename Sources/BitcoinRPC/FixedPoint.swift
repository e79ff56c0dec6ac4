/// Decimal numbers with a fixed number of decimals, as Core's `ParseFixedPoint`.
package enum FixedPoint {
    /// The largest magnitude of a parsed value: 18 nines.
    private static let upperBound: Int64 = 999_999_999_999_999_999

    /// The value of `text` times 10 to the power of `decimals`; nil when it is no number in JSON's form, has more
    /// decimals, or is too large.
    package static func parse(_ text: String, decimals: Int) -> Int64? {
        var rest = text.utf8[...]
        let negative = rest.first == UInt8(ascii: "-")
        if negative { rest.removeFirst() }
        let whole = digits(&rest)
        guard !whole.isEmpty, whole.count == 1 || whole[0] != 0 else { return nil }
        var fraction: [UInt8] = []
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = digits(&rest)
            guard !fraction.isEmpty else { return nil }
        }
        var exponent: Int64 = 0
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            let negativeExponent = rest.first == UInt8(ascii: "-")
            if negativeExponent || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
            let exponentDigits = digits(&rest)
            guard !exponentDigits.isEmpty else { return nil }
            for digit in exponentDigits {
                guard exponent <= upperBound / 10 else { return nil }
                exponent = exponent * 10 + Int64(digit)
            }
            if negativeExponent { exponent = -exponent }
        }
        guard rest.isEmpty else { return nil }
        // A single zero before the point is no digit of the number, so "0e17" is too large, as in Core.
        var mantissa = whole == [0] ? fraction : whole + fraction
        exponent = exponent - Int64(fraction.count) + Int64(decimals)
        while mantissa.last == 0 {
            mantissa.removeLast()
            exponent += 1
        }
        guard exponent >= 0, exponent < 18 else { return nil }
        var value: Int64 = 0
        for digit in mantissa + repeatElement(0, count: Int(exponent)) {
            guard value <= upperBound / 10 else { return nil }
            value = value * 10 + Int64(digit)
        }
        guard value <= upperBound else { return nil }
        return negative ? -value : value
    }

    private static func digits(_ text: inout Substring.UTF8View) -> [UInt8] {
        var digits: [UInt8] = []
        while let byte = text.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            digits.append(byte - UInt8(ascii: "0"))
            text.removeFirst()
        }
        return digits
    }
}
