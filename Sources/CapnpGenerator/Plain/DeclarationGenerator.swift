import CapnpSchema

/// Generates enums, constants and interfaces, and walks into whatever is nested in a declaration.
struct DeclarationGenerator {
    let scope: Scope

    private var access: String { scope.modifier }

    /// The declarations directly inside another: nested ones, and the parameter structs of an interface's methods.
    func nested(in node: SchemaNode) throws(GeneratorError) -> [Declaration] {
        var declarations: [Declaration] = []
        for child in node.nested {
            if let declaration = try declaration(of: scope.request.node(child.id), isMember: true) {
                declarations.append(declaration)
            }
        }
        return declarations
    }

    /// - Parameter isMember: Whether the declaration stands in a type, so that a constant must be static.
    /// - Returns: Nil for annotations, which have no Swift counterpart.
    func declaration(of node: SchemaNode, isMember: Bool) throws(GeneratorError) -> Declaration? {
        let name = SwiftNames.type(node.name)
        switch node.kind {
        case .file, .annotation: return nil
        case .structure(let structure):
            return try StructGenerator(node, structure, scope: scope).declaration(
                name: name, comment: "The struct `\(node.name)`.")
        case .enumeration(let enumerants): return enumeration(node, name, enumerants)
        case .interface(let interface): return try self.interface(node, name, interface)
        case .constant(let type, let value): return try constant(node, type, value, isMember: isMember)
        }
    }

    private func enumeration(_ node: SchemaNode, _ name: String, _ enumerants: [SchemaEnumerant]) -> Declaration {
        let names = enumerants.map { SwiftNames.value($0.name) }
        let unknown = names.contains("unknown") ? "unrecognized" : "unknown"
        let integer = scope.standard("UInt16")
        var members = enumerants.enumerated().map { position, enumerant in
            Declaration("case \(names[position])", comment: scope.comment(node.id, member: position))
        }
        members.append(Declaration("case \(unknown)(\(integer))", comment: "A value that a newer schema may know."))
        var toName: [(pattern: String, body: [Code])] = []
        var toNumber: [(pattern: String, body: [Code])] = []
        for (position, name) in names.enumerated() {
            toName.append(("case \(position)", [.line("self = .\(name)")]))
            toNumber.append(("case .\(name)", [.line("\(position)")]))
        }
        toName.append(("default", [.line("self = .\(unknown)(rawValue)")]))
        toNumber.append(("case .\(unknown)(let value)", [.line("value")]))
        members.append(
            Declaration("\(access)init(rawValue: \(integer))", code: [.branches("switch rawValue", toName)]))
        members.append(
            Declaration("\(access)var rawValue: \(integer)", code: [.branches("switch self", toNumber)]))
        return Declaration(
            "\(access)enum \(name): \(scope.runtime("SchemaEnum"))",
            comment: scope.comment(node.id, fallback: "The enum `\(node.name)`."), members: members)
    }

    private func interface(
        _ node: SchemaNode, _ name: String, _ interface: SchemaInterfaceBody
    ) throws(GeneratorError) -> Declaration {
        var members = [
            scope.constant(
                access, "interfaceID", type: scope.standard("UInt64"), value: SwiftNames.id(node.id), in: node)
        ]
        if !interface.methods.isEmpty {
            members.append(
                Declaration(
                    "\(access)enum Method: \(scope.standard("UInt16")), Sendable",
                    comment: "The methods, by their number on the wire.",
                    members: interface.methods.map { method in
                        Declaration(
                            "case \(SwiftNames.value(method.name)) = \(method.ordinal)",
                            comment: scope.comment(node.id, member: method.ordinal))
                    }))
        }
        members += try nested(in: node)
        for method in interface.methods.sorted(by: { $0.codeOrder < $1.codeOrder }) {
            members += try implicit(method.parameters, comment: "Parameters of `\(method.name)`.")
            members += try implicit(method.results, comment: "Results of `\(method.name)`.")
        }
        if let objects = try ObjectGenerator(node, interface, scope: scope) { members += try objects.members }
        return Declaration(
            "\(access)enum \(name)\(try scope.parameterClause(of: node)): \(scope.runtime("SchemaInterface"))",
            comment: scope.comment(node.id, fallback: "The interface `\(node.name)`."), members: members)
    }

    private func implicit(_ id: UInt64, comment: String) throws(GeneratorError) -> [Declaration] {
        guard let name = scope.implicitStructName(id) else { return [] }
        let node = try scope.request.node(id)
        guard let structure = node.structure else { return [] }
        if structure.fields.isEmpty {
            return [
                Declaration("\(access)typealias \(name) = \(scope.runtime("EmptyStruct"))", comment: comment)
            ]
        }
        return [try StructGenerator(node, structure, scope: scope).declaration(name: name, comment: comment)]
    }

    private func constant(
        _ node: SchemaNode, _ type: SchemaType, _ value: SchemaValue, isMember: Bool
    ) throws(GeneratorError) -> Declaration {
        let (swiftType, expression) = try constantValue(node, type, value)
        let name = SwiftNames.value(node.name)
        var declaration =
            isMember
            ? scope.constant(access, name, type: swiftType, value: expression, in: node)
            : Declaration("\(access)let \(name): \(swiftType) = \(expression)")
        declaration.comment = scope.comment(node.id)
        return declaration
    }

    private func constantValue(
        _ node: SchemaNode, _ type: SchemaType, _ value: SchemaValue
    ) throws(GeneratorError) -> (type: String, value: String) {
        if case .enumeration(let id) = type {
            let path = try scope.path(id)
            return (path, "\(path)(rawValue: \(scope.defaultLiteral(value) ?? "0"))")
        }
        if let swiftType = try scope.scalarType(type) {
            let zero = type == .bool ? "false" : type == .void ? "()" : "0"
            return (swiftType, scope.defaultLiteral(value) ?? zero)
        }
        switch value {
        case .text(let text): return (scope.standard("String"), SwiftNames.literal(text))
        case .data(let data): return ("[\(scope.standard("UInt8"))]", SwiftNames.literal(data))
        case .pointer(let words):
            let literal = (words ?? []).map(SwiftNames.id).joined(separator: ", ")
            let embedded = "\(scope.runtime("EmbeddedValue"))(words: [\(literal)])"
            switch type {
            case .structure(let id, let brand):
                let reader = "\(try scope.path(id, brand)).Reader"
                return (reader, "\(reader)(\(embedded).structReader)")
            case .list(let element):
                let elementType = try scope.elementType(element, in: node)
                return (
                    "\(scope.runtime("ListReaderOf"))<\(elementType)>", "\(embedded).list(of: \(elementType).self)"
                )
            case .anyPointer: return (scope.runtime("PointerReader"), "\(embedded).root")
            default: break
            }
        default: break
        }
        throw .unsupported(declaration: node.displayName, reason: "constants of this type are not supported")
    }
}
