// Text and data.

extension PointerBuilder {
    /// Points to a copy of `text`.
    ///
    /// - Precondition: it has fewer than 2²⁹ - 1 bytes.
    public func setText(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            unsafe setBytes(UnsafeRawBufferPointer(utf8), room: utf8.count + 1)
        }
    }

    /// Points to a copy of `data`.
    ///
    /// - Precondition: it has fewer than 2²⁹ bytes.
    @inlinable
    public func setData(_ data: some Collection<UInt8>) {
        let isCopied: Void? = data.withContiguousStorageIfAvailable { bytes in
            unsafe setBytes(UnsafeRawBufferPointer(bytes), room: bytes.count)
        }
        guard isCopied == nil else { return }
        withExtendedLifetime(message) {
            unsafe makeBytes(count: data.count).copyBytes(from: data)
        }
    }

    /// Points to a copy of `data`.
    ///
    /// - Precondition: it has fewer than 2²⁹ bytes.
    public func setData(_ data: RawSpan) {
        unsafe data.withUnsafeBytes { bytes in
            unsafe setBytes(bytes, room: bytes.count)
        }
    }

    /// The text it points to; empty when it points to none.
    public func text() -> String {
        String(decoding: data().dropLast(), as: UTF8.self)
    }

    /// The data it points to; empty when it points to none.
    public func data() -> [UInt8] {
        let list = listBuilder()
        guard list.elementSize == .byte else { return [] }
        return withExtendedLifetime(message) {
            unsafe [UInt8](UnsafeRawBufferPointer(start: list.start, count: list.count))
        }
    }

    /// Points to a new list of `room` bytes: `bytes`, of which there are no more than that, then zeros.
    @usableFromInline
    func setBytes(_ bytes: UnsafeRawBufferPointer, room: Int) {
        precondition(room >= bytes.count && room < 1 << 29, "a list has fewer than 2^29 elements")
        message.erase(at: place)
        let words = (room + 7) / 8
        // Not cleared first, except for the end.
        let target = message.makeObject(
            WirePointer.list(.byte, count: room), words: words, pointer: place, clears: false)
        withExtendedLifetime(message) {
            guard words > 0 else { return }
            unsafe target.address.storeBytes(of: 0, toByteOffset: (words - 1) * 8, as: UInt64.self)
            guard let base = bytes.baseAddress else { return }
            unsafe target.address.copyMemory(from: base, byteCount: bytes.count)
        }
    }

    /// Points to a new list of `count` zero bytes, and gives its memory, which lives as long as the message.
    @usableFromInline
    func makeBytes(count: Int) -> UnsafeMutableRawBufferPointer {
        precondition(count < 1 << 29, "a list has fewer than 2^29 elements")
        message.erase(at: place)
        let target = message.makeObject(.list(.byte, count: count), words: (count &+ 7) >> 3, pointer: place)
        return unsafe UnsafeMutableRawBufferPointer(start: target.address, count: count)
    }
}
