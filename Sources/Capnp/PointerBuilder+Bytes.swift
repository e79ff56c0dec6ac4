// Text and data.

extension PointerBuilder {
    /// Points to a copy of `text`.
    ///
    /// - Precondition: it has fewer than 2²⁹ - 1 bytes.
    public func setText(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            let target = unsafe makeBytes(count: utf8.count + 1)
            unsafe target.copyMemory(from: UnsafeRawBufferPointer(utf8))
        }
    }

    /// Points to a copy of `data`.
    ///
    /// - Precondition: it has fewer than 2²⁹ bytes.
    @inlinable
    public func setData(_ data: some Collection<UInt8>) {
        withExtendedLifetime(message) {
            unsafe makeBytes(count: data.count).copyBytes(from: data)
        }
    }

    /// Points to a copy of `data`.
    ///
    /// - Precondition: it has fewer than 2²⁹ bytes.
    public func setData(_ data: RawSpan) {
        withExtendedLifetime(message) {
            unsafe data.withUnsafeBytes { bytes in
                unsafe makeBytes(count: bytes.count).copyMemory(from: bytes)
            }
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

    /// Points to a new list of `count` zero bytes, and gives its memory, which lives as long as the message.
    @usableFromInline
    func makeBytes(count: Int) -> UnsafeMutableRawBufferPointer {
        let list = initList(.byte, count: count)
        return unsafe UnsafeMutableRawBufferPointer(start: list.start, count: count)
    }
}
