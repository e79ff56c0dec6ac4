/// Lays declarations out as text: indents, puts short bodies on one line, and separates what is longer than a line by blank
/// lines.
struct CodePrinter {
    /// The longest line that a short body is joined into, in columns.
    static let width = 120

    private(set) var text = ""
    private var depth = 0

    /// Prints one line, indented. An empty line stays empty.
    mutating func line(_ line: String = "") {
        if !line.isEmpty {
            text += String(repeating: " ", count: depth * 4) + line
        }
        text += "\n"
    }

    /// Prints declarations, with blank lines where they help.
    mutating func declarations(_ declarations: [Declaration]) {
        var previousWasLong = true
        for (position, declaration) in declarations.enumerated() {
            var printer = CodePrinter()
            printer.depth = depth
            printer.declaration(declaration)
            let isLong = printer.text.utf8.lazy.filter { $0 == UInt8(ascii: "\n") }.count > 1
            if position > 0, isLong || previousWasLong { line() }
            text += printer.text
            previousWasLong = isLong
        }
    }

    private mutating func declaration(_ declaration: Declaration) {
        for comment in declaration.comment.split(separator: "\n", omittingEmptySubsequences: false)
        where !declaration.comment.isEmpty {
            line(comment.isEmpty ? "///" : "/// \(comment)")
        }
        switch declaration.body {
        case .none:
            line(declaration.head)
        case .members(let members) where members.isEmpty:
            line("\(declaration.head) {}")
        case .members(let members):
            line("\(declaration.head) {")
            depth += 1
            declarations(members)
            depth -= 1
            line("}")
        case .code(let statements):
            code([.block(declaration.head, statements)])
        }
    }

    /// Prints statements.
    mutating func code(_ statements: [Code]) {
        for statement in statements {
            switch statement {
            case .line(let text):
                line(text)
            case .indented(let body):
                indented(body)
            case .clauses(let clauses):
                for clause in clauses {
                    line(clause.opening)
                    indented(clause.body)
                }
                line("}")
            case .branches(let head, let cases):
                line("\(head) {")
                for (pattern, body) in cases { branch(pattern, body) }
                line("}")
            case .block(let head, let body):
                if let short = Self.joined(head, body), short.count + depth * 4 <= Self.width {
                    line(short)
                } else {
                    line("\(head) {")
                    indented(body)
                    line("}")
                }
            }
        }
    }

    private mutating func branch(_ pattern: String, _ body: [Code]) {
        if case .line(let statement) = body.first, body.count == 1,
            pattern.count + statement.count + 2 + depth * 4 <= Self.width
        {
            line("\(pattern): \(statement)")
        } else {
            line("\(pattern):")
            indented(body)
        }
    }

    private mutating func indented(_ body: [Code]) {
        depth += 1
        code(body)
        depth -= 1
    }

    /// A block whose body is empty or a single statement, on one line.
    private static func joined(_ head: String, _ body: [Code]) -> String? {
        switch body.first {
        case nil: "\(head) {}"
        case .line(let line) where body.count == 1: "\(head) { \(line) }"
        default: nil
        }
    }
}
