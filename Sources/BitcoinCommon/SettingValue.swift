/// A value given for an option. Negation (`-noname`) is `false`.
package enum SettingValue: Sendable, Equatable {
    case boolean(Bool)
    case string(String)

    /// Core's `InterpretBool`: an empty text is true, otherwise the leading integer decides.
    package static func interpretBoolean(_ text: String) -> Bool {
        text.isEmpty ? true : leadingInteger(text) != 0
    }

    /// The integer at the start of a text, as C's `atoi` reads it; 0 if there is none, saturating at the ends.
    package static func leadingInteger(_ text: String) -> Int64 {
        var digits = text.utf8.drop { $0 == 0x20 || (0x09...0x0d).contains($0) }
        var negative = false
        if let sign = digits.first, sign == 0x2b || sign == 0x2d {
            negative = sign == 0x2d
            digits = digits.dropFirst()
        }
        var value: Int64 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { break }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) = product.subtractingReportingOverflow(Int64(digit - 0x30))
            guard !overflow, !overflow2 else { return negative ? .min : .max }
            value = sum
        }
        return negative ? value : (value == .min ? .max : -value)
    }

    var isNegated: Bool { self == .boolean(false) }

    var asBoolean: Bool {
        switch self {
        case .boolean(let value): value
        case .string(let text): Self.interpretBoolean(text)
        }
    }

    var asString: String {
        switch self {
        case .boolean(let value): value ? "1" : "0"
        case .string(let text): text
        }
    }
}
