// What a value may mean where a schema expects one of another kind, as values from JSON often are.

extension DynamicValue {
    /// As a signed integer; nil if it is none.
    var looseSigned: Int64? {
        switch self {
        case .signed(let value): value
        case .unsigned(let value): Int64(exactly: value)
        case .float64(let value): Int64(exactly: value)
        case .text(let text): Int64(text)
        default: nil
        }
    }

    /// As an unsigned integer; nil if it is none.
    var looseUnsigned: UInt64? {
        switch self {
        case .signed(let value): UInt64(exactly: value)
        case .unsigned(let value): value
        case .float64(let value): UInt64(exactly: value)
        case .text(let text): UInt64(text)
        default: nil
        }
    }

    /// As a float; nil if it is none.
    var looseDouble: Double? {
        switch self {
        case .signed(let value): Double(value)
        case .unsigned(let value): Double(value)
        case .float32(let value): Double(value)
        case .float64(let value): value
        case .text("NaN"): .nan
        case .text("Infinity"): .infinity
        case .text("-Infinity"): -.infinity
        case .text(let text): Double(text)
        default: nil
        }
    }

    /// As bytes: data, hex digits, or a list of numbers below 256; nil if it is none of these.
    var looseData: [UInt8]? {
        switch self {
        case .data(let data): return data
        case .text(let text): return Self.bytes(hex: text)
        case .list(let values):
            var bytes: [UInt8] = []
            bytes.reserveCapacity(values.count)
            for value in values {
                guard let number = value.looseUnsigned, let byte = UInt8(exactly: number) else { return nil }
                bytes.append(byte)
            }
            return bytes
        default: return nil
        }
    }

    private static func bytes(hex: String) -> [UInt8]? {
        guard hex.utf8.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hex.utf8.count / 2)
        var high: UInt8?
        for character in hex.utf8 {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = character - UInt8(ascii: "A") + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
    }
}
