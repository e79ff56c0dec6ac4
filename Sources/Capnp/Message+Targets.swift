// Following pointers: far pointers, bounds, and the price of a visit.
//
// What is found comes back as plain numbers; the callers, which are inlined, make readers of them. So a reader that is only
// passed on costs no reference count.

/// A struct, checked to lie inside its message.
@frozen
@usableFromInline
struct StructTarget {
    @usableFromInline var data: MessageAddress
    @usableFromInline var dataBytes: Int32
    @usableFromInline var pointerCount: Int32
    @usableFromInline var segment: Int32
}

/// A list, checked to lie inside its message.
@frozen
@usableFromInline
struct ListTarget {
    @usableFromInline var start: MessageAddress
    @usableFromInline var count: Int32 = 0
    @usableFromInline var stepBits: Int32 = 0
    @usableFromInline var dataBits: Int32 = 0
    @usableFromInline var pointerCount: Int32 = 0
    @usableFromInline var segment: Int32 = 0
    @usableFromInline var elementSize = ElementSize.void

    /// An empty list.
    @inlinable
    init(start: MessageAddress) {
        self.start = start
    }

    /// Whether elements can be read as values, pointers or structs of `expected` size.
    ///
    /// A list may have been written with larger elements than the reader's schema knows, or with structs whose first field is
    /// what the reader expects, or with values where the reader expects structs that begin with such a field.
    func canBeRead(as expected: ElementSize) -> Bool {
        switch (elementSize, expected) {
        case (.bit, .bit): true
        // Lists of bits cannot be upgraded: their elements have no byte to begin at.
        case (.bit, _), (.inlineComposite, .bit): false
        case (_, .void), (_, .inlineComposite): true
        default: Int(dataBits) >= expected.dataBits && Int(pointerCount) >= expected.pointerCount
        }
    }
}

/// Bytes, checked to lie inside their message.
@frozen
@usableFromInline
struct BytesTarget {
    @usableFromInline var start: MessageAddress
    @usableFromInline var count: Int
}

extension Message {
    /// Where a pointer leads, far pointers followed, bounds not yet checked.
    struct Target {
        /// The pointer that says what is there: the pointer itself, its landing pad or the tag of a double one.
        var wire: WirePointer
        var segmentIndex: Int32
        var segment: Segment
        /// The word of the segment where the object begins; may lie anywhere.
        var word: Int
    }

    /// Follows a pointer that is neither null nor of kind `other`.
    func resolve(_ pointer: PointerReader) throws(CapnpError) -> Target {
        guard let location = pointer.location else { throw .wrongPointerKind }
        return try resolve(location, pointer.segment)
    }

    @inline(__always)
    private func resolve(_ location: MessageAddress, _ index: Int32) throws(CapnpError) -> Target {
        let wire = location.wire
        guard wire.isFar else {
            let segment = try segment(Int(index))
            let word = (location - base &- segment.start) >> 3
            return Target(wire: wire, segmentIndex: index, segment: segment, word: word &+ 1 &+ wire.offset)
        }
        return try resolveFar(wire)
    }

    @inline(never)
    private func resolveFar(_ wire: WirePointer) throws(CapnpError) -> Target {
        let padSegment = try segment(wire.farSegment)
        let pad = try claim(padSegment, word: wire.farWord, words: wire.isDoubleFar ? 2 : 1)
        let first = pad.wire
        guard wire.isDoubleFar else {
            guard first.kind == .structure || first.kind == .list else { throw .malformedFarPointer }
            return Target(
                wire: first, segmentIndex: Int32(truncatingIfNeeded: wire.farSegment), segment: padSegment,
                word: wire.farWord &+ 1 &+ first.offset)
        }
        let tag = (pad + 8).wire
        guard first.kind == .far, !first.isDoubleFar, tag.kind == .structure || tag.kind == .list else {
            throw .malformedFarPointer
        }
        return Target(
            wire: tag, segmentIndex: Int32(truncatingIfNeeded: first.farSegment),
            segment: try segment(first.farSegment), word: first.farWord)
    }

    /// Checks that `words` words lie in the segment, pays for them, and gives their first byte.
    @inline(__always)
    private func claim(_ segment: Segment, word: Int, words: Int) throws(CapnpError) -> MessageAddress {
        // An object of no size is nowhere: senders may point it at its own pointer or past the end.
        guard words > 0 else { return base + segment.start }
        guard word >= 0, word <= segment.words &- words else { throw .outOfBounds }
        try charge(words)
        return base + (segment.start &+ word &* 8)
    }

    /// The struct that the pointer at an address leads to, which is not null.
    @usableFromInline
    func structTarget(
        _ location: MessageAddress, _ segment: Int32, _ nesting: Int32
    ) throws(CapnpError) -> StructTarget {
        guard nesting > 0 else { throw .nestingLimit }
        let target = try resolve(location, segment)
        guard target.wire.isStructure else { throw .wrongPointerKind }
        let size = target.wire.structSize
        return StructTarget(
            data: try claim(target.segment, word: target.word, words: size.words),
            dataBytes: Int32(size.dataWords) &* 8, pointerCount: Int32(size.pointers), segment: target.segmentIndex)
    }

