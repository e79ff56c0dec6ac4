import TestData

/// A schema of random structs, as text.
///
/// Types refer to each other freely; how deep values go is the business of `RandomValues`.
struct RandomSchema {
    let text: String
    /// The names of the structs, from `S0` on.
    let structs: [String]

    init(using random: inout SeededGenerator) {
        var writer = Writer(random: random)
        structs = (0..<writer.structCount).map { "S\($0)" }
        text = writer.file()
        random = writer.random
    }
}

private struct Writer {
    var random: SeededGenerator
    let structCount: Int
    let enumCount: Int
    /// The number of the next field, and of the next name.
    var ordinal = 0
    var depth = 0

    init(random: SeededGenerator) {
        self.random = random
        structCount = Int.random(in: 2...5, using: &self.random)
        enumCount = Int.random(in: 1...2, using: &self.random)
    }

    mutating func file() -> String {
        var text = "@0x\(String(random.next() | 1 << 63, radix: 16));\n"
        for index in 0..<enumCount {
            let count = Int.random(in: 1...6, using: &random)
            text += "enum E\(index) { \((0..<count).map { "e\($0) @\($0);" }.joined(separator: " ")) }\n"
        }
        text += "struct G(T) { value @0 :T; other @1 :Int16; next @2 :G(T); }\n"
        for index in 0..<structCount {
            ordinal = 0
            depth = 0
            text +=
                "struct S\(index) {\n\(fields(count: Int.random(in: 0...14, using: &random), mayHaveUnion: true))}\n"
        }
        return text
    }

    private mutating func fields(count: Int, mayHaveUnion: Bool) -> String {
        var text = ""
        var hasUnion = !mayHaveUnion
        for _ in 0..<count {
            switch Int.random(in: 0..<16, using: &random) {
            case 0 where !hasUnion:
                hasUnion = true
                text += "union {\n\(members())}\n"
            case 1 where depth < 3:
                text += "\(name()) :group {\n\(nested(count: Int.random(in: 1...3, using: &random)))}\n"
            case 2 where depth < 3:
                text += "\(name()) :union {\n\(members())}\n"
            default: text += field()
            }
        }
        return text
    }

    private mutating func nested(count: Int) -> String {
        depth += 1
        defer { depth -= 1 }
        let text = fields(count: count, mayHaveUnion: true)
        return text.contains("@") ? text : text + field()
    }

    /// Two members at least, as a union needs.
    private mutating func members() -> String {
        depth += 1
        defer { depth -= 1 }
        var text = field() + field()
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            if depth < 3, Int.random(in: 0..<4, using: &random) == 0 {
                text += "\(name()) :group {\n\(nested(count: 2))}\n"
            } else {
                text += field()
            }
        }
        return text
    }

    private mutating func name() -> String {
        // Letters only after the first, as names of groups are capitalised.
        "n\(random.next() % 1_000_000_007)"
    }

    private mutating func field() -> String {
        defer { ordinal += 1 }
        let (type, value) = typeAndDefault()
        return "f\(ordinal)x\(random.next() % 100) @\(ordinal) :\(type)\(value.map { " = \($0)" } ?? "");\n"
    }

    private mutating func typeAndDefault() -> (String, String?) {
        let hasDefault = Int.random(in: 0..<3, using: &random) == 0
        func maybe(_ value: String) -> String? { hasDefault ? value : nil }
        switch Int.random(in: 0..<22, using: &random) {
        case 0: return ("Void", nil)
        case 1, 2: return ("Bool", maybe(Bool.random(using: &random) ? "true" : "false"))
        case 3: return ("Int8", maybe("\(Int8.random(in: .min ... .max, using: &random))"))
        case 4: return ("Int16", maybe("\(Int16.random(in: .min ... .max, using: &random))"))
        case 5: return ("Int32", maybe("\(Int32.random(in: .min ... .max, using: &random))"))
        case 6: return ("Int64", maybe("\(Int64.random(in: .min ... .max, using: &random))"))
        case 7: return ("UInt8", maybe("\(UInt8.random(in: .min ... .max, using: &random))"))
        case 8: return ("UInt16", maybe("\(UInt16.random(in: .min ... .max, using: &random))"))
        case 9: return ("UInt32", maybe("\(UInt32.random(in: .min ... .max, using: &random))"))
        case 10: return ("UInt64", maybe("\(UInt64.random(in: .min ... .max, using: &random))"))
        case 11: return ("Float32", maybe("1.5"))
        case 12: return ("Float64", maybe("-2.5e10"))
        case 13: return ("E\(Int.random(in: 0..<enumCount, using: &random))", nil)
        case 14, 15: return ("Text", maybe("\"default\""))
        case 16: return ("Data", maybe("0x\"00 ff\""))
        case 17: return ("S\(Int.random(in: 0..<structCount, using: &random))", nil)
        case 18: return ("G(\(pointerType()))", nil)
        case 19: return ("List(Int32)", maybe("[1, -2]"))
        default: return ("List(\(elementType()))", nil)
        }
    }

    private mutating func pointerType() -> String {
        ["Text", "Data", "List(UInt16)", "List(Text)", "S0", "G(Text)"].randomElement(using: &random) ?? "Text"
    }

    private mutating func elementType() -> String {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: "Void"
        case 1, 2: "Bool"
        case 3: "Int8"
        case 4: "UInt16"
        case 5: "Int32"
        case 6: "UInt64"
        case 7: "Float32"
        case 8: "Float64"
        case 9: "E0"
        case 10: "Text"
        case 11: "Data"
        case 12: "List(\(pointerType()))"
        case 13: "List(Bool)"
        case 14: "G(\(pointerType()))"
        default: "S\(Int.random(in: 0..<structCount, using: &random))"
        }
    }
}
