package import Capnp

// Decoding of `capnp/schema.capnp`. The offsets are those that `capnp compile -ocapnp schema.capnp` prints; they can never
// change, and reading them by hand spares the generator the need to have generated itself.

extension StructReader {
    /// The structs of the list at a pointer.
    ///
    /// - Throws: What reading the list throws.
    package func structs(at index: Int) throws(CapnpError) -> [StructReader] {
        let list = try pointer(at: index).list(.inlineComposite)
        var readers: [StructReader] = []
        for position in 0..<list.count {
            readers.append(list.structReader(position))
        }
        return readers
    }

    fileprivate func annotations(at index: Int) throws(CapnpError) -> [SchemaAnnotation] {
        var annotations: [SchemaAnnotation] = []
        for reader in try structs(at: index) {
            let value = try SchemaValue(reader.pointer(at: 0).structReader())
            annotations.append(SchemaAnnotation(id: reader.integer(at: 0), value: value))
        }
        return annotations
    }

    /// The names in a list of structs that begin with one.
    fileprivate func names(at index: Int) throws(CapnpError) -> [String] {
        var names: [String] = []
        for reader in try structs(at: index) { names.append(try reader.pointer(at: 0).text()) }
        return names
    }

    fileprivate func uint16(at offset: Int, default value: UInt16 = 0) -> Int {
        Int(integer(at: offset, default: value) as UInt16)
    }

    fileprivate func uint32(at offset: Int) -> Int {
        Int(integer(at: offset) as UInt32)
    }
}

extension SchemaNode {
    /// Reads a `Node`.
    ///
    /// - Throws: What reading its pointers throws; `nestingLimit` for types that contain themselves.
    package init(_ reader: StructReader) throws(CapnpError) {
        id = reader.integer(at: 0)
        displayName = try reader.pointer(at: 0).text()
        displayNamePrefixLength = reader.uint32(at: 8)
        scopeID = reader.integer(at: 16)
        isGeneric = reader.bool(at: 288)
        parameters = try reader.names(at: 5)
        var nested: [(name: String, id: UInt64)] = []
        for child in try reader.structs(at: 1) {
            nested.append((name: try child.pointer(at: 0).text(), id: child.integer(at: 0)))
        }
        self.nested = nested
        annotations = try reader.annotations(at: 2)
        switch reader.uint16(at: 12) {
        case 1: kind = .structure(try SchemaStructure(reader))
        case 2: kind = .enumeration(try Self.enumerants(reader))
        case 3: kind = .interface(try SchemaInterfaceBody(reader))
        case 4:
            let type = try SchemaType(reader.pointer(at: 3).structReader())
            kind = .constant(type, try SchemaValue(reader.pointer(at: 4).structReader()))
        case 5: kind = .annotation(try SchemaType(reader.pointer(at: 3).structReader()))
        default: kind = .file
        }
    }

    private static func enumerants(_ reader: StructReader) throws(CapnpError) -> [SchemaEnumerant] {
        var enumerants: [SchemaEnumerant] = []
        for enumerant in try reader.structs(at: 3) {
            enumerants.append(
                SchemaEnumerant(
                    name: try enumerant.pointer(at: 0).text(), codeOrder: enumerant.uint16(at: 0),
                    annotations: try enumerant.annotations(at: 1)))
        }
        return enumerants
    }
}

extension SchemaStructure {
    fileprivate init(_ reader: StructReader) throws(CapnpError) {
        dataWords = reader.uint16(at: 14)
        pointers = reader.uint16(at: 24)
        isGroup = reader.bool(at: 224)
        discriminantCount = reader.uint16(at: 30)
        discriminantOffset = reader.uint32(at: 32)
        var fields: [SchemaField] = []
        for field in try reader.structs(at: 3) {
            fields.append(try SchemaField(field, index: fields.count))
        }
        self.fields = fields
    }
}

extension SchemaField {
    fileprivate init(_ reader: StructReader, index: Int) throws(CapnpError) {
        self.index = index
        name = try reader.pointer(at: 0).text()
        codeOrder = reader.uint16(at: 0)
        annotations = try reader.annotations(at: 1)
        let noDiscriminant = 0xffff
        let discriminant = reader.uint16(at: 2, default: 0xffff)
        self.discriminant = discriminant == noDiscriminant ? nil : discriminant
        if reader.uint16(at: 8) == 1 {
            kind = .group(reader.integer(at: 16))
        } else {
            kind = .slot(
                offset: reader.uint32(at: 4), type: try SchemaType(reader.pointer(at: 2).structReader()),
                defaultValue: try SchemaValue(reader.pointer(at: 3).structReader()))
        }
    }
}

