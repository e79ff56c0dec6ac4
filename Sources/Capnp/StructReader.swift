/// Reads the fields of a struct.
///
/// Getters never fail: a field beyond the end of its section, written by somebody with an older schema, has its default
/// value. Offsets are what a schema compiler computes.
@frozen
public struct StructReader: Sendable {
    @usableFromInline let message: Message
    /// Where the data section begins; the pointer section follows it.
    @usableFromInline let data: MessageAddress
    /// The length of the data section in bytes; not a multiple of 8 when the struct is really a list element.
    @usableFromInline let dataBytes: Int32
    @usableFromInline let pointerCount: Int32
    @usableFromInline let segment: Int32
    @usableFromInline let nesting: Int32

    @inlinable
    init(
        message: Message, data: MessageAddress, dataBytes: Int32, pointerCount: Int32, segment: Int32, nesting: Int32
    ) {
        self.message = message
        self.data = data
        self.dataBytes = dataBytes
        self.pointerCount = pointerCount
        self.segment = segment
        self.nesting = nesting
    }

    /// A struct with every field at its default.
    @inlinable
    public init() {
        let message = Message.empty
        self.init(message: message, data: message.base, dataBytes: 0, pointerCount: 0, segment: 0, nesting: 0)
    }

    /// The size the sender gave the struct, data rounded up to words.
    public var size: StructSize {
        StructSize(
            dataWords: UInt16(truncatingIfNeeded: (dataBytes &+ 7) / 8),
            pointers: UInt16(truncatingIfNeeded: pointerCount))
    }

    /// The `Bool` at a bit of the data section.
    @inlinable
    public func bool(at bit: Int, default defaultValue: Bool = false) -> Bool {
        let byte = bit >> 3
        guard byte >= 0, byte < Int(dataBytes) else { return defaultValue }
        return withExtendedLifetime(message) {
            (data.load(byte, as: UInt8.self) >> UInt8(truncatingIfNeeded: bit & 7) & 1 != 0) != defaultValue
        }
    }

    /// The integer at a byte of the data section; its width is that of `T`.
    ///
    /// - Parameter defaultValue: the default of the schema, which the wire form is XORed with.
    @inlinable
    public func integer<T: FixedWidthInteger>(at byteOffset: Int, default defaultValue: T = 0) -> T {
        guard byteOffset >= 0, byteOffset <= Int(dataBytes) &- MemoryLayout<T>.size else { return defaultValue }
        return withExtendedLifetime(message) { data.load(byteOffset, as: T.self) ^ defaultValue }
    }

    /// The 32-bit float at a byte of the data section.
    @inlinable
    public func float32(at byteOffset: Int, default defaultValue: Float = 0) -> Float {
        Float(bitPattern: integer(at: byteOffset, default: defaultValue.bitPattern))
    }

    /// The 64-bit float at a byte of the data section.
    @inlinable
    public func float64(at byteOffset: Int, default defaultValue: Double = 0) -> Double {
        Double(bitPattern: integer(at: byteOffset, default: defaultValue.bitPattern))
    }

    /// A pointer of the pointer section; a null one beyond its end.
    @inlinable
    public func pointer(at index: Int) -> PointerReader {
        let exists = index >= 0 && index < Int(pointerCount)
        return PointerReader(
            message: message, location: exists ? data + (Int(dataBytes) &+ index &* 8) : nil, segment: segment,
            nesting: nesting)
    }
}
