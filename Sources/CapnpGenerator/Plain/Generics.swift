import CapnpSchema

// Type parameters: a generic declaration of a schema is a generic Swift type.

extension Scope {
    /// `<Key: SchemaPointer, Value: SchemaPointer>` behind the name of a generic declaration; empty for any other.
    func parameterClause(of node: SchemaNode) throws(GeneratorError) -> String {
        if node.parameters.isEmpty { return "" }
        var parameters: [String] = []
        for index in node.parameters.indices {
            parameters.append("\(try parameterName(node.id, index)): \(runtime("SchemaPointer"))")
        }
        return "<\(parameters.joined(separator: ", "))>"
    }

    /// `<String, AnyPointerElement>` behind the name of a generic declaration that is used; empty for any other.
    func arguments(of node: SchemaNode, _ brand: SchemaBrand) throws(GeneratorError) -> String {
        if node.parameters.isEmpty { return "" }
        var arguments: [String] = []
        for index in node.parameters.indices {
            switch brand.scopes[node.id] {
            case .inherited: arguments.append(try parameterName(node.id, index))
            case .bound(let types) where types.indices.contains(index):
                arguments.append(
                    try types[index].map { type throws(GeneratorError) in
                        try elementType(type, in: node)
                    } ?? runtime("AnyPointerElement"))
            case .bound, nil: arguments.append(runtime("AnyPointerElement"))
            }
        }
        return "<\(arguments.joined(separator: ", "))>"
    }

    /// The Swift name of a type parameter. Swift lets it hide neither another type nor a parameter from further out.
    func parameterName(_ scopeID: UInt64, _ index: Int) throws(GeneratorError) -> String {
        let node = try request.node(scopeID)
        guard node.parameters.indices.contains(index) else {
            throw .malformedRequest("\(node.displayName) has no type parameter \(index)")
        }
        let declared = node.parameters[index]
        var name = SwiftNames.type(declared)
        if request.typeNames.contains(name) { name += "Parameter" }
        var outer = implicitStructOwnerID(scopeID) ?? node.scopeID
        // As in `SchemaRequest.file(of:)`.
        for _ in 0..<256 {
            guard let around = request.nodes[outer] else { break }
            if around.parameters.contains(declared) { name += "_" }
            outer = around.scopeID
        }
        return name
    }

    /// The brand by which a declaration refers to itself from inside: all type parameters are what they are.
    func ownBrand(of node: SchemaNode) -> SchemaBrand {
        var scopes: [UInt64: SchemaBrand.Bindings] = [:]
        var current: SchemaNode? = node
        while let around = current, scopes[around.id] == nil {
            scopes[around.id] = .inherited
            current = request.nodes[around.scopeID]
        }
        return SchemaBrand(scopes: scopes)
    }

    /// A static constant; computed in generic types, which can store none.
    ///
    /// - Parameter head: `static let name` without the value.
    func constant(_ access: String, _ name: String, type: String?, value: String, in node: SchemaNode) -> Declaration {
        if node.isGeneric, let type {
            return Declaration("\(access)static var \(name): \(type)", code: [.line(value)])
        }
        return Declaration("\(access)static let \(name)\(type.map { ": \($0)" } ?? "") = \(value)")
    }
}
