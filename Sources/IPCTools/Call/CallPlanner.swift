package import CapnpSchema

/// A call to make, its method known.
package struct PlannedCall: Sendable, Equatable {
    /// The interface that declares the method.
    package var interfaceID: UInt64
    /// The method's number.
    package var methodID: UInt16
    /// Arguments in JSON, if they were given in the path.
    package var arguments: String?
}

/// Finds the methods that a path means.
package struct CallPlanner: Sendable {
    private let schemas: SchemaLoader

    /// A planner for the methods of these schemas.
    package init(schemas: SchemaLoader = KnownSchemas.all) {
        self.schemas = schemas
    }

    /// The calls of a path, from the root object on.
    ///
    /// A name is a method of the object at hand, or an interface; if the object is of another one, the shortest way to it
    /// through methods without arguments is taken.
    ///
    /// - Throws: `unknownMethod`, `noObject`.
    package func calls(_ path: CallPath) throws(CallError) -> [PlannedCall] {
        var calls: [PlannedCall] = []
        var current: UInt64? = KnownSchemas.processInitial
        for (position, part) in path.parts.enumerated() {
            guard let interface = current else { throw .noObject(method: path.parts[position - 1].name) }
            if var call = method(part.name, of: interface) {
                call.arguments = part.arguments
                calls.append(call)
                current = result(of: call)
            } else if part.arguments == nil, let way = way(to: part.name, from: interface) {
                calls += way
                if let last = way.last { current = result(of: last) }
            } else {
                throw .unknownMethod(
                    part.name, interface: schemas.interfaceName(interface), known: methodNames(interface))
            }
        }
        return calls
    }

    /// The interface of the object in a method's results; nil if there is none.
    func result(of call: PlannedCall) -> UInt64? {
        resultField(of: call).flatMap { if case .interface(let id, _) = $0.type { id } else { nil } }
    }

    /// The field of a method's results that is an object: `result`, or the only one.
    func resultField(of call: PlannedCall) -> SchemaField? {
        let method = schemas.method(interface: call.interfaceID, ordinal: call.methodID)
        let fields = method.flatMap { schemas.nodes[$0.results]?.structure?.fields } ?? []
        let objects = fields.filter { if case .interface = $0.type { true } else { false } }
        return objects.first { $0.name == "result" } ?? (objects.count == 1 ? objects.first : nil)
    }

    /// The fields of a method's parameters that a caller gives.
    func parameters(of call: PlannedCall) -> [SchemaField] {
        let method = schemas.method(interface: call.interfaceID, ordinal: call.methodID)
        let fields = method.flatMap { schemas.nodes[$0.parameters]?.structure?.fieldsInCodeOrder } ?? []
        return fields.filter { !$0.isContext }
    }

    /// Names of the methods that an object of an interface has.
    private func methodNames(_ interface: UInt64) -> [String] {
        schemas.withAncestors(interface: interface).flatMap { $0.interface?.methods.map(\.name) ?? [] }
    }

    private func method(_ name: String, of interface: UInt64) -> PlannedCall? {
        for node in schemas.withAncestors(interface: interface) {
            if let method = node.interface?.methods.first(where: { $0.name == name }) {
                return PlannedCall(interfaceID: node.id, methodID: UInt16(truncatingIfNeeded: method.ordinal))
            }
        }
        return nil
    }

    /// The calls that lead from an object to one of the named interface.
    private func way(to name: String, from start: UInt64) -> [PlannedCall]? {
        let isMeant = { (id: UInt64) in
            schemas.withAncestors(interface: id).contains { $0.name.lowercased() == name.lowercased() }
        }
        var ways: [(interface: UInt64, calls: [PlannedCall])] = [(start, [])]
        var seen: Set<UInt64> = [start]
        var position = 0
        while position < ways.count {
            let way = ways[position]
            position += 1
            if isMeant(way.interface) { return way.calls }
            for node in schemas.withAncestors(interface: way.interface) {
                for method in node.interface?.methods ?? [] {
                    let call = PlannedCall(interfaceID: node.id, methodID: UInt16(truncatingIfNeeded: method.ordinal))
                    guard parameters(of: call).isEmpty, let next = result(of: call), seen.insert(next).inserted else {
                        continue
                    }
                    ways.append((next, way.calls + [call]))
                }
            }
        }
        return nil
    }
}

extension SchemaField {
    /// Whether the field says on which thread the call runs.
    var isContext: Bool {
        if case .structure(KnownSchemas.context, _) = type { true } else { false }
    }
}
