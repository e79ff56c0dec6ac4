/// Reads what a pointer points to: a struct, a list, text, data, a capability.
///
/// A value that names a place in a message. Following the pointer checks it and counts against the message's limits, so
/// keep the result instead of following it again and again.
@frozen
public struct PointerReader: Sendable {
    @usableFromInline let message: Message
    /// The byte of the message where the pointer is; negative for a pointer that is not there.
    @usableFromInline let location: Int
    @usableFromInline let segment: Int32
    @usableFromInline let nesting: Int32

    @usableFromInline
    init(message: Message, location: Int, segment: Int32, nesting: Int32) {
        self.message = message
        self.location = location
        self.segment = segment
        self.nesting = nesting
    }

    /// A null pointer.
    @inlinable
    public init() {
        self.init(message: .empty, location: -1, segment: 0, nesting: 0)
    }

    /// Whether the field was never set; a reader then gets the default.
    @inlinable
    public var isNull: Bool { location < 0 || message.load(location, as: UInt64.self) == 0 }

    /// Whether the pointer is one to a capability, valid or not.
    public var isCapability: Bool { wire.isCapability }

    /// What the pointer points to, far pointers followed.
    ///
    /// - Throws: `unknownSegment`, `outOfBounds`, `malformedFarPointer`, `traversalLimit`.
    public func kind() throws(CapnpError) -> PointerKind {
        let wire = wire
        if wire.isNull { return .null }
        if wire.kind == .other { return wire.isCapability ? .capability : .unknown }
        return try resolve(wire).wire.kind == .list ? .list : .structure
    }

    /// The struct it points to; a struct of defaults when the pointer is null.
    ///
    /// - Throws: `wrongPointerKind`, `nestingLimit`, `traversalLimit`, `outOfBounds` and the other errors of bad pointers.
    public func structReader() throws(CapnpError) -> StructReader {
        let wire = wire
        if wire.isNull { return StructReader() }
        guard nesting > 0 else { throw .nestingLimit }
        let target = try resolve(wire)
        guard target.wire.kind == .structure else { throw .wrongPointerKind }
        let size = target.wire.structSize
        let start = try claim(target, words: size.words)
        return StructReader(
            message: message, start: start, dataBytes: Int32(size.dataWords) &* 8, pointerCount: Int32(size.pointers),
            segment: Int32(truncatingIfNeeded: target.segmentIndex), nesting: nesting &- 1)
    }

    /// The text it points to; empty when the pointer is null. Bytes that are not UTF-8 are replaced by U+FFFD.
    ///
    /// - Throws: `wrongPointerKind`, `unterminatedText`, `traversalLimit`, `outOfBounds` and the other errors of bad
    ///   pointers.
    public func text() throws(CapnpError) -> String {
        String(decoding: try textBytes(), as: UTF8.self)
    }

    /// The bytes of the text it points to, without the NUL at its end; they share the message's storage.
    ///
    /// - Throws: as `text()`.
    public func textBytes() throws(CapnpError) -> ArraySlice<UInt8> {
        guard !isNull else { return [] }
        let bytes = try byteList()
        guard bytes.last == 0 else { throw .unterminatedText }
        return bytes.dropLast()
    }

    /// The data it points to; empty when the pointer is null.
    ///
    /// - Throws: `wrongPointerKind`, `traversalLimit`, `outOfBounds` and the other errors of bad pointers.
    public func data() throws(CapnpError) -> [UInt8] {
        Array(try dataSlice())
    }

    /// The data it points to, sharing the message's storage: no copy, but the message lives as long as the slice.
    ///
    /// - Throws: as `data()`.
    public func dataSlice() throws(CapnpError) -> ArraySlice<UInt8> {
        isNull ? [] : try byteList()
    }

    /// Calls `body` with the data it points to, without copying it.
    ///
    /// - Throws: as `data()`.
    public func withBytes<R>(_ body: (RawSpan) -> R) throws(CapnpError) -> R {
        let slice = try dataSlice()
        return unsafe body(slice.span.bytes)
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

    var wire: WirePointer {
        location < 0 ? .null : WirePointer(word: message.load(location, as: UInt64.self))
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
