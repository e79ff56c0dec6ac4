extension DynamicValue {
    /// A loose value from JSON: objects are structs, arrays lists, null is Void, numbers are integers if they can be.
    /// `{"$capability": 3}` is a capability, `{"$words": [...]}` what an `AnyPointer` points to, as `json(style:)` writes them.
    ///
    /// - Throws: `malformedJSON`, also for what is nested deeper than 256 levels.
    package init(json: String) throws(DynamicError) {
        var parser = JSONTextParser(bytes: Array(json.utf8))
        self = try parser.document()
    }
}

private struct JSONTextParser {
    private let bytes: [UInt8]
    private var position = 0
    private static let maxDepth = 256

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(DynamicError) -> DynamicValue {
        let value = try self.value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw .malformedJSON(position) }
        return value
    }

    private mutating func value(depth: Int) throws(DynamicError) -> DynamicValue {
        skipSpace()
        guard depth < Self.maxDepth, position < bytes.count else { throw .malformedJSON(position) }
        switch bytes[position] {
        case UInt8(ascii: "{"): return Self.special(try object(depth: depth))
        case UInt8(ascii: "["): return .list(try array(depth: depth))
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .void)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(DynamicError) -> DynamicStruct {
        position += 1
        var result = DynamicStruct()
        if take("}") { return result }
        repeat {
            skipSpace()
            let name = try string()
            guard take(":") else { throw .malformedJSON(position) }
            result.fields.append(DynamicStruct.Field(name: name, value: try value(depth: depth + 1)))
        } while take(",")
        guard take("}") else { throw .malformedJSON(position) }
        return result
    }

    private mutating func array(depth: Int) throws(DynamicError) -> [DynamicValue] {
        position += 1
        var values: [DynamicValue] = []
        if take("]") { return values }
        repeat { values.append(try value(depth: depth + 1)) } while take(",")
        guard take("]") else { throw .malformedJSON(position) }
        return values
    }

    /// What stands for a capability or an untyped pointer.
    private static func special(_ object: DynamicStruct) -> DynamicValue {
        guard object.fields.count == 1, let field = object.fields.first else { return .structure(object) }
        switch (field.name, field.value) {
        case ("$capability", let index):
            if let index = index.looseUnsigned.flatMap({ UInt32(exactly: $0) }) { return .capability(Int(index)) }
        case ("$words", .list(let values)):
            let words = values.compactMap { value in
                if case .text(let digits) = value { UInt64(digits, radix: 16) } else { nil as UInt64? }
            }
            if words.count == values.count { return .anyPointer(words) }
        default: break
        }
        return .structure(object)
    }

    private mutating func word(_ text: String, _ value: DynamicValue) throws(DynamicError) -> DynamicValue {
        guard bytes[position...].starts(with: text.utf8) else { throw .malformedJSON(position) }
        position += text.utf8.count
        return value
    }

    private mutating func number() throws(DynamicError) -> DynamicValue {
        let start = position
        while position < bytes.count, Self.numberBytes.contains(bytes[position]) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        // `Int64` and `Double` also take a plus sign, which JSON does not.
        guard let first = text.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: ".") else {
            throw .malformedJSON(start)
        }
        if let value = Int64(text) { return .signed(value) }
        if let value = UInt64(text) { return .unsigned(value) }
        guard let value = Double(text) else { throw .malformedJSON(start) }
        return .float64(value)
    }

    private static let numberBytes = Set("+-.0123456789eE".utf8)

    private mutating func string() throws(DynamicError) -> String {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw .malformedJSON(position) }
        position += 1
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw .malformedJSON(position) }
                return string
            case UInt8(ascii: "\\"): text += try escape()
            case 0..<0x20: throw .malformedJSON(position - 1)
            default: text.append(byte)
            }
        }
        throw .malformedJSON(position)
    }

    private mutating func escape() throws(DynamicError) -> [UInt8] {
        guard position < bytes.count else { throw .malformedJSON(position) }
        let letter = bytes[position]
        position += 1
        switch letter {
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
        case UInt8(ascii: "u"):
            var scalar = try unit()
            if 0xd800..<0xdc00 ~= scalar {
                guard bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
                    throw .malformedJSON(position)
                }
                position += 2
                let low = try unit()
                guard 0xdc00..<0xe000 ~= low else { throw .malformedJSON(position) }
                scalar = 0x1_0000 + (scalar - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(scalar) else { throw .malformedJSON(position) }
            return Array(String(Character(scalar)).utf8)
        default: throw .malformedJSON(position - 1)
        }
    }

    /// Four hex digits.
    private mutating func unit() throws(DynamicError) -> UInt32 {
        let digits = String(decoding: bytes[position...].prefix(4), as: UTF8.self)
        guard digits.utf8.count == 4, digits.utf8.first != UInt8(ascii: "+"), let unit = UInt32(digits, radix: 16)
        else { throw .malformedJSON(position) }
        position += 4
        return unit
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x0a, 0x0d, 0x09].contains(bytes[position]) { position += 1 }
    }
}
