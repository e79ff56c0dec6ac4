/// A type as it is written after a field's colon.
package indirect enum SchemaType: Sendable, Equatable {
    case void, bool
    case int8, int16, int32, int64, uint8, uint16, uint32, uint64
    case float32, float64
    case text, data
    case list(SchemaType)
    case enumeration(UInt64)
    case structure(UInt64, brand: SchemaBrand)
    case interface(UInt64, brand: SchemaBrand)
    case anyPointer(AnyKind)
    /// A type parameter of a generic declaration.
    case parameter(scope: UInt64, index: Int)
    /// A type parameter of a generic method.
    case methodParameter(Int)

    /// What an `AnyPointer` may be.
    package enum AnyKind: Sendable {
        case anything, anyStruct, anyList, capability
    }

    /// Whether its values lie in the pointer section.
    package var isPointer: Bool {
        switch self {
        case .text, .data, .list, .structure, .interface, .anyPointer, .parameter, .methodParameter: true
        default: false
        }
    }

    /// Size in the data section, in bits; zero for pointers and Void.
    package var bits: Int {
        switch self {
        case .bool: 1
        case .int8, .uint8: 8
        case .int16, .uint16, .enumeration: 16
        case .int32, .uint32, .float32: 32
        case .int64, .uint64, .float64: 64
        default: 0
        }
    }
}

/// What the type parameters of a declaration and of those around it are bound to.
package struct SchemaBrand: Sendable, Equatable {
    /// What the type parameters of one declaration are bound to.
    package enum Bindings: Sendable, Equatable {
        /// One entry for each parameter; nil for one left unbound, which is then any pointer.
        case bound([SchemaType?])
        /// Whatever they are bound to where the brand is used.
        case inherited
    }

    /// Bindings by the id of the declaration whose parameters they are for.
    package let scopes: [UInt64: Bindings]

    /// No bindings: every parameter is any pointer.
    package static let none = SchemaBrand(scopes: [:])

    /// A brand of bindings by declaration.
    package init(scopes: [UInt64: Bindings]) {
        self.scopes = scopes
    }

    /// The type that a parameter stands for; any pointer if it is not bound.
    package func type(scope: UInt64, index: Int) -> SchemaType {
        guard case .bound(let types) = scopes[scope], types.indices.contains(index), let type = types[index] else {
            return .anyPointer(.anything)
        }
        return type
    }
}

extension SchemaType {
    /// The type with the parameters in it replaced by what `brand` binds them to.
    package func resolved(in brand: SchemaBrand) -> SchemaType {
        switch self {
        case .parameter(let scope, let index):
            brand.scopes[scope] == .inherited ? self : brand.type(scope: scope, index: index)
        case .methodParameter: .anyPointer(.anything)
        case .list(let element): .list(element.resolved(in: brand))
        case .structure(let id, let own): .structure(id, brand: own.resolved(in: brand))
        case .interface(let id, let own): .interface(id, brand: own.resolved(in: brand))
        default: self
        }
    }
}

extension SchemaBrand {
    /// The brand with the parameters in its bindings replaced by what `outer` binds them to.
    package func resolved(in outer: SchemaBrand) -> SchemaBrand {
        if scopes.isEmpty { return self }
        var resolved: [UInt64: Bindings] = [:]
        for (id, bindings) in scopes {
            switch bindings {
            case .bound(let types): resolved[id] = .bound(types.map { $0?.resolved(in: outer) })
            case .inherited: resolved[id] = outer.scopes[id]
            }
        }
        return SchemaBrand(scopes: resolved)
    }
}

/// A constant or default value.
package enum SchemaValue: Sendable {
    case void
    case bool(Bool)
    case signed(Int64)
    case unsigned(UInt64)
    case float32(Float)
    case float64(Double)
    case text(String)
    case data([UInt8])
    case enumerant(UInt16)
    /// A struct, list or any pointer: the words of a message whose root it is. Nil stands for the null pointer.
    case pointer([UInt64]?)
}
