package import Capnp

extension SchemaLoader {
    /// Writes a struct by its schema.
    ///
    /// Fields that the value does not have keep their defaults. Loose values are taken as they are meant: numbers and their
    /// names for enums, decimal text for integers and floats, hex digits or lists of numbers for Data.
    ///
    /// - Parameters:
    ///   - id: The struct's declaration.
    ///   - brand: What the type parameters of a generic struct are bound to.
    ///   - capability: What the capabilities in the value are, by index.
    /// - Throws: `unknownDeclaration`, `noStruct`, `unknownField`, `wrongType`.
    package func encode(
        _ value: DynamicValue, to builder: StructBuilder, as id: UInt64, brand: SchemaBrand = .none,
        capability: @escaping (Int) -> (any CapabilityHook)? = { _ in nil }
    ) throws(DynamicError) {
        let (node, _) = try structure(id)
        guard case .structure(let structure) = value else {
            throw .wrongType(field: node.displayName, expected: "struct")
        }
        try DynamicEncoder(schemas: self, capability: capability).write(structure, to: builder, id, brand)
    }

    /// Writes a struct by its schema as the root of a new message.
    ///
    /// - Throws: as `encode(_:to:as:brand:capability:)`.
    package func message(
        _ value: DynamicValue, as id: UInt64, brand: SchemaBrand = .none
    ) throws(DynamicError) -> MessageBuilder {
        let message = MessageBuilder()
        try encode(value, to: message.initRoot(try size(of: id)), as: id, brand: brand)
        return message
    }

    /// The size of new structs of a declaration.
    ///
    /// - Throws: `unknownDeclaration`, `noStruct`.
    package func size(of id: UInt64) throws(DynamicError) -> StructSize {
        let structure = try structure(id).structure
        return StructSize(
            dataWords: UInt16(truncatingIfNeeded: structure.dataWords),
            pointers: UInt16(truncatingIfNeeded: structure.pointers))
    }
}

private struct DynamicEncoder {
    let schemas: SchemaLoader
    let capability: (Int) -> (any CapabilityHook)?

    func write(
        _ value: DynamicStruct, to builder: StructBuilder, _ id: UInt64, _ brand: SchemaBrand
    ) throws(DynamicError) {
        let (node, structure) = try schemas.structure(id)
        for field in value.fields {
            guard let declared = structure.fields.first(where: { $0.name == field.name }) else {
                throw .unknownField(field.name, in: node.displayName)
            }
            if let discriminant = declared.discriminant {
                builder.setInteger(UInt16(truncatingIfNeeded: discriminant), at: structure.discriminantOffset * 2)
            }
            switch declared.kind {
            case .group(let id):
                guard case .structure(let members) = field.value else {
                    throw .wrongType(field: field.name, expected: "group")
                }
                try write(members, to: builder, id, brand)
            case .slot(let offset, let type, let standard):
                if type.isPointer {
                    try write(field.value, to: builder.pointer(at: offset), type.resolved(in: brand), field.name)
                } else {
                    let bits = try self.bits(of: field.value, type, field.name) ^ standard.bits
                    Self.set(bits, in: builder, at: offset, type.bits)
                }
            }
        }
    }

    private static func set(_ bits: UInt64, in builder: StructBuilder, at offset: Int, _ width: Int) {
        switch width {
        case 1: builder.setBool(bits & 1 != 0, at: offset)
        case 8: builder.setInteger(UInt8(truncatingIfNeeded: bits), at: offset)
        case 16: builder.setInteger(UInt16(truncatingIfNeeded: bits), at: offset * 2)
        case 32: builder.setInteger(UInt32(truncatingIfNeeded: bits), at: offset * 4)
        case 64: builder.setInteger(bits, at: offset * 8)
        default: break
        }
    }

