/// Reads what a pointer points to: a struct, a list, text, data, a capability.
///
/// A value that names a place in a message. Following the pointer checks it and counts against the message's limits, so
/// keep the result instead of following it again and again.
@frozen
public struct PointerReader: Sendable {
    @usableFromInline let message: Message
    /// Where the pointer is; nil for a pointer that is not there.
    @usableFromInline let location: MessageAddress?
    @usableFromInline let segment: Int32
    @usableFromInline let nesting: Int32

    @inlinable
    init(message: Message, location: MessageAddress?, segment: Int32, nesting: Int32) {
        self.message = message
        self.location = location
        self.segment = segment
        self.nesting = nesting
    }

    /// A null pointer.
    @inlinable
    public init() {
        self.init(message: .empty, location: nil, segment: 0, nesting: 0)
    }

    /// The pointer's word; 0 for a pointer that is not there.
    @inlinable
    var wire: WirePointer {
        withExtendedLifetime(message) { location?.wire ?? WirePointer(word: 0) }
    }

    /// Whether the field was never set; a reader then gets the default.
    @inlinable
    public var isNull: Bool { wire.word == 0 }

    /// Whether the pointer is one to a capability, valid or not.
    public var isCapability: Bool { wire.isCapability }

    /// What the pointer points to, far pointers followed.
    ///
    /// - Throws: `unknownSegment`, `outOfBounds`, `malformedFarPointer`, `traversalLimit`.
    public func kind() throws(CapnpError) -> PointerKind {
        let wire = wire
        if wire.isNull { return .null }
        if wire.kind == .other { return wire.isCapability ? .capability : .unknown }
        return try message.resolve(self).wire.kind == .list ? .list : .structure
    }

    /// The struct it points to; a struct of defaults when the pointer is null.
    ///
    /// - Throws: `wrongPointerKind`, `nestingLimit`, `traversalLimit`, `outOfBounds` and the other errors of bad pointers.
    @inlinable
    public func structReader() throws(CapnpError) -> StructReader {
        guard let location, !isNull else { return StructReader() }
        let target = try message.structTarget(location, segment, nesting)
        return StructReader(
            message: message, data: target.data, dataBytes: target.dataBytes, pointerCount: target.pointerCount,
            segment: target.segment, nesting: nesting &- 1)
    }

    /// The text it points to; empty when the pointer is null. Bytes that are not UTF-8 are replaced by U+FFFD.
    ///
    /// - Throws: `wrongPointerKind`, `unterminatedText`, `traversalLimit`, `outOfBounds` and the other errors of bad
    ///   pointers.
    public func text() throws(CapnpError) -> String {
        guard let target = try textTarget() else { return "" }
        return withExtendedLifetime(message) {
            unsafe String(decoding: target.start.bytes(target.count), as: UTF8.self)
        }
    }

    /// The bytes of the text it points to, without the NUL at its end; they share the message's storage.
    ///
    /// - Throws: as `text()`.
    public func textBytes() throws(CapnpError) -> ArraySlice<UInt8> {
        guard let target = try textTarget() else { return [] }
        return message.slice(target.start, count: target.count)
    }

    /// The data it points to; empty when the pointer is null.
    ///
    /// - Throws: `wrongPointerKind`, `traversalLimit`, `outOfBounds` and the other errors of bad pointers.
    public func data() throws(CapnpError) -> [UInt8] {
        guard let target = try bytesTarget() else { return [] }
        return withExtendedLifetime(message) { unsafe [UInt8](target.start.bytes(target.count)) }
    }

    /// The data it points to, sharing the message's storage: no copy, but the message lives as long as the slice.
    ///
    /// - Throws: as `data()`.
    public func dataSlice() throws(CapnpError) -> ArraySlice<UInt8> {
        guard let target = try bytesTarget() else { return [] }
        return message.slice(target.start, count: target.count)
    }

    /// Calls `body` with the data it points to, without copying it.
    ///
    /// - Throws: as `data()`.
    @inlinable
    public func withBytes<R>(_ body: (RawSpan) -> R) throws(CapnpError) -> R {
        guard let target = try bytesTarget() else { return body(RawSpan()) }
        return withExtendedLifetime(message) {
            let bytes = unsafe target.start.bytes(target.count)
            return unsafe body(bytes.bytes)
        }
    }

    /// Calls `body` with the data it points to as single bytes, without copying it.
    ///
    /// - Throws: as `data()`.
    @inlinable
    public func withSpan<R>(_ body: (Span<UInt8>) -> R) throws(CapnpError) -> R {
        guard let target = try bytesTarget() else { return body(Span()) }
        return withExtendedLifetime(message) {
            let bytes = unsafe UnsafeBufferPointer(
                start: target.start.raw.assumingMemoryBound(to: UInt8.self), count: target.count)
            return unsafe body(bytes.span)
        }
    }

    /// The capability it refers to; `nil` when the pointer is null, or the table has no capability there.
    ///
    /// - Throws: `wrongPointerKind`, `unknownCapability` for an index that the message's table does not have.
    public func capability() throws(CapnpError) -> (any CapabilityHook)? {
        let wire = wire
        if wire.isNull { return nil }
        guard wire.isCapability else { throw .wrongPointerKind }
        return try message.capability(at: wire.capabilityIndex)
    }

    /// The index that a capability pointer has in the message's table; `nil` for any other pointer.
    public var capabilityIndex: Int? {
        let wire = wire
        return wire.isCapability ? wire.capabilityIndex : nil
    }
}

/// What a pointer points to.
@frozen
public enum PointerKind: Sendable {
    /// Nothing: the field is not set.
    case null
    /// A struct.
    case structure
    /// A list, text or data.
    case list
    /// An entry of the capability table.
    case capability
    /// A kind that the encoding does not define yet.
    case unknown
}
