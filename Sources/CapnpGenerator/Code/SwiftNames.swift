/// Swift spellings of names in a schema.
enum SwiftNames {
    /// Words that need backticks wherever a declaration could begin or an expression could stand.
    private static let keywords: Set<String> = [
        "Any", "actor", "as", "associatedtype", "async", "await", "break", "case", "catch", "class", "continue",
        "default",
        "defer", "deinit", "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func",
        "guard",
        "if", "import", "in", "inout", "internal", "is", "let", "nil", "operator", "precedencegroup", "private",
        "protocol",
        "public", "repeat", "rethrows", "return", "static", "struct", "subscript", "super", "switch", "throw", "throws",
        "true", "try", "typealias", "var", "where", "while",
    ]

    /// Names that mean something else as a member of any type, even in backticks.
    private static let members: Set<String> = ["self", "Self", "init", "Type", "Protocol"]

    /// Names of declarations that every generated struct has.
    private static let generatedTypes: Set<String> = ["Reader", "Builder", "Which"]
    private static let generatedMembers: Set<String> = ["reader", "builder", "which", "asReader"]

    /// A type declared in a schema. Capitalised, as method parameters and groups are named by lower-case words.
    static func type(_ name: String) -> String {
        let capitalised = capitalised(name)
        return members.contains(capitalised) || generatedTypes.contains(capitalised) ? capitalised + "_" : capitalised
    }

    /// A field, as a member of a generated reader or builder.
    static func member(_ name: String) -> String {
        generatedMembers.contains(name) || members.contains(name) ? name + "_" : escaped(name)
    }

    /// The label of a parameter or tuple element, or of an argument for it.
    static func label(_ name: String) -> String {
        if members.contains(name) { return name + "_" }
        return ["inout", "let", "var"].contains(name) ? "`\(name)`" : name
    }

    /// An enumerant, constant or method.
    static func value(_ name: String) -> String {
        members.contains(name) ? name + "_" : escaped(name)
    }

    /// Names of variables in generated functions.
    private static let locals: Set<String> = [
        "builder", "call", "error", "exports", "imports", "object", "output", "params", "reader", "results",
    ]

    /// A parameter, as a local variable in a generated function.
    static func local(_ name: String) -> String {
        locals.contains(name) || keywords.contains(name) ? name + "_" : value(name)
    }

    /// A name with its first letter in upper case, as in `hasName`.
    static func capitalised(_ name: String) -> String {
        name.prefix(1).uppercased() + name.dropFirst()
    }

    private static func escaped(_ name: String) -> String {
        keywords.contains(name) ? "`\(name)`" : name
    }

    /// A number as it stands in generated code: ids in hexadecimal.
    static func id(_ id: UInt64) -> String {
        let digits = String(id, radix: 16)
        return "0x" + String(repeating: "0", count: max(0, 16 - digits.count)) + digits
    }

    /// A string literal.
    static func literal(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": literal += "\\\""
            case "\\": literal += "\\\\"
            case "\n": literal += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                literal += "\\u{\(String(scalar.value, radix: 16))}"
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }

    /// A literal of bytes.
    static func literal(_ bytes: [UInt8]) -> String {
        "[" + bytes.map { "\($0)" }.joined(separator: ", ") + "]"
    }
}
