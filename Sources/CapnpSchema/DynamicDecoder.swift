package import Capnp

extension SchemaLoader {
    /// Reads a struct by its schema.
    ///
    /// - Parameters:
    ///   - id: The struct's declaration.
    ///   - brand: What the type parameters of a generic struct are bound to.
    ///   - showsUnsetMembers: Whether a union of which nothing was ever set shows its first member's default, as the reference
    ///     implementation's JSON does. Its text form does not.
    ///   - maxValues: How many values may come out; a small message can hold very many.
    /// - Throws: `message`, `unknownDeclaration`, `noStruct`, `tooManyValues`.
    package func decode(
        _ reader: StructReader, as id: UInt64, brand: SchemaBrand = .none, showsUnsetMembers: Bool = false,
        maxValues: Int = 1 << 20
    ) throws(DynamicError) -> DynamicValue {
        var decoder = DynamicDecoder(schemas: self, showsUnsetMembers: showsUnsetMembers, remaining: maxValues)
        return .structure(try decoder.structure(reader, id, brand))
    }
}

/// Reads one struct and all it refers to.
private struct DynamicDecoder {
    let schemas: SchemaLoader
    let showsUnsetMembers: Bool
    /// The values that may still be made.
    var remaining: Int
    /// How many structs that nobody set are inside one another at present.
    private var unsetDepth = 0

    init(schemas: SchemaLoader, showsUnsetMembers: Bool, remaining: Int) {
        self.schemas = schemas
        self.showsUnsetMembers = showsUnsetMembers
        self.remaining = remaining
    }

    mutating func structure(
        _ reader: StructReader, _ id: UInt64, _ brand: SchemaBrand
    ) throws(DynamicError) -> DynamicStruct {
        let structure = try schemas.structure(id).structure
        var result = DynamicStruct()
        result.fields.reserveCapacity(structure.fields.count - max(structure.discriminantCount - 1, 0))
        let tag: UInt16? =
            structure.discriminantCount > 0 ? reader.integer(at: structure.discriminantOffset * 2) : nil
        for field in structure.fields {
            if let discriminant = field.discriminant, tag.map(Int.init) != discriminant { continue }
            // The first member of a union is what nobody chose, unless it is set.
            let isChosen = field.discriminant.map { $0 != 0 || showsUnsetMembers } ?? false
            guard let value = try self.value(of: field, reader, brand, evenIfNull: isChosen) else { continue }
            result.fields.append(DynamicStruct.Field(name: field.name, value: value))
        }
        return result
    }

    /// - Returns: nil for a pointer that is not set.
    private mutating func value(
        of field: SchemaField, _ reader: StructReader, _ brand: SchemaBrand, evenIfNull: Bool
    ) throws(DynamicError) -> DynamicValue? {
        switch field.kind {
        case .group(let id):
            try spend()
            return .structure(try structure(reader, id, brand))
        case .slot(let offset, let type, let value):
            guard type.isPointer else {
                try spend()
                return scalar(type, reader, offset, value)
            }
            var pointer = reader.pointer(at: offset)
            if pointer.isNull {
                guard evenIfNull else { return nil }
                pointer = Self.defaultPointer(value) ?? pointer
                if pointer.isNull {
                    if let value = Self.defaultBytes(value) { return value }
                    // A struct may be the first member of a union in itself.
                    guard unsetDepth < 16 else { return nil }
                    unsetDepth += 1
                    defer { unsetDepth -= 1 }
                    return try self.pointer(pointer, type.resolved(in: brand))
                }
            }
            return try self.pointer(pointer, type.resolved(in: brand))
        }
    }

    private static func defaultPointer(_ value: SchemaValue) -> PointerReader? {
        guard case .pointer(let words?) = value else { return nil }
        return EmbeddedValue(words: words).root
    }

    private static func defaultBytes(_ value: SchemaValue) -> DynamicValue? {
        switch value {
        case .text(let text): .text(text)
        case .data(let data): .data(data)
        default: nil
        }
    }

    private mutating func pointer(_ pointer: PointerReader, _ type: SchemaType) throws(DynamicError) -> DynamicValue {
        try spend()
        do throws(CapnpError) {
            switch type {
            case .text: return .text(try pointer.text())
            case .data: return .data(try pointer.data())
            case .interface: return .capability(pointer.capabilityIndex)
            case .anyPointer, .parameter, .methodParameter:
                if pointer.isCapability { return .capability(pointer.capabilityIndex) }
                return .anyPointer(try words(of: pointer))
            default: break
            }
        } catch { throw .message(error) }
        switch type {
        case .list(let element): return .list(try elements(pointer, element))
        case .structure(let id, let brand): return .structure(try structure(try target(pointer), id, brand))
        default: return .void
        }
    }

    private func target(_ pointer: PointerReader) throws(DynamicError) -> StructReader {
        do throws(CapnpError) { return try pointer.structReader() } catch { throw .message(error) }
    }

