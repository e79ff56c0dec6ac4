// How schema types are spelled in Swift, and how their values are read and written, without any proxy conversion.

import CapnpSchema

extension Scope {
    /// A type of the Capnp module, qualified if the schema declares the same name.
    func runtime(_ name: String) -> String {
        imports.note("Capnp")
        return request.typeNames.contains(name) ? "Capnp.\(name)" : name
    }

    /// A type of the standard library, qualified if the schema declares the same name.
    func standard(_ name: String) -> String {
        request.typeNames.contains(name) ? "Swift.\(name)" : name
    }

    /// The Swift type of a value in the data section.
    ///
    /// - Returns: Nil for pointers.
    func scalarType(_ type: SchemaType) throws(GeneratorError) -> String? {
        switch type {
        case .void: standard("Void")
        case .bool: standard("Bool")
        case .int8: standard("Int8")
        case .int16: standard("Int16")
        case .int32: standard("Int32")
        case .int64: standard("Int64")
        case .uint8: standard("UInt8")
        case .uint16: standard("UInt16")
        case .uint32: standard("UInt32")
        case .uint64: standard("UInt64")
        case .float32: standard("Float")
        case .float64: standard("Double")
        case .enumeration(let id): try path(id)
        default: nil
        }
    }

    /// The type parameter by which typed lists know their elements.
    func elementType(_ type: SchemaType, in declaration: SchemaNode) throws(GeneratorError) -> String {
        switch type {
        case .void: return runtime("VoidElement")
        case .text: return standard("String")
        case .data: return "[\(standard("UInt8"))]"
        case .list(let element): return "\(runtime("ListOf"))<\(try elementType(element, in: declaration))>"
        case .structure(let id, let brand): return try path(id, brand)
        case .interface: return runtime("CapabilityElement")
        case .anyPointer: return runtime("AnyPointerElement")
        case .parameter(let scope, let index): return try parameterName(scope, index)
        case .methodParameter: return runtime("AnyPointerElement")
        default: return try scalarType(type) ?? ""
        }
    }

    /// Proxies convert whole values, and have no conversion for each binding of a generic struct.
    func checkGeneric(_ id: UInt64, _ brand: SchemaBrand, in declaration: SchemaNode) throws(GeneratorError) {
        let node = try request.node(id)
        if brand != .none || node.isGeneric {
            throw .unsupported(
                declaration: declaration.displayName,
                reason:
                    "uses the generic struct \(node.name), which cannot be converted; write a struct for each binding")
        }
    }

    /// A value of the data section as a Swift expression; nil for zero.
    func defaultLiteral(_ value: SchemaValue) -> String? {
        switch value {
        case .bool(let value): value ? "true" : nil
        case .signed(let value): value == 0 ? nil : "\(value)"
        case .unsigned(let value): value == 0 ? nil : "\(value)"
        case .enumerant(let value): value == 0 ? nil : "\(value)"
        case .float32(let value): value.bitPattern == 0 ? nil : Self.literal(Double(value))
        case .float64(let value): value.bitPattern == 0 ? nil : Self.literal(value)
        default: nil
        }
    }

    static func literal(_ value: Double) -> String {
        if value.isNaN { return ".nan" }
        if value.isInfinite { return value < 0 ? "-.infinity" : ".infinity" }
        return "\(value)"
    }

    /// `reader.integer(at: 4, default: 7)` and its like.
    ///
    /// - Parameters:
    ///   - source: The struct reader or builder.
    ///   - offset: In units of the type's own size.
    func scalarRead(
        _ type: SchemaType, from source: String, offset: Int, default value: SchemaValue
    ) throws(GeneratorError) -> String {
        let suffix = defaultLiteral(value).map { ", default: \($0)" } ?? ""
        switch type {
        case .void: return "()"
        case .bool: return "\(source).bool(at: \(offset)\(suffix))"
        case .float32: return "\(source).float32(at: \(offset * 4)\(suffix))"
        case .float64: return "\(source).float64(at: \(offset * 8)\(suffix))"
        case .enumeration(let id): return "\(try path(id))(rawValue: \(source).integer(at: \(offset * 2)\(suffix)))"
        default: return "\(source).integer(at: \(offset * type.bits / 8)\(suffix))"
        }
    }

    /// `builder.setInteger(value, at: 4, default: 7)` and its like.
    func scalarWrite(_ type: SchemaType, _ new: String, offset: Int, default value: SchemaValue) -> String {
        let suffix = defaultLiteral(value).map { ", default: \($0)" } ?? ""
        switch type {
        case .void: return ""
        case .bool: return "builder.setBool(\(new), at: \(offset)\(suffix))"
        case .float32: return "builder.setFloat32(\(new), at: \(offset * 4)\(suffix))"
        case .float64: return "builder.setFloat64(\(new), at: \(offset * 8)\(suffix))"
        case .enumeration: return "builder.setInteger(\(new).rawValue, at: \(offset * 2)\(suffix))"
        default: return "builder.setInteger(\(new), at: \(offset * type.bits / 8)\(suffix))"
        }
    }
}
