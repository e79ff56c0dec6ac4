/// A piece of a descriptor's text. All of its grammar is ASCII, so bytes are characters.
typealias TextSlice = ArraySlice<UInt8>

extension TextSlice {
    /// The characters as a string.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// Whether the text begins so.
    func begins(with prefix: String) -> Bool { starts(with: prefix.utf8) }

    /// Moves behind `prefix` if the text begins so.
    mutating func skip(_ prefix: String) -> Bool {
        guard begins(with: prefix) else { return false }
        self = dropFirst(prefix.utf8.count)
        return true
    }

    /// Moves inside the brackets if the whole text is a call of this function.
    mutating func enter(_ function: String) -> Bool {
        let nameCount = function.utf8.count
        guard count >= nameCount + 2, begins(with: function), self[startIndex + nameCount] == UInt8(ascii: "("),
            last == UInt8(ascii: ")")
        else { return false }
        self = dropFirst(nameCount + 1).dropLast()
        return true
    }

    /// Takes everything up to the next comma or closing bracket outside brackets.
    mutating func takeExpression() -> TextSlice {
        var level = 0
        var end = startIndex
        scan: while end < endIndex {
            switch self[end] {
            case UInt8(ascii: "("), UInt8(ascii: "{"):
                level += 1
            case UInt8(ascii: ")"), UInt8(ascii: "}"):
                if level == 0 { break scan }
                level -= 1
            case UInt8(ascii: ","):
                if level == 0 { break scan }
            default:
                break
            }
            end += 1
        }
        defer { self = self[end...] }
        return self[..<end]
    }

    /// The parts between separators, empty ones included.
    func parts(separatedBy separator: Character) -> [TextSlice] {
        guard let byte = separator.asciiValue else { return [self] }
        return split(separator: byte, omittingEmptySubsequences: false)
    }

    /// The number that the text spells in decimal digits alone; nil for anything else and for numbers above `max`.
    func decimal(max: Int64 = .max) -> Int64? {
        guard !isEmpty else { return nil }
        var value: Int64 = 0
        for byte in self {
            guard (0x30...0x39).contains(byte) else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(byte - 0x30))
            guard !overflow, !carry, sum <= max else { return nil }
            value = sum
        }
        return value
    }

    /// The first character, for messages.
    var firstCharacter: String { prefix(1).text }
}
