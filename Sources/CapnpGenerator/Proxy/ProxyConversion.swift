import CapnpSchema

/// An expression, and whether it needs a `try` before it.
struct Expression {
    let text: String
    let isThrowing: Bool

    init(_ text: String, throws isThrowing: Bool) {
        self.text = text
        self.isThrowing = isThrowing
    }

    /// The expression as it stands alone in a statement.
    var statement: String { isThrowing ? "try \(text)" : text }
}

/// Spells out conversions between generated readers and builders, and the application's values.
///
/// In the code that it writes, `imports` and `exports` are the contexts of the call, by which objects become capabilities.
struct ProxyConversion {
    // MARK: Reading

    /// The value of a field.
    ///
    /// - Parameter source: The generated reader.
    static func read(_ field: ProxyField, from source: String) -> Expression {
        let member = SwiftNames.member(field.field.name)
        let isPointer = field.field.type?.isPointer == true
        let access = isPointer ? "\(source).\(member)()" : "\(source).\(member)"
        if case .object(let name) = field.type, field.isOptional {
            return Expression("\(name)ProxyClient.optionalObject(\(access), imports)", throws: true)
        }
        if case .closure(let name) = field.type, field.isOptional {
            return Expression("\(name)ProxyClient.optionalClosure(\(access), imports)", throws: true)
        }
        let value = read(field.type, Expression(access, throws: isPointer))
        let condition: String
        switch field.presence {
        case .always: return value
        case .flag(let flag): condition = SwiftNames.member(flag.name)
        case .pointer: condition = "has\(SwiftNames.capitalised(field.field.name))"
        }
        return Expression("\(source).\(condition) ? \(value.text) : nil", throws: value.isThrowing)
    }

    private static func read(_ type: ProxyType, _ value: Expression) -> Expression {
        switch type {
        case .plain:
            value
        case .integer(let name):
            Expression("ProxyCoding.integer(\(value.text), as: \(name).self)", throws: true)
        case .scalar(let name):
            Expression("ProxyCoding.value(\(value.text), as: \(name).self)", throws: true)
        case .data(let name, let isOptional):
            Expression(
                "ProxyCoding.\(isOptional ? "optionalData" : "data")(\(value.text), as: \(name).self)", throws: true)
        case .structure(let name):
            Expression("\(name)(\(value.text), imports: imports)", throws: true)
        case .tuple:
            Expression("\(value.text).tuple(imports: imports)", throws: true)
        case .list(let element):
            readList(element, value.text)
        case .set(let element):
            Expression("Set(\(readList(element, value.text).text))", throws: true)
        case .dictionary:
            Expression(
                "Dictionary(\(value.text).map { try $0.tuple(imports: imports) }, uniquingKeysWith: { $1 })",
                throws: true)
        case .object(let name):
            Expression("\(name)ProxyClient.object(\(value.text), imports)", throws: true)
        case .closure(let name):
            Expression("\(name)ProxyClient.closure(\(value.text), imports)", throws: true)
        }
    }

    private static func readList(_ element: ProxyType, _ list: String) -> Expression {
        if case .plain = element { return Expression("\(list).array()", throws: true) }
        return Expression("\(list).map { \(read(element, Expression("$0", throws: false)).statement) }", throws: true)
    }

    // MARK: Writing

    /// Statements that set a field.
    ///
    /// - Parameters:
    ///   - value: An expression for the application's value.
    ///   - target: The generated builder.
    static func write(_ field: ProxyField, _ value: String, to target: String) -> [Code] {
        guard field.isOptional else { return set(field, value, target) }
        let name = SwiftNames.local(field.name)
        let binding = value == name ? "if let \(name)" : "if let \(name) = \(value)"
        var statements: [Code] = []
        if case .flag(let flag) = field.presence {
            statements.append(.line("\(target).\(SwiftNames.member(flag.name)) = true"))
        }
        return [.block(binding, statements + set(field, name, target))]
    }

    private static func set(_ field: ProxyField, _ value: String, _ target: String) -> [Code] {
        let capitalised = SwiftNames.capitalised(field.field.name)
        switch field.type {
        case .structure:
            return [.line("try \(value).write(to: \(target).init\(capitalised)(), exports: exports)")]
        case .tuple:
            return [.line("try \(target).init\(capitalised)().set(\(value), exports: exports)")]
        case .list(let element), .set(let element):
            return writeList(
                element, value, "\(target).init\(capitalised)(count: \(value).count)", name: field.field.name)
        case .dictionary(let key, let value2):
            return writeList(
                .tuple([key, value2]), value, "\(target).init\(capitalised)(count: \(value).count)",
                name: field.field.name)
        default:
            let wire = wire(field.type, value)
            if field.field.type?.isPointer == true {
                return [.line("\(wire.isThrowing ? "try " : "")\(target).set\(capitalised)(\(wire.text))")]
            }
            return [.line("\(target).\(SwiftNames.member(field.field.name)) = \(wire.statement)")]
        }
    }

    /// The value on the wire, for types that are written in one assignment.
    private static func wire(_ type: ProxyType, _ value: String) -> Expression {
        switch type {
        case .integer: Expression("ProxyCoding.integer(\(value))", throws: true)
        case .scalar: Expression("ProxyCoding.wire(\(value))", throws: true)
        case .data(_, let isOptional):
            Expression(isOptional ? "\(value)?.capnpData ?? []" : "\(value).capnpData", throws: false)
        case .object(let name): Expression("\(name)ProxyServer.capability(\(value), exports)", throws: false)
        case .closure(let name): Expression("\(name)ProxyServer.capability(\(value), exports)", throws: false)
        default: Expression(value, throws: false)
        }
    }

    /// - Parameters:
    ///   - list: An expression that makes the list.
    ///   - name: For the names of the local variables.
    private static func writeList(_ element: ProxyType, _ value: String, _ list: String, name: String) -> [Code] {
        if case .plain = element { return [.line("\(list).assign(\(value))")] }
        if element.isWritable {
            let wire = wire(element, "$0")
            return [.line("\(wire.isThrowing ? "try " : "")\(list).assign(\(value).map { \(wire.statement) })")]
        }
        let local = "\(name)List"
        let index = "\(name)Index"
        let item = "\(name)Item"
        let body: [Code]
        switch element {
        case .structure: body = [.line("try \(item).write(to: \(local)[\(index)], exports: exports)")]
        case .tuple: body = [.line("try \(local)[\(index)].set(\(item), exports: exports)")]
        case .list(let inner):
            body = writeList(inner, item, "\(local).initList(at: \(index), count: \(item).count)", name: name + "Inner")
        default: body = []
        }
        return [
            .line("let \(local) = \(list)"),
            .block("for (\(index), \(item)) in \(value).enumerated()", body),
        ]
    }
}
