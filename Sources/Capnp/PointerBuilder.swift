/// Sets what a pointer points to.
///
/// Setting a pointer that is already set overwrites the old object with zeros; its room in the message is not used again.
@frozen
@safe
public struct PointerBuilder {
    /// The message the pointer is part of.
    public let message: MessageBuilder
    @usableFromInline let segment: Int
    @usableFromInline let address: UnsafeMutableRawPointer

    @inlinable
    init(message: MessageBuilder, segment: Int, address: UnsafeMutableRawPointer) {
        self.message = message
        self.segment = segment
        unsafe self.address = unsafe address
    }

    @inlinable
    var place: MessageBuilder.Place { unsafe MessageBuilder.Place(segment: segment, address: address) }
    var wire: WirePointer { unsafe message.load(address) }

    /// Whether nothing is set.
    public var isNull: Bool { wire.isNull }

    /// Sets the pointer to null.
    public func clear() {
        message.erase(at: place)
    }

    /// Points to a new struct of defaults.
    @inlinable
    public func initStruct(_ size: StructSize) -> StructBuilder {
        message.erase(at: place)
        let target = message.makeObject(.structure(size), words: size.words, pointer: place)
        return structBuilder(at: target, size: size)
    }

    /// The struct it points to, enlarged if it is smaller than `size`; a new one when it points to none.
    public func getOrInitStruct(_ size: StructSize) -> StructBuilder {
        guard !wire.isNull, wire.kind != .other else { return initStruct(size) }
        if wire == .emptyStruct { return initStruct(size) }
        let old = message.object(at: place)
        guard old.wire.kind == .structure else { return initStruct(size) }
        let oldSize = old.wire.structSize
        guard oldSize.dataWords < size.dataWords || oldSize.pointers < size.pointers else {
            return structBuilder(at: old.place, size: oldSize)
        }
        let newSize = StructSize(
            dataWords: max(oldSize.dataWords, size.dataWords), pointers: max(oldSize.pointers, size.pointers))
        let target = message.makeObject(.structure(newSize), words: newSize.words, pointer: place)
        let oldDataBytes = Int(oldSize.dataWords) * 8
        let newDataBytes = Int(newSize.dataWords) * 8
        unsafe target.address.copyMemory(from: old.place.address, byteCount: oldDataBytes)
        unsafe old.place.address.initializeMemory(as: UInt8.self, repeating: 0, count: oldDataBytes)
        for index in 0..<Int(oldSize.pointers) {
            let from = unsafe old.place.address + oldDataBytes + index * 8
            let to = unsafe target.address + newDataBytes + index * 8
            unsafe message.movePointer(
                from: MessageBuilder.Place(segment: old.place.segment, address: from),
                to: MessageBuilder.Place(segment: target.segment, address: to))
        }
        return structBuilder(at: target, size: newSize)
    }

    /// Points to a new list of values or pointers, all at their defaults.
    ///
    /// - Precondition: `elementSize` is not `inlineComposite`; `0 <= count < 2²⁹`.
    @inlinable
    public func initList(_ elementSize: ElementSize, count: Int) -> ListBuilder {
        precondition(elementSize != .inlineComposite, "a list of structs needs their size")
        precondition(count >= 0 && count < 1 << 29, "a list has fewer than 2^29 elements")
        message.erase(at: place)
        let words = (count * elementSize.stepBits + 63) / 64
        let wire = WirePointer.list(elementSize, count: count)
        let target = message.makeObject(wire, words: words, pointer: place)
        return unsafe ListBuilder(
            message: message, segment: target.segment, start: target.address, count: count, elementSize: elementSize,
            stepBits: elementSize.stepBits, dataBits: elementSize.dataBits, pointerCount: elementSize.pointerCount)
    }

    /// Points to a new list of structs, all at their defaults.
    ///
    /// - Precondition: `0 <= count < 2³⁰`, and all structs together have fewer than 2²⁹ words.
    @inlinable
    public func initStructList(count: Int, size: StructSize) -> ListBuilder {
        precondition(
            count >= 0 && count < 1 << 30 && count * size.words < 1 << 29, "a list of structs has fewer than 2^29 words"
        )
        message.erase(at: place)
        let words = count * size.words
        let wire = WirePointer.list(.inlineComposite, count: words)
        let target = message.makeObject(wire, words: words + 1, pointer: place)
        let tag = WirePointer.tag(count: count, size: size)
        unsafe target.address.storeBytes(of: tag.word.littleEndian, as: UInt64.self)
        return unsafe ListBuilder(
            message: message, segment: target.segment, start: target.address + 8, count: count,
            elementSize: .inlineComposite, stepBits: size.words &* 64, dataBits: Int(size.dataWords) &* 64,
            pointerCount: Int(size.pointers))
    }

    /// The list it points to; an empty one when it points to none.
    public func listBuilder() -> ListBuilder {
        guard !wire.isNull, wire.kind != .other, wire != .emptyStruct else { return emptyList() }
        let object = message.object(at: place)
        guard object.wire.kind == .list else { return emptyList() }
        let elementSize = object.wire.elementSize
        if elementSize == .inlineComposite {
            return unsafe structList(segment: object.place.segment, tag: object.place.address)
        }
        return unsafe ListBuilder(
            message: message, segment: object.place.segment, start: object.place.address,
            count: object.wire.elementCount, elementSize: elementSize, stepBits: elementSize.stepBits,
            dataBits: elementSize.dataBits, pointerCount: elementSize.pointerCount)
    }

    /// Points to a capability; `nil` sets the pointer to null.
    public func setCapability(_ hook: (any CapabilityHook)?) {
        message.erase(at: place)
        guard let hook else { return }
        unsafe message.store(.capability(index: message.addCapability(hook)), at: address)
    }

    /// The capability it points to; `nil` when it points to none.
    public func capability() -> (any CapabilityHook)? {
        guard wire.isCapability else { return nil }
        return message.capabilities[wire.capabilityIndex]
    }

    /// A reader of the pointer as it is now.
    ///
    /// Copies the whole message, so that the reader may go anywhere: not for use in a loop.
    public func asReader() -> PointerReader {
        let copy = message.asMessage()
        let copied = copy.segmentTable.isEmpty ? copy.firstSegment : copy.segmentTable[segment]
        return PointerReader(
            message: copy, location: copy.base + (copied.start + message.word(of: place) * 8),
            segment: Int32(truncatingIfNeeded: segment), nesting: copy.nestingLimit)
    }

    @inlinable
    func structBuilder(at target: MessageBuilder.Place, size: StructSize) -> StructBuilder {
        unsafe StructBuilder(
            message: message, segment: target.segment, data: target.address, dataBytes: Int(size.dataWords) * 8,
            pointerCount: Int(size.pointers))
    }

    private func structList(segment: Int, tag address: UnsafeMutableRawPointer) -> ListBuilder {
        let tag = unsafe message.load(address)
        let size = tag.structSize
        return unsafe ListBuilder(
            message: message, segment: segment, start: address + 8, count: tag.tagCount,
            elementSize: .inlineComposite, stepBits: size.words * 64, dataBits: Int(size.dataWords) * 64,
            pointerCount: Int(size.pointers))
    }

    private func emptyList() -> ListBuilder {
        unsafe ListBuilder(
            message: message, segment: segment, start: address, count: 0, elementSize: .void, stepBits: 0, dataBits: 0,
            pointerCount: 0)
    }
}