extension SchemaInterfaceBody {
    fileprivate init(_ reader: StructReader) throws(CapnpError) {
        var methods: [SchemaMethod] = []
        for method in try reader.structs(at: 3) {
            methods.append(
                SchemaMethod(
                    name: try method.pointer(at: 0).text(), ordinal: methods.count,
                    codeOrder: method.uint16(at: 0), parameters: method.integer(at: 8),
                    results: method.integer(at: 16),
                    parameterBrand: try SchemaBrand(method.pointer(at: 2).structReader()),
                    resultBrand: try SchemaBrand(method.pointer(at: 3).structReader()),
                    implicitParameters: try method.names(at: 4),
                    annotations: try method.annotations(at: 1)))
        }
        self.methods = methods
        var superclasses: [SchemaSuperclass] = []
        for superclass in try reader.structs(at: 4) {
            superclasses.append(
                SchemaSuperclass(
                    id: superclass.integer(at: 0), brand: try SchemaBrand(superclass.pointer(at: 0).structReader())))
        }
        self.superclasses = superclasses
    }
}

extension SchemaType {
    fileprivate init(_ reader: StructReader) throws(CapnpError) {
        let typeID: UInt64 = reader.integer(at: 8)
        switch reader.uint16(at: 0) {
        case 1: self = .bool
        case 2: self = .int8
        case 3: self = .int16
        case 4: self = .int32
        case 5: self = .int64
        case 6: self = .uint8
        case 7: self = .uint16
        case 8: self = .uint32
        case 9: self = .uint64
        case 10: self = .float32
        case 11: self = .float64
        case 12: self = .text
        case 13: self = .data
        case 14: self = .list(try SchemaType(reader.pointer(at: 0).structReader()))
        case 15: self = .enumeration(typeID)
        case 16: self = .structure(typeID, brand: try SchemaBrand(reader.pointer(at: 0).structReader()))
        case 17: self = .interface(typeID, brand: try SchemaBrand(reader.pointer(at: 0).structReader()))
        case 18: self = Self.anyPointer(reader)
        default: self = .void
        }
    }

    private static func anyPointer(_ reader: StructReader) -> SchemaType {
        switch reader.uint16(at: 8) {
        case 1: return .parameter(scope: reader.integer(at: 16), index: reader.uint16(at: 10))
        case 2: return .methodParameter(reader.uint16(at: 10))
        default: break
        }
        switch reader.uint16(at: 10) {
        case 1: return .anyPointer(.anyStruct)
        case 2: return .anyPointer(.anyList)
        case 3: return .anyPointer(.capability)
        default: return .anyPointer(.anything)
        }
    }
}

extension SchemaBrand {
    fileprivate init(_ reader: StructReader) throws(CapnpError) {
        var scopes: [UInt64: Bindings] = [:]
        for scope in try reader.structs(at: 0) {
            let id: UInt64 = scope.integer(at: 0)
            guard scope.uint16(at: 8) == 0 else {
                scopes[id] = .inherited
                continue
            }
            var types: [SchemaType?] = []
            for binding in try scope.structs(at: 0) {
                let isBound = binding.uint16(at: 0) == 1
                types.append(isBound ? try SchemaType(binding.pointer(at: 0).structReader()) : nil)
            }
            scopes[id] = .bound(types)
        }
        self.init(scopes: scopes)
    }
}

extension SchemaValue {
    fileprivate init(_ reader: StructReader) throws(CapnpError) {
        switch reader.uint16(at: 0) {
        case 1: self = .bool(reader.bool(at: 16))
        case 2: self = .signed(Int64(reader.integer(at: 2) as Int8))
        case 3: self = .signed(Int64(reader.integer(at: 2) as Int16))
        case 4: self = .signed(Int64(reader.integer(at: 4) as Int32))
        case 5: self = .signed(reader.integer(at: 8))
        case 6: self = .unsigned(UInt64(reader.integer(at: 2) as UInt8))
        case 7: self = .unsigned(UInt64(reader.integer(at: 2) as UInt16))
        case 8: self = .unsigned(UInt64(reader.integer(at: 4) as UInt32))
        case 9: self = .unsigned(reader.integer(at: 8))
        case 10: self = .float32(reader.float32(at: 4))
        case 11: self = .float64(reader.float64(at: 8))
        case 12: self = .text(try reader.pointer(at: 0).text())
        case 13: self = .data(try reader.pointer(at: 0).data())
        case 15: self = .enumerant(reader.integer(at: 2))
        case 14, 16, 18: self = .pointer(try Self.words(of: reader.pointer(at: 0)))
        default: self = .void
        }
    }

    /// A value copied into a message of its own, without the segment table.
    private static func words(of pointer: PointerReader) throws(CapnpError) -> [UInt64]? {
        if pointer.isNull { return nil }
        let message = MessageBuilder()
        try message.root.copy(from: pointer)
        let bytes = message.framedBytes()
        // One segment unless the value is huge; a huge default belongs into a file, not into code.
        guard bytes.count >= 8, bytes[0] == 0, bytes[1] == 0 else { throw .messageTooLarge }
        return stride(from: 8, to: bytes.count, by: 8).map { start in
            bytes[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
