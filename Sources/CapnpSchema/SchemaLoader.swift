// CapnpSchema: schemas at run time, and messages read and written by them.
//
// `SchemaModel.swift`, `SchemaType.swift` hold a schema's declarations as values; `SchemaDecoding.swift` reads them from what
// `capnp compile -o-` prints, a `CodeGeneratorRequest`. The code generator stands on these. For programs that meet types they
// were not compiled with, a `SchemaLoader` turns structs into `DynamicValue`s and back:
//
//     let schemas = try SchemaLoader(request: bytes)
//     let method = schemas.method(interface: call.interfaceID, ordinal: call.methodID)
//     let value = try schemas.decode(call.params, as: method.parameters)
//     print(value.text(), value.json())
//     try schemas.encode(try DynamicValue(json: #"{"height": 3}"#), to: builder, as: method.parameters)
//
// A `DynamicValue` needs no schema to be printed. What comes from JSON is loose (a hash is a string of hex digits, an enum its
// name): the schema is applied when it is encoded.

package import Capnp

/// The declarations of one or more schema files, and what can be done by them.
package struct SchemaLoader: Sendable {
    /// Declarations by id.
    package private(set) var nodes: [UInt64: SchemaNode] = [:]
    private var namesToIDs: [String: UInt64] = [:]

    /// No declarations.
    package init() {}

    /// The declarations of a request.
    ///
    /// - Parameter bytes: what `capnp compile -o- file.capnp` prints: a framed `CodeGeneratorRequest`.
    /// - Throws: What reading a message throws, if the bytes are no request.
    package init(request bytes: [UInt8]) throws(CapnpError) {
        try add(request: bytes)
    }

    /// Adds the declarations of a request; those with an id already known replace the old ones.
    ///
    /// - Throws: as `init(request:)`.
    package mutating func add(request bytes: [UInt8]) throws(CapnpError) {
        let request = try Self.message(request: bytes).root.structReader()
        for reader in try request.structs(at: 0) { add(try SchemaNode(reader)) }
    }

    /// A request as a message, its limits in proportion to its size: enough to read all of it several times, too little for
    /// pointers that are made to be followed for ever, or for millions of declarations without content.
    ///
    /// - Throws: What reading a message throws.
    package static func message(request bytes: [UInt8]) throws(CapnpError) -> Message {
        var limits = ReaderLimits()
        limits.traversalLimitInWords = bytes.count + (1 << 14)
        return try Message(framed: bytes, limits: limits)
    }

    /// Adds one declaration.
    package mutating func add(_ node: SchemaNode) {
        nodes[node.id] = node
        namesToIDs[node.displayName] = node.id
        guard let colon = node.displayName.lastIndex(of: ":") else { return }
        let name = String(node.displayName[node.displayName.index(after: colon)...])
        if namesToIDs[name] == nil { namesToIDs[name] = node.id }
    }

    /// The declaration of a name: `file.capnp:Outer.Inner`, or `Outer.Inner` where only one file has it.
    package func node(named name: String) -> SchemaNode? {
        namesToIDs[name].flatMap { nodes[$0] }
    }

    /// The method with a number of an interface; nil if there is none.
    package func method(interface id: UInt64, ordinal: UInt16) -> SchemaMethod? {
        guard let methods = nodes[id]?.interface?.methods, methods.indices.contains(Int(ordinal)) else { return nil }
        return methods[Int(ordinal)]
    }

    /// An interface and all that it extends, itself first, each once.
    package func withAncestors(interface id: UInt64) -> [SchemaNode] {
        var found: [SchemaNode] = []
        var pending = [id]
        while let next = pending.popLast() {
            guard !found.contains(where: { $0.id == next }), let node = nodes[next], let interface = node.interface
            else { continue }
            found.append(node)
            pending += interface.superclasses.reversed().map(\.id)
        }
        return found
    }

    /// - Throws: `unknownDeclaration`, `noStruct`.
    func structure(_ id: UInt64) throws(DynamicError) -> (node: SchemaNode, structure: SchemaStructure) {
        guard let node = nodes[id] else { throw .unknownDeclaration(id) }
        guard let structure = node.structure else { throw .noStruct(node.displayName) }
        return (node, structure)
    }
}
