package import CapnpSchema

/// A method by its names.
package struct MethodName: Sendable, Equatable {
    /// The interface that declares it; its id if no schema has it.
    package var interface: String
    /// The method; its number if no schema has it.
    package var method: String

    /// `Interface.method`.
    package var text: String { "\(interface).\(method)" }
}

extension SchemaLoader {
    /// The names of a method.
    package func name(interface id: UInt64, ordinal: UInt16) -> MethodName {
        MethodName(
            interface: interfaceName(id), method: method(interface: id, ordinal: ordinal)?.name ?? "@\(ordinal)")
    }

    /// The name of an interface; its id if no schema has it.
    package func interfaceName(_ id: UInt64) -> String {
        nodes[id]?.name ?? "0x" + String(id, radix: 16)
    }

    /// The interface of the capability that pointer fields lead to; nil if they lead to none.
    func interface(at path: some Sequence<UInt16>, in structID: UInt64) -> UInt64? {
        var current = structID
        var found: UInt64?
        for index in path {
            let field = nodes[current]?.structure?.fields.first { $0.pointerIndex == Int(index) }
            switch field?.type {
            case .structure(let id, _): current = id
            case .interface(let id, _): found = id
            default: return nil
            }
        }
        return found
    }

    /// Calls `body` with the index and interface of every capability in a struct that was decoded by its schema.
    func forEachCapability(
        in value: DynamicValue, as structID: UInt64, brand: SchemaBrand = .none,
        _ body: (_ index: Int, _ interface: UInt64?) -> Void
    ) {
        guard case .structure(let structure) = value, let declared = nodes[structID]?.structure else { return }
        for field in structure.fields {
            guard let kind = declared.fields.first(where: { $0.name == field.name })?.kind else { continue }
            switch kind {
            case .group(let id): forEachCapability(in: field.value, as: id, brand: brand, body)
            case .slot(_, let type, _): forEachCapability(in: field.value, of: type.resolved(in: brand), body)
            }
        }
    }

    private func forEachCapability(
        in value: DynamicValue, of type: SchemaType, _ body: (_ index: Int, _ interface: UInt64?) -> Void
    ) {
        switch (value, type) {
        case (.capability(let index?), .interface(let id, _)): body(index, id)
        case (.capability(let index?), _): body(index, nil)
        case (.list(let values), .list(let element)) where element.mayHoldCapabilities:
            for value in values { forEachCapability(in: value, of: element, body) }
        case (.structure, .structure(let id, let brand)): forEachCapability(in: value, as: id, brand: brand, body)
        default: break
        }
    }

    /// Whether values of one interface can be called as another: it is the same, or extends it.
    func isInterface(_ id: UInt64, _ ancestor: UInt64) -> Bool {
        id == ancestor || withAncestors(interface: id).contains { $0.id == ancestor }
    }
}

extension SchemaType {
    fileprivate var mayHoldCapabilities: Bool {
        switch self {
        case .structure, .interface, .list, .anyPointer: true
        default: false
        }
    }
}