    /// The bytes that the pointer at an address leads to, which is not null.
    func bytesTarget(_ location: MessageAddress, _ segment: Int32) throws(CapnpError) -> BytesTarget {
        let target = try resolve(location, segment)
        guard target.wire.isList, target.wire.elementSize == .byte else { throw .wrongPointerKind }
        let count = target.wire.elementCount
        return BytesTarget(
            start: try claim(target.segment, word: target.word, words: (count &+ 7) >> 3), count: count)
    }

    /// The list that the pointer at an address leads to, which is not null.
    ///
    /// - Parameter expected: what its elements will be read as; nil for whatever they are.
    @usableFromInline
    func listTarget(
        _ location: MessageAddress, _ segment: Int32, _ nesting: Int32, expected: ElementSize?
    ) throws(CapnpError) -> ListTarget {
        guard nesting > 0 else { throw .nestingLimit }
        let target = try resolve(location, segment)
        guard target.wire.isList else { throw .wrongPointerKind }
        let elementSize = target.wire.elementSize
        var list: ListTarget
        if elementSize == .inlineComposite {
            list = try structList(target)
        } else {
            let count = target.wire.elementCount
            let step = elementSize.stepBits
            list = ListTarget(
                start: try claim(target.segment, word: target.word, words: (count &* step &+ 63) >> 6))
            // Elements of no size cost nothing to send and something to visit.
            if elementSize == .void { try charge(count) }
            list.count = Int32(truncatingIfNeeded: count)
            list.stepBits = Int32(truncatingIfNeeded: step)
            list.dataBits = Int32(truncatingIfNeeded: elementSize.dataBits)
            list.pointerCount = Int32(truncatingIfNeeded: elementSize.pointerCount)
        }
        list.segment = target.segmentIndex
        list.elementSize = elementSize
        if let expected, expected != elementSize, !list.canBeRead(as: expected) { throw .incompatibleList }
        return list
    }

    @inline(__always)
    private func structList(_ target: Target) throws(CapnpError) -> ListTarget {
        let words = target.wire.elementCount
        let tagAddress = try claim(target.segment, word: target.word, words: words &+ 1)
        let tag = tagAddress.wire
        let size = tag.structSize
        guard tag.isStructure, tag.tagCount &* size.words <= words else { throw .malformedStructList }
        if size.words == 0 { try charge(tag.tagCount) }
        var list = ListTarget(start: tagAddress + 8)
        list.count = Int32(truncatingIfNeeded: tag.tagCount)
        list.stepBits = Int32(truncatingIfNeeded: size.words &* 64)
        list.dataBits = Int32(truncatingIfNeeded: Int(size.dataWords) &* 64)
        list.pointerCount = Int32(size.pointers)
        return list
    }
}

extension PointerReader {
    /// The bytes of a list of bytes; nil when the pointer is null.
    @usableFromInline
    func bytesTarget() throws(CapnpError) -> BytesTarget? {
        guard let location, !isNull else { return nil }
        return try message.bytesTarget(location, segment)
    }

    /// The bytes of a text without the NUL at its end; nil when the pointer is null.
    func textTarget() throws(CapnpError) -> BytesTarget? {
        guard var target = try bytesTarget() else { return nil }
        guard target.count > 0, target.start.load(target.count &- 1, as: UInt8.self) == 0 else {
            throw .unterminatedText
        }
        target.count &-= 1
        return target
    }

    /// The list it points to, read as elements of `expected` size; an empty list when the pointer is null.
    ///
    /// A list may have been written with larger elements than the reader's schema knows, or with structs whose first
    /// field is what the reader expects, or with values where the reader expects structs that begin with such a field.
    ///
    /// - Throws: `wrongPointerKind`, `incompatibleList`, `malformedStructList`, `nestingLimit`, `traversalLimit`,
    ///   `outOfBounds` and the other errors of bad pointers.
    @inlinable
    public func list(_ expected: ElementSize) throws(CapnpError) -> ListReader {
        guard let location, !isNull else { return ListReader() }
        let target = try message.listTarget(location, segment, nesting, expected: expected)
        return ListReader(target, of: message, nesting: nesting &- 1)
    }

    /// The list it points to, with elements of the size the sender gave them; an empty list when the pointer is null.
    ///
    /// - Throws: as `list(_:)`, except `incompatibleList`.
    public func anyList() throws(CapnpError) -> ListReader {
        guard let location, !isNull else { return ListReader() }
        let target = try message.listTarget(location, segment, nesting, expected: nil)
        return ListReader(target, of: message, nesting: nesting &- 1)
    }
}
