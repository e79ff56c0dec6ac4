import Capnp
import CapnpSchema

/// What `capnp compile` hands to a plugin: every declaration needed, and the files to generate code for.
package struct SchemaRequest: Sendable {
    /// Declarations by id.
    let nodes: [UInt64: SchemaNode]
    /// The files given on the command line, in order.
    let files: [SchemaFile]
    let comments: [UInt64: SchemaComments]
    /// The interface and name of each struct that stands for the parameters or results of a method.
    let implicitStructs: [UInt64: (interface: UInt64, name: String)]
    /// Swift names of all types, groups aside. They may hide those of the runtime, and groups may hide them.
    let typeNames: Set<String>

    /// Reads a request.
    ///
    /// - Parameter bytes: A framed `CodeGeneratorRequest`, as on the plugin's standard input.
    /// - Throws: `GeneratorError.malformedRequest` if the bytes are not such a message.
    package init(framed bytes: [UInt8]) throws(GeneratorError) {
        do throws(CapnpError) {
            try self.init(SchemaLoader.message(request: bytes).root.structReader())
        } catch {
            throw .malformedRequest("\(error)")
        }
        try checkNesting()
    }

    /// How deep declarations may be nested. Only a schema made to break things needs more.
    private static let maximumDepth = 64

    /// Checks that each declaration stands in one place, within the declaration that is its scope, and none in itself: the
    /// generators walk down, and up for full names, without looking back.
    private func checkNesting() throws(GeneratorError) {
        var placed: Set<UInt64> = []
        for node in nodes.values {
            for id in node.membersWithScope {
                guard let child = nodes[id] else { continue }
                guard child.scopeID == node.id, placed.insert(id).inserted else {
                    throw .malformedRequest("\(child.displayName) is nested in more than one place")
                }
            }
        }
        for node in nodes.values {
            var (current, depth) = (node, 0)
            while let outer = surroundings(of: current) {
                depth += 1
                guard depth <= Self.maximumDepth else {
                    throw .malformedRequest("\(node.displayName) is nested too deep or in itself")
                }
                current = outer
            }
        }
    }

    /// The declaration whose name comes before that of `node`: the method's interface for an implicit struct, else the
    /// scope; nil for a file.
    private func surroundings(of node: SchemaNode) -> SchemaNode? {
        if let owner = implicitStructs[node.id] { return nodes[owner.interface] }
        if case .file = node.kind { return nil }
        return nodes[node.scopeID]
    }

    /// Offsets of `schema.capnp:CodeGeneratorRequest`.
    private init(_ request: StructReader) throws(CapnpError) {
        var nodes: [UInt64: SchemaNode] = [:]
        for reader in try request.structs(at: 0) {
            let node = try SchemaNode(reader)
            nodes[node.id] = node
        }
        var files: [SchemaFile] = []
        for reader in try request.structs(at: 1) {
            files.append(SchemaFile(id: reader.integer(at: 0), name: try reader.pointer(at: 0).text()))
        }
        var comments: [UInt64: SchemaComments] = [:]
        for reader in try request.structs(at: 3) {
            var members: [String] = []
            for member in try reader.structs(at: 1) {
                members.append(try member.pointer(at: 0).text())
            }
            comments[reader.integer(at: 0)] = SchemaComments(own: try reader.pointer(at: 0).text(), members: members)
        }
        self.nodes = nodes
        self.files = files
        self.comments = comments
        implicitStructs = Self.implicitStructs(nodes)
        typeNames = Set(nodes.values.filter { $0.structure?.isGroup != true }.map { SwiftNames.type($0.name) })
    }

    /// `capnp` gives the implicit structs scope zero; only their method leads to them.
    private static func implicitStructs(_ nodes: [UInt64: SchemaNode]) -> [UInt64: (interface: UInt64, name: String)] {
        var owners: [UInt64: (interface: UInt64, name: String)] = [:]
        for node in nodes.values {
            for method in node.interface?.methods ?? [] {
                let name = SwiftNames.capitalised(method.name)
                if nodes[method.parameters]?.scopeID == 0 { owners[method.parameters] = (node.id, name + "Params") }
                if nodes[method.results]?.scopeID == 0 { owners[method.results] = (node.id, name + "Results") }
            }
        }
        return owners
    }

    /// The declaration with an id.
    func node(_ id: UInt64) throws(GeneratorError) -> SchemaNode {
        guard let node = nodes[id] else { throw .unknownDeclaration(id) }
        return node
    }

    /// The file in which a declaration stands.
    func file(of node: SchemaNode) throws(GeneratorError) -> SchemaNode {
        var current = node
        // A scope chain is as long as the nesting in the file; the bound only stops a request that goes in circles.
        for _ in 0..<256 {
            if case .file = current.kind { return current }
            current = try self.node(current.scopeID)
        }
        throw .malformedRequest("scopes of \(node.displayName) go in a circle")
    }
}

extension SchemaNode {
    /// Ids of the declarations that stand in this one: nested ones and groups.
    fileprivate var membersWithScope: [UInt64] {
        let groups = (structure?.fields ?? []).compactMap { field -> UInt64? in
            guard case .group(let id) = field.kind else { return nil }
            return id
        }
        return nested.map(\.id) + groups
    }
}

/// A file given on the command line of `capnp compile`.
struct SchemaFile: Sendable {
    let id: UInt64
    let name: String
}

/// Comments of a declaration.
struct SchemaComments: Sendable {
    let own: String
    /// Comments of fields, enumerants or methods, by position.
    let members: [String]
}
