// Pointers inside a message under construction.
//
// Everything in the segments was laid there by this module, so nothing is checked here: no caller can write into a
// pointer section except through these functions.

extension MessageBuilder {
    /// An object of the message.
    struct Object {
        /// Says what it is; its offset means nothing.
        var wire: WirePointer
        var place: Place
    }

    func load(_ address: UnsafeMutableRawPointer) -> WirePointer {
        unsafe WirePointer(word: UInt64(littleEndian: address.load(as: UInt64.self)))
    }

    func store(_ wire: WirePointer, at address: UnsafeMutableRawPointer) {
        unsafe address.storeBytes(of: wire.word.littleEndian, as: UInt64.self)
    }

    /// The word of its segment that a place is.
    func word(of place: Place) -> Int {
        unsafe (place.address - base(ofSegment: place.segment)) / 8
    }

    /// What the pointer at `place` points to.
    ///
    /// - Precondition: it is a struct, list or far pointer.
    func object(at place: Place) -> Object {
        let wire = unsafe load(place.address)
        guard wire.kind == .far else {
            let target = unsafe Place(segment: place.segment, address: place.address + 8 + wire.offset * 8)
            return Object(wire: wire, place: target)
        }
        let pad = unsafe base(ofSegment: wire.farSegment) + wire.farWord * 8
        let first = unsafe load(pad)
        guard wire.isDoubleFar else {
            let target = unsafe Place(segment: wire.farSegment, address: pad + 8 + first.offset * 8)
            return Object(wire: first, place: target)
        }
        let base = unsafe base(ofSegment: first.farSegment)
        let target = unsafe Place(segment: first.farSegment, address: base + first.farWord * 8)
        return unsafe Object(wire: load(pad + 8), place: target)
    }

    /// Makes room for an object and lets the pointer at `place` point to it, whatever it pointed to before.
    ///
    /// - Parameter wire: kind and size, its offset 0.
    @usableFromInline
    func makeObject(_ wire: WirePointer, words: Int, pointer place: Place) -> Place {
        makeObject(wire, words: words, pointer: place, clears: true)
    }

    /// Makes room for an object, as `makeObject(_:words:pointer:)`.
    ///
    /// - Parameter clears: whether the room is to be zeroed; else the caller has to write all of it.
    @inline(__always)
    func makeObject(_ wire: WirePointer, words: Int, pointer place: Place, clears: Bool) -> Place {
        if wire.word == 0, words == 0 {
            unsafe store(.emptyStruct, at: place.address)
            return place
        }
        if let target = allocate(words: words, inSegment: place.segment, clears: clears) {
            let distance = unsafe (target.address - place.address) / 8 - 1
            unsafe store(wire.withOffset(distance), at: place.address)
            return target
        }
        return makeFarObject(wire, words: words, pointer: place, clears: clears)
    }

    @inline(never)
    private func makeFarObject(_ wire: WirePointer, words: Int, pointer place: Place, clears: Bool) -> Place {
        let pad = allocate(words: words + 1, clears: clears)
        unsafe store(wire, at: pad.address)
        unsafe store(.far(segment: pad.segment, word: word(of: pad)), at: place.address)
        return unsafe Place(segment: pad.segment, address: pad.address + 8)
    }

    /// Moves the pointer at `source` to `target`, and leaves null behind. The object stays where it is.
    func movePointer(from source: Place, to target: Place) {
        let wire = unsafe load(source.address)
        defer { unsafe store(.null, at: source.address) }
        guard !wire.isNull, wire.kind == .structure || wire.kind == .list, wire != .emptyStruct else {
            // Capabilities and far pointers mean the same everywhere.
            unsafe store(wire, at: target.address)
            return
        }
        let object = object(at: source)
        if object.place.segment == target.segment {
            let distance = unsafe (object.place.address - target.address) / 8 - 1
            unsafe store(wire.withOffset(distance), at: target.address)
        } else if let pad = allocate(words: 1, inSegment: object.place.segment) {
            let distance = unsafe (object.place.address - pad.address) / 8 - 1
            unsafe store(wire.withOffset(distance), at: pad.address)
            unsafe store(.far(segment: pad.segment, word: word(of: pad)), at: target.address)
        } else {
            let pad = allocate(words: 2)
            unsafe store(.far(segment: object.place.segment, word: word(of: object.place)), at: pad.address)
            unsafe store(wire.withOffset(0), at: pad.address + 8)
            unsafe store(.far(segment: pad.segment, word: word(of: pad), isDouble: true), at: target.address)
        }
    }

    /// Makes the pointer at `place` null, and overwrites what it pointed to: nobody shall receive what was taken out.
    @inlinable
    func erase(at place: Place) {
        // Pointers are mostly set once.
        if unsafe place.address.load(as: UInt64.self) != 0 { eraseObject(at: place) }
    }

    @usableFromInline
    func eraseObject(at place: Place) {
        let wire = unsafe load(place.address)
        unsafe store(.null, at: place.address)
        guard !wire.isNull, wire.kind != .other, wire != .emptyStruct else { return }
        unsafe store(wire, at: place.address)
        let object = object(at: place)
        unsafe store(.null, at: place.address)
        if wire.kind == .far {
            let pad = unsafe base(ofSegment: wire.farSegment) + wire.farWord * 8
            unsafe zero(pad, words: wire.isDoubleFar ? 2 : 1)
        }
        switch object.wire.kind {
        case .structure: eraseStruct(at: object.place, size: object.wire.structSize)
        case .list: eraseList(object)
        case .far, .other: break
        }
    }

    private func eraseStruct(at place: Place, size: StructSize) {
        let pointers = unsafe place.address + Int(size.dataWords) * 8
        for index in 0..<Int(size.pointers) {
            unsafe erase(at: Place(segment: place.segment, address: pointers + index * 8))
        }
        unsafe zero(place.address, words: Int(size.dataWords))
    }

    private func eraseList(_ object: Object) {
        let (place, count) = (object.place, object.wire.elementCount)
        let elementSize = object.wire.elementSize
        switch elementSize {
        case .pointer:
            for index in 0..<count {
                unsafe erase(at: Place(segment: place.segment, address: place.address + index * 8))
            }
        case .inlineComposite:
            let tag = unsafe load(place.address)
            let size = tag.structSize
            for index in 0..<(size.words == 0 ? 0 : tag.tagCount) {
                let element = unsafe place.address + 8 + index * size.words * 8
                unsafe eraseStruct(at: Place(segment: place.segment, address: element), size: size)
            }
            unsafe zero(place.address, words: 1)
        default:
            unsafe zero(place.address, words: (count * elementSize.stepBits + 63) / 64)
        }
    }

    private func zero(_ address: UnsafeMutableRawPointer, words: Int) {
        unsafe address.initializeMemory(as: UInt8.self, repeating: 0, count: words * 8)
    }
}