    private func write(
        _ value: DynamicValue, to pointer: PointerBuilder, _ type: SchemaType, _ name: String
    ) throws(DynamicError) {
        switch (type, value) {
        case (_, .void), (_, .capability(nil)): pointer.clear()
        case (.text, .text(let text)): pointer.setText(text)
        case (.data, _):
            guard let data = value.looseData else { throw .wrongType(field: name, expected: "Data") }
            pointer.setData(data)
        case (.list(let element), .list(let values)): try write(values, to: pointer, of: element, name)
        case (.list(let element), .data(let bytes)):
            try write(bytes.map { .unsigned(UInt64($0)) }, to: pointer, of: element, name)
        case (.structure(let id, let brand), .structure(let fields)):
            try write(fields, to: pointer.initStruct(schemas.size(of: id)), id, brand)
        case (.interface, .capability(let index?)), (.anyPointer, .capability(let index?)):
            pointer.setCapability(capability(index))
        case (.anyPointer, .anyPointer(let words)):
            do throws(CapnpError) { try pointer.copy(from: EmbeddedValue(words: words).root) } catch {
                throw .message(error)
            }
        case (.anyPointer, .text(let text)): pointer.setText(text)
        case (.anyPointer, .data(let data)): pointer.setData(data)
        default: throw .wrongType(field: name, expected: schemas.name(of: type))
        }
    }

    private func write(
        _ values: [DynamicValue], to pointer: PointerBuilder, of type: SchemaType, _ name: String
    ) throws(DynamicError) {
        if case .structure(let id, let brand) = type {
            let list = pointer.initStructList(count: values.count, size: try schemas.size(of: id))
            for (index, value) in values.enumerated() {
                guard case .structure(let fields) = value else {
                    throw .wrongType(field: name, expected: schemas.name(of: type))
                }
                try write(fields, to: list.structBuilder(index), id, brand)
            }
            return
        }
        let list = pointer.initList(type.elementSize, count: values.count)
        for (index, value) in values.enumerated() {
            if type.isPointer {
                try write(value, to: list.pointer(index), type, name)
                continue
            }
            let bits = try self.bits(of: value, type, name)
            switch type.bits {
            case 1: list.setBool(bits & 1 != 0, at: index)
            case 8: list.setInteger(UInt8(truncatingIfNeeded: bits), at: index)
            case 16: list.setInteger(UInt16(truncatingIfNeeded: bits), at: index)
            case 32: list.setInteger(UInt32(truncatingIfNeeded: bits), at: index)
            case 64: list.setInteger(bits, at: index)
            default: break
            }
        }
    }

    /// A value of the data section as it is encoded without a default.
    private func bits(of value: DynamicValue, _ type: SchemaType, _ name: String) throws(DynamicError) -> UInt64 {
        let bits: UInt64?
        switch type {
        case .void: bits = 0
        case .bool: bits = if case .bool(let flag) = value { flag ? 1 : 0 } else { nil }
        case .int8, .int16, .int32, .int64:
            let range = Int64.min >> Int64(64 - type.bits)...Int64.max >> Int64(64 - type.bits)
            bits = value.looseSigned.flatMap { range.contains($0) ? UInt64(bitPattern: $0) : nil }
        case .uint8, .uint16, .uint32, .uint64:
            bits = value.looseUnsigned.flatMap { $0 <= UInt64.max >> UInt64(64 - type.bits) ? $0 : nil }
        case .float32: bits = value.looseDouble.map { UInt64(Float($0).bitPattern) }
        case .float64: bits = value.looseDouble.map(\.bitPattern)
        case .enumeration(let id): bits = number(of: value, in: id)
        default: bits = nil
        }
        guard let bits else { throw .wrongType(field: name, expected: schemas.name(of: type)) }
        return bits
    }

    private func number(of value: DynamicValue, in id: UInt64) -> UInt64? {
        switch value {
        case .enumerant(let number, _): return UInt64(number)
        case .text(let name):
            let position = schemas.nodes[id]?.enumerants?.firstIndex { $0.name == name }
            return position.map { UInt64($0) }
        default: return value.looseUnsigned.flatMap { $0 <= 0xffff ? $0 : nil }
        }
    }
}

extension SchemaLoader {
    /// The name of a type as a schema spells it.
    package func name(of type: SchemaType) -> String {
        switch type {
        case .void: "Void"
        case .bool: "Bool"
        case .int8, .int16, .int32, .int64: "Int\(type.bits)"
        case .uint8, .uint16, .uint32, .uint64: "UInt\(type.bits)"
        case .float32, .float64: "Float\(type.bits)"
        case .text: "Text"
        case .data: "Data"
        case .list(let element): "List(\(name(of: element)))"
        case .enumeration(let id), .structure(let id, _), .interface(let id, _):
            nodes[id]?.name ?? "@0x" + String(id, radix: 16)
        case .anyPointer, .parameter, .methodParameter: "AnyPointer"
        }
    }
}
