/// Why a text is no JSON.
package enum JSONParserError: Error, Equatable, Sendable {
    /// The text breaks the grammar, or a string is no valid Unicode, at this byte.
    case syntax(offset: Int)
    /// More arrays and objects inside each other than `JSONValue.maxDepth`.
    case tooDeep
}

extension JSONValue {
    /// The most arrays and objects inside each other that the parser accepts (univalue's limit).
    package static let maxDepth = 512

    /// Parses one JSON text; nothing but white space may surround the value.
    ///
    /// - Throws: When the text is no JSON by RFC 8259, is not valid UTF-8, or is nested too deeply.
    package init(parsing text: String) throws(JSONParserError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// Parses one JSON text given as UTF-8.
    ///
    /// - Throws: As `init(parsing:)` of a string.
    package init(parsing bytes: [UInt8]) throws(JSONParserError) {
        var parser = JSONParser(bytes: bytes)
        self = try parser.parseText()
    }
}

/// A recursive descent parser; the depth limit bounds its stack.
private struct JSONParser {
    let bytes: [UInt8]
    var index = 0
    var depth = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func parseText() throws(JSONParserError) -> JSONValue {
        let value = try parseValue()
        skipSpace()
        guard index == bytes.count else { throw syntaxError }
        return value
    }

    private var syntaxError: JSONParserError { .syntax(offset: index) }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || (0x09...0x0a).contains(byte) || byte == 0x0d { index += 1 }
    }

    private mutating func parseValue() throws(JSONParserError) -> JSONValue {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return try parseObject()
        case UInt8(ascii: "["): return try parseArray()
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "n"): return try parseWord("null", as: .null)
        case UInt8(ascii: "t"): return try parseWord("true", as: .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", as: .bool(false))
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return .number(try parseNumber())
        default: throw syntaxError
        }
    }

    private mutating func parseWord(_ word: String, as value: JSONValue) throws(JSONParserError) -> JSONValue {
        for byte in word.utf8 {
            guard peek == byte else { throw syntaxError }
            index += 1
        }
        return value
    }

    private mutating func enter() throws(JSONParserError) {
        depth += 1
        guard depth <= JSONValue.maxDepth else { throw .tooDeep }
        index += 1
        skipSpace()
    }

    /// After an item: true when another follows, false when the closing byte was read.
    private mutating func nextItem(closing: UInt8) throws(JSONParserError) -> Bool {
        skipSpace()
        guard let byte = peek else { throw syntaxError }
        guard byte == closing || byte == UInt8(ascii: ",") else { throw syntaxError }
        index += 1
        return byte != closing
    }

    private mutating func parseArray() throws(JSONParserError) -> JSONValue {
        try enter()
        var values: [JSONValue] = []
        if peek == UInt8(ascii: "]") {
            index += 1
        } else {
            repeat { values.append(try parseValue()) } while try nextItem(closing: UInt8(ascii: "]"))
        }
        depth -= 1
        return .array(values)
    }

    private mutating func parseObject() throws(JSONParserError) -> JSONValue {
        try enter()
        var object = JSONObject()
        if peek == UInt8(ascii: "}") {
            index += 1
        } else {
            repeat {
                skipSpace()
                guard peek == UInt8(ascii: "\"") else { throw syntaxError }
                let key = try parseString()
                skipSpace()
                guard peek == UInt8(ascii: ":") else { throw syntaxError }
                index += 1
                object.append(key, try parseValue())
            } while try nextItem(closing: UInt8(ascii: "}"))
        }
        depth -= 1
        return .object(object)
    }

    private mutating func skipDigits() throws(JSONParserError) {
        let start = index
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        guard index > start else { throw syntaxError }
    }

    private mutating func parseNumber() throws(JSONParserError) -> String {
        let start = index
        if peek == UInt8(ascii: "-") { index += 1 }
        if peek == UInt8(ascii: "0") {
            index += 1
            if let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { throw syntaxError }
        } else {
            try skipDigits()
        }
        if peek == UInt8(ascii: ".") {
            index += 1
            try skipDigits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            index += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { index += 1 }
            try skipDigits()
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func parseString() throws(JSONParserError) -> String {
        index += 1
        var text: [UInt8] = []
        var start = index
        while let byte = peek, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw syntaxError }
            if byte == UInt8(ascii: "\\") {
                text.append(contentsOf: bytes[start..<index])
                index += 1
                try parseEscape(into: &text)
                start = index
            } else {
                index += 1
            }
        }
        guard index < bytes.count else { throw syntaxError }
        text.append(contentsOf: bytes[start..<index])
        guard let string = String(validating: text, as: UTF8.self) else { throw syntaxError }
        index += 1
        return string
    }

    private mutating func parseEscape(into text: inout [UInt8]) throws(JSONParserError) {
        guard let byte = peek else { throw syntaxError }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            guard let scalar = Unicode.Scalar(try parseCodePoint()) else { throw syntaxError }
            text.append(contentsOf: String(Character(scalar)).utf8)
        default: throw syntaxError
        }
    }

    /// One `\u` escape, or two that form a surrogate pair.
    private mutating func parseCodePoint() throws(JSONParserError) -> UInt32 {
        let first = try parseHexDigits()
        guard (0xd800..<0xdc00).contains(first) else { return first }
        for byte in "\\u".utf8 {
            guard peek == byte else { throw syntaxError }
            index += 1
        }
        let second = try parseHexDigits()
        guard (0xdc00..<0xe000).contains(second) else { throw syntaxError }
        return 0x10000 + (first - 0xd800) << 10 + (second - 0xdc00)
    }

    private mutating func parseHexDigits() throws(JSONParserError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw syntaxError }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return value
    }
}
