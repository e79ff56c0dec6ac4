package import CapnpSchema

/// The interfaces and methods that calls can be made of, as text.
package struct InterfaceListing: Sendable {
    private let schemas: SchemaLoader

    /// A listing of these schemas.
    package init(schemas: SchemaLoader = KnownSchemas.all) {
        self.schemas = schemas
    }

    /// Every interface with its methods, or only those whose name holds `word`, in the order of their names.
    package func text(containing word: String? = nil) -> String {
        let interfaces = schemas.nodes.values.filter { node in
            node.interface != nil && (word.map { node.name.lowercased().contains($0.lowercased()) } ?? true)
        }
        return interfaces.sorted { ($0.name, $0.id) < ($1.name, $1.id) }.map(text).joined(separator: "\n")
    }

    private func text(_ node: SchemaNode) -> String {
        let ancestors = (node.interface?.superclasses ?? []).map { schemas.interfaceName($0.id) }
        var text = node.name + (ancestors.isEmpty ? "" : " extends " + ancestors.joined(separator: ", ")) + "\n"
        for method in node.interface?.methods.sorted(by: { $0.codeOrder < $1.codeOrder }) ?? [] {
            let results = fields(method.results)
            text += "  \(method.name)\(fields(method.parameters))" + (results == "()" ? "" : " -> \(results)") + "\n"
        }
        return text
    }

    private func fields(_ id: UInt64) -> String {
        let fields = schemas.nodes[id]?.structure?.fieldsInCodeOrder ?? []
        let words = fields.filter { !$0.isContext }.map { field in
            "\(field.name): \(field.type.map(schemas.name(of:)) ?? "group")"
        }
        return "(" + words.joined(separator: ", ") + ")"
    }
}
