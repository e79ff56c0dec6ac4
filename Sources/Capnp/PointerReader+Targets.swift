// Following pointers: far pointers, bounds, and the price of a visit.

extension PointerReader {
    /// Where a pointer leads, far pointers followed, bounds not yet checked.
    struct Target {
        /// The pointer that says what is there: the pointer itself, its landing pad or the tag of a double one.
        var wire: WirePointer
        var segmentIndex: Int
        var segment: Message.Segment
        /// The word of the segment where the object begins; may lie anywhere.
        var word: Int
    }

    /// Follows a pointer that is neither null nor of kind `other`.
    func resolve(_ wire: WirePointer) throws(CapnpError) -> Target {
        let index = Int(segment)
        guard wire.kind == .far else {
            guard wire.kind != .other else { throw .wrongPointerKind }
            let segment = try message.segment(index)
            let word = (location &- segment.start) / 8
            return Target(wire: wire, segmentIndex: index, segment: segment, word: word &+ 1 &+ wire.offset)
        }
        let padSegment = try message.segment(wire.farSegment)
        let pad = try claim(padSegment, word: wire.farWord, words: wire.isDoubleFar ? 2 : 1)
        let first = WirePointer(word: message.load(pad, as: UInt64.self))
        guard wire.isDoubleFar else {
            guard first.kind == .structure || first.kind == .list else { throw .malformedFarPointer }
            return Target(
                wire: first, segmentIndex: wire.farSegment, segment: padSegment,
                word: wire.farWord &+ 1 &+ first.offset)
        }
        let tag = WirePointer(word: message.load(pad &+ 8, as: UInt64.self))
        guard first.kind == .far, !first.isDoubleFar, tag.kind == .structure || tag.kind == .list else {
            throw .malformedFarPointer
        }
        return Target(
            wire: tag, segmentIndex: first.farSegment, segment: try message.segment(first.farSegment),
            word: first.farWord)
    }

    /// Checks that `words` words at the target lie in its segment, pays for them, and gives their first byte.
    func claim(_ target: Target, words: Int) throws(CapnpError) -> Int {
        try claim(target.segment, word: target.word, words: words)
    }

    private func claim(_ segment: Message.Segment, word: Int, words: Int) throws(CapnpError) -> Int {
        // An object of no size is nowhere: senders may point it at its own pointer or past the end.
        guard words > 0 else { return segment.start }
        guard word >= 0, word <= segment.words &- words else { throw .outOfBounds }
        try message.charge(words)
        return segment.start &+ word &* 8
    }

    /// The bytes of a list of bytes.
    func byteList() throws(CapnpError) -> ArraySlice<UInt8> {
        let target = try resolve(wire)
        guard target.wire.kind == .list, target.wire.elementSize == .byte else { throw .wrongPointerKind }
        let count = target.wire.elementCount
        let start = try claim(target, words: (count &+ 7) / 8)
        return message.bytes[start..<(start &+ count)]
    }

    /// The list it points to, read as elements of `expected` size; an empty list when the pointer is null.
    ///
    /// A list may have been written with larger elements than the reader's schema knows, or with structs whose first
    /// field is what the reader expects, or with values where the reader expects structs that begin with such a field.
    ///
    /// - Throws: `wrongPointerKind`, `incompatibleList`, `malformedStructList`, `nestingLimit`, `traversalLimit`,
    ///   `outOfBounds` and the other errors of bad pointers.
    public func list(_ expected: ElementSize) throws(CapnpError) -> ListReader {
        if isNull { return ListReader() }
        return try anyList().viewed(as: expected)
    }

    /// The list it points to, with elements of the size the sender gave them; an empty list when the pointer is null.
    ///
    /// - Throws: as `list(_:)`, except `incompatibleList`.
    public func anyList() throws(CapnpError) -> ListReader {
        let wire = wire
        if wire.isNull { return ListReader() }
        guard nesting > 0 else { throw .nestingLimit }
        let target = try resolve(wire)
        guard target.wire.kind == .list else { throw .wrongPointerKind }
        let elementSize = target.wire.elementSize
        let segmentIndex = Int32(truncatingIfNeeded: target.segmentIndex)
        guard elementSize == .inlineComposite else {
            let count = target.wire.elementCount
            let start = try claim(target, words: (count &* elementSize.stepBits &+ 63) / 64)
            // Elements of no size cost nothing to send and something to visit.
            if elementSize == .void { try message.charge(count) }
            return ListReader(
                message: message, start: start, count: count, elementSize: elementSize,
                stepBits: elementSize.stepBits, dataBits: elementSize.dataBits,
                pointerCount: elementSize.pointerCount, segment: segmentIndex, nesting: nesting &- 1)
        }
        let words = target.wire.elementCount
        let tagStart = try claim(target, words: words &+ 1)
        let tag = WirePointer(word: message.load(tagStart, as: UInt64.self))
        let size = tag.structSize
        guard tag.kind == .structure, tag.tagCount &* size.words <= words else { throw .malformedStructList }
        if size.words == 0 { try message.charge(tag.tagCount) }
        return ListReader(
            message: message, start: tagStart &+ 8, count: tag.tagCount, elementSize: .inlineComposite,
            stepBits: size.words &* 64, dataBits: Int(size.dataWords) &* 64, pointerCount: Int(size.pointers),
            segment: segmentIndex, nesting: nesting &- 1)
    }
}
