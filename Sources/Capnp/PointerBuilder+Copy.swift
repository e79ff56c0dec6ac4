// Deep copies from messages that somebody else may have made.

extension PointerBuilder {
    /// Points to a copy of what `source` points to, capabilities included.
    ///
    /// - Throws: whatever reading the source throws; the pointer is then null.
    public func copy(from source: PointerReader) throws(CapnpError) {
        do throws(CapnpError) {
            switch try source.kind() {
            case .null: clear()
            case .structure: try copy(from: try source.structReader())
            case .list: try copy(from: try source.anyList())
            case .capability: setCapability(try source.capability())
            case .unknown: throw .wrongPointerKind
            }
        } catch {
            clear()
            throw error
        }
    }

    /// Points to a copy of the struct.
    ///
    /// - Throws: whatever reading the source throws; the copy then lacks some of its fields.
    public func copy(from source: StructReader) throws(CapnpError) {
        try initStruct(source.size).copyContents(from: source)
    }

    /// Points to a copy of the list.
    ///
    /// - Throws: whatever reading the source throws; the copy then lacks some of its elements.
    public func copy(from source: ListReader) throws(CapnpError) {
        let list =
            source.elementSize == .inlineComposite
            ? initStructList(count: source.count, size: source.structSize)
            : initList(source.elementSize, count: source.count)
        if source.pointerCount == 0 {
            let count = (source.count * Int(source.stepBits) + 7) / 8
            withExtendedLifetime(source.message) { unsafe source.start.copyBytes(count: count, to: list.start) }
        } else if source.elementSize == .pointer {
            for index in source.indices { try list.pointer(index).copy(from: source.pointer(index)) }
        } else {
            for index in source.indices { try list.structBuilder(index).copyContents(from: source.structReader(index)) }
        }
    }
}

extension StructBuilder {
    /// Sets every field to a copy of the source's; fields that only the source has are left out.
    ///
    /// - Throws: whatever reading the source throws; some fields then have their defaults.
    public func copyContents(from source: StructReader) throws(CapnpError) {
        let shared = min(Int(dataBytes), Int(source.dataBytes))
        withExtendedLifetime(source.message) { unsafe source.data.copyBytes(count: shared, to: data) }
        unsafe (data + shared).initializeMemory(as: UInt8.self, repeating: 0, count: Int(dataBytes) - shared)
        for index in 0..<Int(pointerCount) { try pointer(at: index).copy(from: source.pointer(at: index)) }
    }
}
