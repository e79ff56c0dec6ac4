// Lists that grow and shrink where they are, or move when they cannot.

extension PointerBuilder {
    /// Gives the list it points to another number of elements, and keeps those that both have; new ones are at their defaults.
    ///
    /// What is cut off is overwritten with zeros. A list that was the last thing built grows and shrinks in place, so building
    /// a list of unknown length costs nothing; any other is copied when it grows, and the room of the old one is lost. Builders
    /// of the list from before are not to be used any more.
    ///
    /// - Returns: the list; an empty one if the pointer points to none.
    /// - Precondition: `count` is what `initList(_:count:)` and `initStructList(count:size:)` allow.
    @discardableResult
    public func resizeList(to count: Int) -> ListBuilder {
        let list = listBuilder()
        guard !isNull, list.count != count else { return list }
        guard wire.kind == .list || wire.kind == .far, wire != .emptyStruct else { return list }
        let object = message.object(at: place)
        guard object.wire.kind == .list else { return list }
        precondition(
            count >= 0 && count < 1 << 29 && count * max(list.stepBits / 64, 1) < 1 << 29,
            "a list has fewer than 2^29 elements and words")
        let (old, new) = (list.words(list.count), list.words(count))
        let end = unsafe object.place.address + old * 8
        if count < list.count {
            message.erase(list, from: count)
            unsafe message.giveBack(words: old - new, endingAt: end, segment: object.place.segment)
            list.setCount(count, of: self)
            return listBuilder()
        }
        if unsafe new == old || message.extend(by: new - old, from: end, segment: object.place.segment) {
            list.setCount(count, of: self)
            return listBuilder()
        }
        return move(list, from: object, to: count)
    }

    /// Gives the data it points to another length; new bytes are zero.
    ///
    /// - Precondition: `0 <= count < 2²⁹`.
    public func resizeData(to count: Int) {
        if isNull { _ = initList(.byte, count: count) } else { resizeList(to: count) }
    }

    /// Cuts the text it points to, or fills it up with NUL characters, to a length in UTF-8 bytes.
    ///
    /// - Precondition: `0 <= count < 2²⁹ - 1`.
    public func resizeText(to count: Int) {
        resizeData(to: count + 1)
        let list = listBuilder()
        if list.elementSize == .byte { list.setInteger(0 as UInt8, at: count) }
    }

    /// A larger copy of a list in its place.
    private func move(_ list: ListBuilder, from object: MessageBuilder.Object, to count: Int) -> ListBuilder {
        message.forgetPads(at: place)
        let words = list.words(count)
        let isStructs = list.elementSize == .inlineComposite
        let size = StructSize(
            dataWords: UInt16(truncatingIfNeeded: list.dataBits / 64),
            pointers: UInt16(truncatingIfNeeded: list.pointerCount))
        let wire = WirePointer.list(list.elementSize, count: isStructs ? words - 1 : count)
        let target = message.makeObject(wire, words: words, pointer: place)
        if isStructs { unsafe message.store(.tag(count: count, size: size), at: target.address) }
        let new = listBuilder()
        if list.pointerCount == 0 {
            let bytes = (list.count * list.stepBits + 7) / 8
            unsafe new.start.copyMemory(from: list.start, byteCount: bytes)
        } else {
            let dataBytes = list.dataBits / 8
            for index in 0..<list.count {
                let from = unsafe list.start + index * (list.stepBits / 8)
                let to = unsafe new.start + index * (list.stepBits / 8)
                unsafe to.copyMemory(from: from, byteCount: dataBytes)
                for pointer in 0..<list.pointerCount {
                    let offset = dataBytes + pointer * 8
                    unsafe message.movePointer(
                        from: MessageBuilder.Place(segment: list.segment, address: from + offset),
                        to: MessageBuilder.Place(segment: new.segment, address: to + offset))
                }
            }
        }
        unsafe object.place.address.initializeMemory(as: UInt8.self, repeating: 0, count: list.words(list.count) * 8)
        return new
    }
}

extension PointerBuilder {
    /// Gives the list it points to another number of elements, as `resizeList(to:)`; makes one if it points to none.
    public func resizeList<Element: ListElement>(of type: Element.Type, to count: Int) -> ListBuilderOf<Element> {
        if isNull { return initList(of: type, count: count) }
        return ListBuilderOf(resizeList(to: count))
    }
}

extension ListBuilder {
    /// The words that `count` elements take, the tag of structs included.
    fileprivate func words(_ count: Int) -> Int {
        (count * stepBits + 63) / 64 + (elementSize == .inlineComposite ? 1 : 0)
    }

    /// Writes another count where the list that `pointer` leads to is described.
    fileprivate func setCount(_ count: Int, of pointer: PointerBuilder) {
        let description = unsafe message.description(at: pointer.place)
        var wire = unsafe message.load(description)
        if elementSize == .inlineComposite {
            let tag = unsafe start - 8
            let size = unsafe message.load(tag).structSize
            unsafe message.store(.tag(count: count, size: size), at: tag)
            wire = wire.withElementCount(count * size.words)
        } else {
            wire = wire.withElementCount(count)
        }
        unsafe message.store(wire, at: description)
    }
}

extension MessageBuilder {
    /// The word that says what the pointer at `place` points to: the pointer itself, or a word of its landing pad.
    fileprivate func description(at place: Place) -> UnsafeMutableRawPointer {
        let wire = unsafe load(place.address)
        guard wire.kind == .far else { return unsafe place.address }
        let pad = unsafe base(ofSegment: wire.farSegment) + wire.farWord * 8
        return unsafe wire.isDoubleFar ? pad + 8 : pad
    }

    /// Zeroes the landing pad of a pointer that is about to be set anew.
    fileprivate func forgetPads(at place: Place) {
        let wire = unsafe load(place.address)
        guard wire.kind == .far else { return }
        let pad = unsafe base(ofSegment: wire.farSegment) + wire.farWord * 8
        unsafe pad.initializeMemory(as: UInt8.self, repeating: 0, count: wire.isDoubleFar ? 16 : 8)
    }

    /// Overwrites the elements of a list from one on, and whatever they point to.
    fileprivate func erase(_ list: ListBuilder, from first: Int) {
        for index in first..<list.count {
            for pointer in 0..<list.pointerCount {
                let offset = index * (list.stepBits / 8) + list.dataBits / 8 + pointer * 8
                unsafe erase(at: Place(segment: list.segment, address: list.start + offset))
            }
        }
        let bits = first * list.stepBits
        let (from, end) = ((bits + 7) / 8, (list.count * list.stepBits + 7) / 8)
        unsafe (list.start + from).initializeMemory(as: UInt8.self, repeating: 0, count: end - from)
        if bits % 8 != 0 {
            let kept = UInt8(1 << (bits % 8) - 1)
            let byte = unsafe list.start.load(fromByteOffset: bits / 8, as: UInt8.self)
            unsafe list.start.storeBytes(of: byte & kept, toByteOffset: bits / 8, as: UInt8.self)
        }
    }
}
