import CapnpSchema

/// Generates the members with which objects in results can be called before the results are there, and everything else that
/// plain interfaces need at the top level of a file.
struct PipelineGenerator {
    let scope: Scope

    private var access: String { scope.modifier }

    /// What belongs to a declaration and to all inside it.
    func declarations(in node: SchemaNode) throws(GeneratorError) -> [Declaration] {
        var declarations: [Declaration] = []
        for child in node.nested {
            let child = try scope.request.node(child.id)
            switch child.kind {
            case .structure(let structure): declarations += try members(child, structure)
            case .interface(let interface):
                if let objects = try ObjectGenerator(child, interface, scope: scope) {
                    if try objects.hasServer { declarations.append(objects.conformance) }
                    for method in interface.methods {
                        guard scope.implicitStructName(method.results) != nil else { continue }
                        let results = try scope.request.node(method.results)
                        if let structure = results.structure { declarations += try members(results, structure) }
                    }
                }
            default: break
            }
            declarations += try self.declarations(in: child)
        }
        return declarations
    }

    /// Names that every pipelined struct has.
    private static let taken: Set<String> = ["capability", "path", "promise", "response"]

    private func members(_ node: SchemaNode, _ structure: SchemaStructure) throws(GeneratorError) -> [Declaration] {
        guard !node.isGeneric, !structure.isGroup else { return [] }
        var members: [Declaration] = []
        for field in structure.fieldsInCodeOrder {
            guard let index = field.pointerIndex else { continue }
            let name = Self.taken.contains(field.name) ? field.name + "_" : SwiftNames.member(field.name)
            switch field.type {
            case .interface(let id, let brand):
                let interface = try scope.request.node(id)
                guard let body = interface.interface, try ObjectGenerator(interface, body, scope: scope) != nil else {
                    continue
                }
                let client = try "\(scope.path(id, brand)).\(ObjectGenerator.clientName(of: interface))"
                members.append(
                    Declaration(
                        "\(access)var \(name): \(client)", comment: "The object that will be in `\(field.name)`.",
                        code: [.line("\(client)(capability(at: \(index)))")]))
            case .structure(let id, let brand):
                var seen: Set<UInt64> = []
                guard brand == .none, try !scope.request.node(id).isGeneric, try holdsObjects(id, &seen) else {
                    continue
                }
                let type = "CapnpRPC.PipelinedField<\(try scope.path(id))>"
                members.append(
                    Declaration(
                        "\(access)var \(name): \(type)", comment: "The struct that will be in `\(field.name)`.",
                        code: [.line("\(type)(of: self, at: \(index))")]))
            default: continue
            }
        }
        guard !members.isEmpty else { return [] }
        scope.imports.note("CapnpRPC")
        return [
            Declaration(
                "extension CapnpRPC.PipelinedStruct where Struct == \(try scope.path(node.id))", members: members)
        ]
    }

    /// Whether objects of plain interfaces can be reached through a struct's pointer fields.
    private func holdsObjects(_ id: UInt64, _ seen: inout Set<UInt64>) throws(GeneratorError) -> Bool {
        guard seen.insert(id).inserted else { return false }
        for field in try scope.request.node(id).structure?.fields ?? [] {
            switch field.type {
            case .interface(let id, _):
                let interface = try scope.request.node(id)
                if let body = interface.interface, try ObjectGenerator(interface, body, scope: scope) != nil {
                    return true
                }
            case .structure(let id, _): if try holdsObjects(id, &seen) { return true }
            default: break
            }
        }
        return false
    }
}
