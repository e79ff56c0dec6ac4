import CapnpSchema

/// Generates the Swift enum that stands for a struct, group, or list of parameters, with its `Reader` and `Builder`.
struct StructGenerator {
    let scope: Scope
    let node: SchemaNode
    let structure: SchemaStructure

    var access: String { scope.modifier }

    init(_ node: SchemaNode, _ structure: SchemaStructure, scope: Scope) {
        self.scope = scope
        self.node = node
        self.structure = structure
    }

    /// - Parameters:
    ///   - name: The Swift name, without the scope.
    ///   - comment: Used if the declaration has no comment.
    func declaration(name: String, comment: String) throws(GeneratorError) -> Declaration {
        var members: [Declaration] = []
        if !structure.isGroup {
            members.append(
                scope.constant(
                    access, "typeID", type: scope.standard("UInt64"), value: SwiftNames.id(node.id), in: node))
            let size = scope.runtime("StructSize")
            members.append(
                scope.constant(
                    access, "size", type: node.isGeneric ? size : nil,
                    value: "\(size)(dataWords: \(structure.dataWords), pointers: \(structure.pointers))", in: node))
        }
        members += try DeclarationGenerator(scope: scope).nested(in: node)
        for field in structure.fieldsInCodeOrder {
            guard case .group(let id) = field.kind else { continue }
            let group = try scope.request.node(id)
            guard let structure = group.structure else { continue }
            members.append(
                try StructGenerator(group, structure, scope: scope).declaration(
                    name: groupName(field), comment: "The group `\(field.name)`."))
        }
        if structure.discriminantCount > 0 { members.append(which) }
        members += try defaults
        members.append(try reader)
        members.append(try builder)
        let conformance = structure.isGroup ? "" : ": \(scope.runtime("SchemaStruct"))"
        return Declaration(
            "\(access)enum \(name)\(try scope.parameterClause(of: node))\(conformance)",
            comment: scope.comment(node.id, fallback: comment), members: members)
    }

    /// The enum of union members.
    private var which: Declaration {
        let cases = unionFields.map { field in
            Declaration("case \(SwiftNames.value(field.name)) = \(field.discriminant ?? 0)")
        }
        return Declaration(
            "\(access)enum Which: \(scope.standard("UInt16")), Sendable",
            comment: "The members of the union, by their number on the wire.", members: cases)
    }

    private var unionFields: [SchemaField] {
        structure.fields.filter { $0.discriminant != nil }.sorted { ($0.discriminant ?? 0) < ($1.discriminant ?? 0) }
    }

    /// Offset of the union's tag in bytes.
    var tagOffset: Int { structure.discriminantOffset * 2 }

    /// Constants that hold the default values of struct and list fields.
    private var defaults: [Declaration] {
        get throws(GeneratorError) {
            var declarations: [Declaration] = []
            for field in structure.fieldsInCodeOrder {
                guard let words = defaultWords(of: field) else { continue }
                let type = scope.runtime("EmbeddedValue")
                declarations.append(
                    scope.constant(
                        "fileprivate ", defaultName(field), type: node.isGeneric ? type : nil,
                        value: "\(type)(words: [\(words.map(SwiftNames.id).joined(separator: ", "))])", in: node))
            }
            return declarations
        }
    }

    func defaultWords(of field: SchemaField) -> [UInt64]? {
        guard case .slot(_, _, .pointer(let words)) = field.kind else { return nil }
        return words
    }

    func defaultName(_ field: SchemaField) -> String { "\(field.name)Default" }

    /// Whether the field is the `Context` of a call: the runtime of proxies fills it in, nothing else has a use for it, and
    /// nearly every method has one.
    func isContext(_ field: SchemaField) -> Bool {
        field.type == .structure(KnownDeclaration.context, brand: .none) && scope.implicitStructName(node.id) != nil
    }

    /// The type of a group. It must not hide a type that the struct's fields refer to.
    func groupName(_ field: SchemaField) -> String {
        let name = SwiftNames.type(field.name)
        return scope.request.typeNames.contains(name) ? name + "Group" : name
    }

    func memberComment(_ field: SchemaField) -> String {
        scope.comment(node.id, member: field.index)
    }
}
