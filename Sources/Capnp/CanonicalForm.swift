// The canonical form: one segment, objects in preorder, no trailing zeros in structs, nothing left over. Two messages that say
// the same in the same schema have the same canonical bytes, so these can be hashed, signed and compared.

extension Message {
    /// The message in canonical form: its only segment, without stream header.
    ///
    /// - Throws: What reading any part of the message throws; `capabilityNotAllowed`, for a capability means nothing outside
    ///   its connection.
    public func canonicalSegment() throws(CapnpError) -> [UInt8] {
        let words = try root.canonicalWords()
        return unsafe [UInt8](unsafeUninitializedCapacity: words.count * 8) { buffer, initialized in
            let memory = UnsafeMutableRawBufferPointer(buffer)
            for (index, word) in words.enumerated() {
                unsafe memory.storeBytes(of: word.littleEndian, toByteOffset: index * 8, as: UInt64.self)
            }
            initialized = words.count * 8
        }
    }

    /// Whether the message is in canonical form.
    ///
    /// Costs what making the form costs, and counts against the message's traversal limit. A message that cannot be read to
    /// the end is not canonical.
    public func isCanonical() -> Bool {
        guard segmentCount == 1, let canonical = try? canonicalSegment() else { return false }
        return canonical.elementsEqual(bytes[firstSegment.start..<(firstSegment.start + firstSegment.words * 8)])
    }
}

extension MessageBuilder {
    /// The message in canonical form, as `Message.canonicalSegment()`.
    ///
    /// - Throws: `capabilityNotAllowed`; `nestingLimit` when it is nested deeper than 1,024 levels.
    public func canonicalSegment() throws(CapnpError) -> [UInt8] {
        try asMessage().canonicalSegment()
    }
}

extension PointerReader {
    /// The words of a message in canonical form whose root is what this pointer points to.
    ///
    /// - Parameter dropsCapabilities: whether capabilities become null instead of being refused.
    /// - Throws: as `Message.canonicalSegment()`.
    package func canonicalWords(dropsCapabilities: Bool = false) throws(CapnpError) -> [UInt64] {
        var writer = CanonicalWriter(dropsCapabilities: dropsCapabilities)
        try writer.write(self, at: 0)
        return writer.words
    }
}

/// Lays out objects in preorder: an object, then whatever its first pointer leads to, then its second.
private struct CanonicalWriter {
    /// The segment so far, the root pointer first.
    var words: [UInt64] = [0]
    let dropsCapabilities: Bool

    init(dropsCapabilities: Bool) {
        self.dropsCapabilities = dropsCapabilities
    }

    /// Appends what `source` points to, and points the word at `slot` to it.
    mutating func write(_ source: PointerReader, at slot: Int) throws(CapnpError) {
        switch try source.kind() {
        case .null: break
        case .structure: try write(try source.structReader(), at: slot)
        case .list: try write(try source.anyList(), at: slot)
        case .capability: guard dropsCapabilities else { throw .capabilityNotAllowed }
        case .unknown: throw .wrongPointerKind
        }
    }

    private mutating func write(_ source: StructReader, at slot: Int) throws(CapnpError) {
        let size = source.trimmedSize
        guard size.words > 0 else {
            words[slot] = WirePointer.emptyStruct.word
            return
        }
        let start = allocate(size.words)
        words[slot] = WirePointer.structure(size).withOffset(start - slot - 1).word
        try writeContents(of: source, size, at: start)
    }

    private mutating func writeContents(of source: StructReader, _ size: StructSize, at start: Int) throws(CapnpError) {
        for index in 0..<Int(size.dataWords) { words[start + index] = source.dataWord(index) }
        let pointers = start + Int(size.dataWords)
        for index in 0..<Int(size.pointers) { try write(source.pointer(at: index), at: pointers + index) }
    }

    private mutating func write(_ source: ListReader, at slot: Int) throws(CapnpError) {
        switch source.elementSize {
        case .inlineComposite: try writeStructs(of: source, at: slot)
        case .pointer:
            let start = allocate(source.count)
            words[slot] = WirePointer.list(.pointer, count: source.count).withOffset(start - slot - 1).word
            for index in source.indices { try write(source.pointer(index), at: start + index) }
        default:
            let bits = source.count * Int(source.stepBits)
            let start = allocate((bits + 63) / 64)
            words[slot] = WirePointer.list(source.elementSize, count: source.count).withOffset(start - slot - 1).word
            for index in start..<words.count { words[index] = source.word(index - start) }
            // Bits after the last element belong to nobody.
            if bits % 64 != 0 { words[words.count - 1] &= (1 << UInt64(bits % 64)) - 1 }
        }
    }

    private mutating func writeStructs(of source: ListReader, at slot: Int) throws(CapnpError) {
        // All elements have the size of the largest.
        var size = StructSize(dataWords: 0, pointers: 0)
        if source.structSize.words > 0 {
            for index in source.indices {
                let own = source.structReader(index).trimmedSize
                size.dataWords = max(size.dataWords, own.dataWords)
                size.pointers = max(size.pointers, own.pointers)
            }
        }
        let tag = allocate(1 + source.count * size.words)
        words[slot] =
            WirePointer.list(.inlineComposite, count: source.count * size.words).withOffset(tag - slot - 1).word
        words[tag] = WirePointer.tag(count: source.count, size: size).word
        guard size.words > 0 else { return }
        for index in source.indices {
            try writeContents(of: source.structReader(index), size, at: tag + 1 + index * size.words)
        }
    }

    /// Appends words of zeros, and gives the index of the first.
    private mutating func allocate(_ count: Int) -> Int {
        let start = words.count
        words.append(contentsOf: repeatElement(0, count: count))
        return start
    }
}

extension StructReader {
    /// The size without zero words at the end of the data and null pointers at the end of the pointers.
    fileprivate var trimmedSize: StructSize {
        var size = size
        while size.dataWords > 0, dataWord(Int(size.dataWords) - 1) == 0 { size.dataWords -= 1 }
        while size.pointers > 0, pointer(at: Int(size.pointers) - 1).isNull { size.pointers -= 1 }
        return size
    }

    /// A word of the data section; what lies beyond its end is zero.
    fileprivate func dataWord(_ index: Int) -> UInt64 {
        let offset = index * 8
        if offset + 8 <= Int(dataBytes) { return integer(at: offset) }
        return (offset..<max(Int(dataBytes), offset)).reversed()
            .reduce(0) { $0 << 8 | UInt64(integer(at: $1) as UInt8) }
    }
}

extension ListReader {
    /// A word of the elements of a list of values, what lies beyond the last one included.
    ///
    /// - Precondition: the list has values in that word.
    fileprivate func word(_ index: Int) -> UInt64 {
        withExtendedLifetime(message) { start.load(index * 8, as: UInt64.self) }
    }
}
