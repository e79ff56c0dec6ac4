extension DynamicValue {
    /// How JSON says what it has no words for.
    package struct JSONStyle: Sendable {
        /// Whether Data is a string of hex digits instead of an array of numbers.
        package var hasHexData: Bool
        /// Whether integers beyond 2⁵³ are strings, for readers that know floats only.
        package var hasIntegersAsText: Bool

        /// Hex digits and plain numbers, as JSON-RPC has them.
        package static let plain = JSONStyle(hasHexData: true, hasIntegersAsText: false)
        /// What every reader of JSON understands, near to how the reference implementation prints it.
        package static let portable = JSONStyle(hasHexData: false, hasIntegersAsText: true)

        /// A style of one's own.
        package init(hasHexData: Bool, hasIntegersAsText: Bool) {
            self.hasHexData = hasHexData
            self.hasIntegersAsText = hasIntegersAsText
        }
    }

    /// The value as JSON, on one line: structs and groups are objects, enums strings, Void null, capabilities
    /// `{"$capability": index}`, what an `AnyPointer` points to `{"$words": [...]}` with each word as hex digits.
    package func json(style: JSONStyle = .plain) -> String {
        var writer = JSONTextWriter(style: style)
        writer.write(self)
        return writer.text
    }
}

private struct JSONTextWriter {
    let style: DynamicValue.JSONStyle
    var text = ""

    init(style: DynamicValue.JSONStyle) {
        self.style = style
    }

    mutating func write(_ value: DynamicValue) {
        switch value {
        case .void, .capability(nil): text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .signed(let value): number("\(value)", isWide: value.magnitude > 1 << 53)
        case .unsigned(let value): number("\(value)", isWide: value > 1 << 53)
        case .float32(let value): float(Double(value), "\(value)")
        case .float64(let value): float(value, "\(value)")
        case .text(let value): quote(value)
        case .data(let bytes) where style.hasHexData: quote(Self.hex(bytes))
        case .data(let bytes): text += "[" + bytes.map { "\($0)" }.joined(separator: ",") + "]"
        case .enumerant(let number, let name):
            if let name { quote(name) } else { text += "\(number)" }
        case .list(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                write(value)
            }
            text += "]"
        case .structure(let structure):
            text += "{"
            for (index, field) in structure.fields.enumerated() {
                if index > 0 { text += "," }
                quote(field.name)
                text += ":"
                write(field.value)
            }
            text += "}"
        case .capability(let index?): text += "{\"$capability\":\(index)}"
        case .anyPointer(let words):
            text += words.isEmpty ? "null" : "{\"$words\":[" + words.map(Self.quotedWord).joined(separator: ",") + "]}"
        }
    }

    private mutating func number(_ digits: String, isWide: Bool) {
        text += style.hasIntegersAsText && isWide ? "\"\(digits)\"" : digits
    }

    private mutating func float(_ value: Double, _ digits: String) {
        if value.isFinite {
            text += digits
        } else {
            quote(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
        }
    }

    private mutating func quote(_ string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func quotedWord(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return "\"" + String(repeating: "0", count: 16 - digits.count) + digits + "\""
    }
}
