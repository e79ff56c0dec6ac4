extension JSONValue {
    /// The text of the value.
    ///
    /// - Parameter indent: Spaces per level; 0 writes one line without spaces. Core's command line uses 2, the log and
    ///   error texts 4.
    package func write(indent: Int = 0) -> String {
        var writer = JSONWriter(indent: indent)
        writer.write(self, level: 1)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

/// Writes JSON as univalue does: the same escapes, the same line breaks.
private struct JSONWriter {
    var bytes: [UInt8] = []
    let indent: Int

    init(indent: Int) { self.indent = indent }

    mutating func write(_ value: JSONValue, level: Int) {
        switch value {
        case .null: write("null")
        case .bool(let value): write(value ? "true" : "false")
        case .number(let text): write(text)
        case .string(let text): writeString(text)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            breakLine()
            for (index, value) in values.enumerated() {
                pad(level)
                write(value, level: level + 1)
                endItem(isLast: index == values.count - 1)
            }
            pad(level - 1)
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            breakLine()
            for (index, member) in object.members.enumerated() {
                pad(level)
                writeString(member.key)
                write(indent > 0 ? ": " : ":")
                write(member.value, level: level + 1)
                endItem(isLast: index == object.count - 1)
            }
            pad(level - 1)
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private mutating func endItem(isLast: Bool) {
        if !isLast { bytes.append(UInt8(ascii: ",")) }
        breakLine()
    }

    private mutating func breakLine() {
        if indent > 0 { bytes.append(UInt8(ascii: "\n")) }
    }

    private mutating func pad(_ level: Int) {
        if indent > 0 { bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent * level)) }
    }

    private mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func writeString(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): write("\\\"")
            case UInt8(ascii: "\\"): write("\\\\")
            case 0x08: write("\\b")
            case 0x09: write("\\t")
            case 0x0a: write("\\n")
            case 0x0c: write("\\f")
            case 0x0d: write("\\r")
            case 0..<0x20, 0x7f:
                let digits = String(byte, radix: 16)
                write("\\u00" + (digits.count < 2 ? "0" : "") + digits)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
