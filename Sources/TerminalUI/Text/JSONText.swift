/// A JSON value as a reader of results needs it: numbers keep their text, objects their order.
enum JSONText: Equatable {
    case object([(name: String, value: JSONText)])
    case array([JSONText])
    case string(String)
    /// A number, true, false or null, as written.
    case literal(String)

    static func == (left: JSONText, right: JSONText) -> Bool { left.lines() == right.lines() }

    /// Deeper nesting than any result of Core's.
    private static let maximumDepth = 64

    /// Parses a whole text; nil when it is not JSON.
    init?(_ text: String) {
        var parser = Parser(bytes: Array(text.utf8))
        guard let value = parser.value(depth: 0) else { return nil }
        parser.skipSpace()
        guard parser.isAtEnd else { return nil }
        self = value
    }

    /// A member of an object.
    subscript(name: String) -> JSONText? {
        if case .object(let members) = self { return members.first { $0.name == name }?.value }
        return nil
    }

    /// The text of a string.
    var text: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// Whether this is null.
    var isNull: Bool { self == .literal("null") }

    /// The value in lines, two spaces for each level.
    func lines() -> [String] {
        var lines: [String] = []
        write(into: &lines, indent: "", prefix: "", suffix: "")
        return lines
    }

    private func write(into lines: inout [String], indent: String, prefix: String, suffix: String) {
        switch self {
        case .literal(let text): lines.append(indent + prefix + text + suffix)
        case .string(let text): lines.append(indent + prefix + Self.quoted(text) + suffix)
        case .array(let items):
            if items.isEmpty { return lines.append(indent + prefix + "[]" + suffix) }
            lines.append(indent + prefix + "[")
            for (index, item) in items.enumerated() {
                item.write(
                    into: &lines, indent: indent + "  ", prefix: "", suffix: index + 1 < items.count ? "," : "")
            }
            lines.append(indent + "]" + suffix)
        case .object(let members):
            if members.isEmpty { return lines.append(indent + prefix + "{}" + suffix) }
            lines.append(indent + prefix + "{")
            for (index, member) in members.enumerated() {
                member.value.write(
                    into: &lines, indent: indent + "  ", prefix: Self.quoted(member.name) + ": ",
                    suffix: index + 1 < members.count ? "," : "")
            }
            lines.append(indent + "}" + suffix)
        }
    }

    /// A string in JSON's quotes.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private struct Parser {
        let bytes: [UInt8]
        var index = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { index == bytes.count }

        mutating func skipSpace() {
            while index < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[index]) { index += 1 }
        }

        mutating func take(_ byte: UInt8) -> Bool {
            skipSpace()
            guard index < bytes.count, bytes[index] == byte else { return false }
            index += 1
            return true
        }

        mutating func value(depth: Int) -> JSONText? {
            guard depth < JSONText.maximumDepth else { return nil }
            skipSpace()
            guard index < bytes.count else { return nil }
            switch bytes[index] {
            case UInt8(ascii: "{"): return object(depth: depth)
            case UInt8(ascii: "["): return array(depth: depth)
            case UInt8(ascii: "\""): return string().map(JSONText.string)
            default: return literal()
            }
        }

        mutating func object(depth: Int) -> JSONText? {
            index += 1
            var members: [(name: String, value: JSONText)] = []
            if take(UInt8(ascii: "}")) { return .object([]) }
            repeat {
                skipSpace()
                guard index < bytes.count, bytes[index] == UInt8(ascii: "\""), let name = string(),
                    take(UInt8(ascii: ":")), let value = value(depth: depth + 1)
                else { return nil }
                members.append((name, value))
            } while take(UInt8(ascii: ","))
            return take(UInt8(ascii: "}")) ? .object(members) : nil
        }

        mutating func array(depth: Int) -> JSONText? {
            index += 1
            var items: [JSONText] = []
            if take(UInt8(ascii: "]")) { return .array([]) }
            repeat {
                guard let value = value(depth: depth + 1) else { return nil }
                items.append(value)
            } while take(UInt8(ascii: ","))
            return take(UInt8(ascii: "]")) ? .array(items) : nil
        }

        mutating func literal() -> JSONText? {
            let start = index
            while index < bytes.count,
                bytes[index] >= 0x30 && bytes[index] <= 0x39 || bytes[index] >= 0x61 && bytes[index] <= 0x7a
                    || [UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "E")]
                        .contains(bytes[index])
            {
                index += 1
            }
            let text = String(decoding: bytes[start..<index], as: UTF8.self)
            guard ["true", "false", "null"].contains(text) || Double(text) != nil && text.first != "+" else {
                return nil
            }
            return .literal(text)
        }

        mutating func string() -> String? {
            index += 1
            var units: [UInt8] = []
            while index < bytes.count {
                let byte = bytes[index]
                index += 1
                switch byte {
                case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
                case UInt8(ascii: "\\"):
                    guard let scalar = escape() else { return nil }
                    units.append(contentsOf: String(Character(scalar)).utf8)
                default: units.append(byte)
                }
            }
            return nil
        }

        mutating func escape() -> Unicode.Scalar? {
            guard index < bytes.count else { return nil }
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "n"): return "\n"
            case UInt8(ascii: "t"): return "\t"
            case UInt8(ascii: "r"): return "\r"
            case UInt8(ascii: "b"): return "\u{8}"
            case UInt8(ascii: "f"): return "\u{c}"
            case UInt8(ascii: "u"): return unicodeEscape()
            default: return Unicode.Scalar(byte)
            }
        }

        mutating func unicodeEscape() -> Unicode.Scalar? {
            guard let high = fourDigits() else { return nil }
            guard (0xd800..<0xdc00).contains(high) else { return Unicode.Scalar(high) ?? "\u{fffd}" }
            guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
            else { return "\u{fffd}" }
            index += 2
            guard let low = fourDigits(), (0xdc00..<0xe000).contains(low) else { return "\u{fffd}" }
            return Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00))
        }

        mutating func fourDigits() -> UInt32? {
            guard index + 4 <= bytes.count else { return nil }
            let text = String(decoding: bytes[index..<index + 4], as: UTF8.self)
            index += 4
            return UInt32(text, radix: 16)
        }
    }
}
