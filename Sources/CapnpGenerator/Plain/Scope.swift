import CapnpSchema

/// Everything a generator of one file needs to know: the request, where each declaration ends up in Swift, and the options.
struct Scope {
    let request: SchemaRequest
    let file: SchemaNode
    let access: AccessLevel
    let imports: ImportList

    /// The access modifier with a space behind it; empty for internal.
    var modifier: String { access.modifier }

    /// The full Swift name of a declaration.
    ///
    /// - Parameter brand: What the type parameters of the declaration and of those around it are bound to. Without a binding
    ///   they are any pointer: so for enums, which do not depend on them.
    func path(_ id: UInt64, _ brand: SchemaBrand = .none) throws(GeneratorError) -> String {
        let node = try request.node(id)
        if let owner = implicitStructOwner(id) {
            return try path(owner.interface, brand) + "." + owner.name + arguments(of: node, brand)
        }
        if case .file = node.kind {
            noteGeneratedModule(of: node)
            return namespace(of: node) ?? ""
        }
        let outer = try path(node.scopeID, brand)
        let name = try SwiftNames.type(node.name) + arguments(of: node, brand)
        return outer.isEmpty ? name : "\(outer).\(name)"
    }

    /// Imports the module that holds the generated code of another schema file.
    private func noteGeneratedModule(of other: SchemaNode) {
        let module = other.annotations.text(KnownAnnotation.generatedIn)
        if let module, module != file.annotations.text(KnownAnnotation.generatedIn) { imports.note(module) }
    }

    /// The namespace that a file's annotation names.
    func namespace(of file: SchemaNode) -> String? {
        file.annotations.text(KnownAnnotation.namespace)
    }

    /// The name of the parameter or result struct that `capnp` made for a method's list of parameters.
    private func implicitStructOwner(_ id: UInt64) -> (interface: UInt64, name: String)? {
        request.implicitStructs[id]
    }

    /// The interface that an implicit struct belongs to; nil for structs with a declaration of their own.
    func implicitStructOwnerID(_ id: UInt64) -> UInt64? {
        implicitStructOwner(id)?.interface
    }

    /// The implicit struct's name within its interface; nil for structs with a declaration of their own.
    func implicitStructName(_ id: UInt64) -> String? {
        implicitStructOwner(id)?.name
    }

    /// The comment on a declaration, or the fallback if there is none.
    func comment(_ id: UInt64, fallback: String = "") -> String {
        Self.trimmed(request.comments[id]?.own) ?? fallback
    }

    /// The comment on a member of a declaration.
    func comment(_ id: UInt64, member: Int, fallback: String = "") -> String {
        guard let members = request.comments[id]?.members, members.indices.contains(member) else { return fallback }
        return Self.trimmed(members[member]) ?? fallback
    }

    private static func trimmed(_ comment: String?) -> String? {
        guard let comment else { return nil }
        let lines = comment.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0.reversed().drop { $0 == " " }.reversed()) }
        let text = lines.joined(separator: "\n")
        let end = text.lastIndex { $0 != "\n" }
        return end.map { String(text[...$0]) }
    }
}

/// How visible generated declarations are.
package enum AccessLevel: String, Sendable {
    case `internal`, package, `public`

    var modifier: String { self == .internal ? "" : rawValue + " " }
}