    private mutating func elements(
        _ pointer: PointerReader, _ type: SchemaType
    ) throws(DynamicError) -> [DynamicValue] {
        let list: ListReader
        do throws(CapnpError) { list = try pointer.list(type.elementSize) } catch { throw .message(error) }
        guard list.count <= remaining else { throw .tooManyValues }
        var values: [DynamicValue] = []
        values.reserveCapacity(list.count)
        for index in list.indices {
            if case .structure(let id, let brand) = type {
                try spend()
                values.append(.structure(try structure(list.structReader(index), id, brand)))
            } else if type.isPointer {
                values.append(try self.pointer(list.pointer(index), type))
            } else {
                try spend()
                values.append(element(list, index, type))
            }
        }
        return values
    }

    /// A copy of what an untyped pointer points to.
    private mutating func words(of pointer: PointerReader) throws(CapnpError) -> [UInt64] {
        if pointer.isNull { return [] }
        let words = try pointer.canonicalWords(dropsCapabilities: true)
        // What it holds was paid for from the message's own limit, but shall not be copied again and again.
        remaining -= min(words.count, remaining)
        return words
    }

    private mutating func spend() throws(DynamicError) {
        guard remaining > 0 else { throw .tooManyValues }
        remaining -= 1
    }

    private func scalar(_ type: SchemaType, _ reader: StructReader, _ offset: Int, _ value: SchemaValue) -> DynamicValue
    {
        let standard = value.bits
        switch type {
        case .bool: return .bool(reader.bool(at: offset, default: standard != 0))
        case .int8: return .signed(Int64(reader.integer(at: offset, default: Int8(truncatingIfNeeded: standard))))
        case .int16: return .signed(Int64(reader.integer(at: offset * 2, default: Int16(truncatingIfNeeded: standard))))
        case .int32: return .signed(Int64(reader.integer(at: offset * 4, default: Int32(truncatingIfNeeded: standard))))
        case .int64: return .signed(reader.integer(at: offset * 8, default: Int64(truncatingIfNeeded: standard)))
        case .uint8: return .unsigned(UInt64(reader.integer(at: offset, default: UInt8(truncatingIfNeeded: standard))))
        case .uint16:
            return .unsigned(UInt64(reader.integer(at: offset * 2, default: UInt16(truncatingIfNeeded: standard))))
        case .uint32:
            return .unsigned(UInt64(reader.integer(at: offset * 4, default: UInt32(truncatingIfNeeded: standard))))
        case .uint64: return .unsigned(reader.integer(at: offset * 8, default: standard))
        case .float32:
            return .float32(
                Float(bitPattern: reader.integer(at: offset * 4, default: UInt32(truncatingIfNeeded: standard))))
        case .float64: return .float64(Double(bitPattern: reader.integer(at: offset * 8, default: standard)))
        case .enumeration(let id):
            return enumerant(reader.integer(at: offset * 2, default: UInt16(truncatingIfNeeded: standard)), id)
        default: return .void
        }
    }

    private func element(_ list: ListReader, _ index: Int, _ type: SchemaType) -> DynamicValue {
        switch type {
        case .bool: .bool(list.bool(index))
        case .int8: .signed(Int64(list.integer(index, as: Int8.self)))
        case .int16: .signed(Int64(list.integer(index, as: Int16.self)))
        case .int32: .signed(Int64(list.integer(index, as: Int32.self)))
        case .int64: .signed(list.integer(index))
        case .uint8: .unsigned(UInt64(list.integer(index, as: UInt8.self)))
        case .uint16: .unsigned(UInt64(list.integer(index, as: UInt16.self)))
        case .uint32: .unsigned(UInt64(list.integer(index, as: UInt32.self)))
        case .uint64: .unsigned(list.integer(index))
        case .float32: .float32(list.float32(index))
        case .float64: .float64(list.float64(index))
        case .enumeration(let id): enumerant(list.integer(index), id)
        default: .void
        }
    }

    private func enumerant(_ number: UInt16, _ id: UInt64) -> DynamicValue {
        let names = schemas.nodes[id]?.enumerants ?? []
        return .enumerant(number, name: names.indices.contains(Int(number)) ? names[Int(number)].name : nil)
    }
}

extension SchemaType {
    /// The size that a list of this type has on the wire.
    var elementSize: ElementSize {
        switch self {
        case .void: .void
        case .structure: .inlineComposite
        case _ where isPointer: .pointer
        default:
            switch bits {
            case 1: .bit
            case 8: .byte
            case 16: .twoBytes
            case 32: .fourBytes
            default: .eightBytes
            }
        }
    }
}

extension SchemaValue {
    /// A value of the data section as it is encoded, the higher bits those of a sign; 0 for every other.
    var bits: UInt64 {
        switch self {
        case .bool(let value): value ? 1 : 0
        case .signed(let value): UInt64(bitPattern: value)
        case .unsigned(let value): value
        case .float32(let value): UInt64(value.bitPattern)
        case .float64(let value): value.bitPattern
        case .enumerant(let value): UInt64(value)
        default: 0
        }
    }
}
