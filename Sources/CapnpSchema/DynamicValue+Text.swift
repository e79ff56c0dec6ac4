#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension DynamicValue {
    /// The value as `capnp decode` prints it: `(height = 3, txid = "...")`.
    ///
    /// For people and for comparison with the reference implementation; nothing reads it back.
    ///
    /// - Parameter isPretty: whether what is long goes over several lines, indented.
    package func text(isPretty: Bool = false) -> String {
        TextWriter.string(self, Indent(level: isPretty ? 1 : 0), .bare)
    }
}

/// What stands before a value on its line, and so where its own lines begin.
private enum Position {
    /// Nothing: an element of a list.
    case bare
    /// `name = `.
    case prefixed
}

/// How far lines are indented; no lines at all at level 0.
private struct Indent {
    let level: Int

    var next: Indent { Indent(level: level == 0 ? 0 : level + 1) }

    /// Items on one line if they are short, else each on its own.
    ///
    /// - Parameter isRecord: whether they are fields of a struct, of which fewer fit on a line.
    func delimit(_ items: [String], _ position: Position, isRecord: Bool) -> String {
        if level == 0 || fitsOnOneLine(items, isRecord: isRecord) { return items.joined(separator: ", ") }
        let line = "\n" + String(repeating: " ", count: level * 2)
        // A value behind its name begins on a line of its own; others behind the bracket before them.
        return (position == .bare ? " " : line) + items.joined(separator: "," + line) + " "
    }

    private func fitsOnOneLine(_ items: [String], isRecord: Bool) -> Bool {
        var total = 0
        for item in items {
            let length = item.utf8.count
            if length > 24 || item.utf8.contains(UInt8(ascii: "\n")) { return false }
            total += length
            if isRecord, total > 64 { return false }
        }
        return true
    }
}

private enum TextWriter {
    static func string(_ value: DynamicValue, _ indent: Indent, _ position: Position) -> String {
        switch value {
        case .void: "void"
        case .bool(let value): value ? "true" : "false"
        case .signed(let value): "\(value)"
        case .unsigned(let value): "\(value)"
        case .float32(let value): string(value)
        case .float64(let value): string(value)
        case .text(let text): quoted(Array(text.utf8), isBinary: false)
        case .data(let data): quoted(data, isBinary: true)
        case .enumerant(let number, let name): name ?? "(\(number))"
        case .list(let values):
            "[" + indent.delimit(values.map { string($0, indent.next, .bare) }, position, isRecord: false) + "]"
        case .structure(let structure):
            "("
                + indent.delimit(
                    structure.fields.map { "\($0.name) = \(string($0.value, indent.next, .prefixed))" }, position,
                    isRecord: true) + ")"
        case .capability: "<external capability>"
        case .anyPointer: "<opaque pointer>"
        }
    }

    private static func quoted(_ bytes: [UInt8], isBinary: Bool) -> String {
        var escaped: [UInt8] = [UInt8(ascii: "\"")]
        escaped.reserveCapacity(bytes.count + 2)
        for byte in bytes {
            if let letter = escapes[byte] {
                escaped += [UInt8(ascii: "\\"), letter]
            } else if byte < 0x20 || byte == 0x7f || (isBinary && byte > 0x7f) {
                let digits = [byte >> 6, byte >> 3 & 7, byte & 7].map { $0 + UInt8(ascii: "0") }
                escaped += [UInt8(ascii: "\\")] + digits
            } else {
                escaped.append(byte)
            }
        }
        escaped.append(UInt8(ascii: "\""))
        return String(decoding: escaped, as: UTF8.self)
    }

    private static let escapes: [UInt8: UInt8] = [
        0x07: UInt8(ascii: "a"), 0x08: UInt8(ascii: "b"), 0x0c: UInt8(ascii: "f"), 0x0a: UInt8(ascii: "n"),
        0x0d: UInt8(ascii: "r"), 0x09: UInt8(ascii: "t"), 0x0b: UInt8(ascii: "v"),
        UInt8(ascii: "'"): UInt8(ascii: "'"), UInt8(ascii: "\""): UInt8(ascii: "\""),
        UInt8(ascii: "\\"): UInt8(ascii: "\\"),
    ]

    /// As many digits as C promises to keep, or those that give the number back.
    private static func string(_ value: Double) -> String {
        special(value)
            ?? {
                let short = formatted(value, "%.15g")
                return withoutPlus(Double(short) == value ? short : formatted(value, "%.17g"))
            }()
    }

    private static func string(_ value: Float) -> String {
        special(Double(value))
            ?? {
                let short = formatted(Double(value), "%.6g")
                // The reference implementation takes what C reports as an underflow for a failure to give the number back.
                let isExact = Float(short) == value && !value.isSubnormal
                return withoutPlus(isExact ? short : formatted(Double(value), "%.8g"))
            }()
    }

    private static func special(_ value: Double) -> String? {
        if value.isNaN { return "nan" }
        return value.isInfinite ? (value < 0 ? "-inf" : "inf") : nil
    }

    private static func formatted(_ value: Double, _ format: String) -> String {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            let length = unsafe withVaList([value]) { arguments in
                unsafe vsnprintf(buffer.baseAddress, buffer.count, format, arguments)
            }
            let text = unsafe buffer.prefix(max(0, min(Int(length), buffer.count - 1)))
            return unsafe String(decoding: text.lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    private static func withoutPlus(_ text: String) -> String {
        text.filter { $0 != "+" }
    }
}
