/// Writes, and reads back, the fields of a struct.
///
/// Offsets are what a schema compiler computes.
@frozen
@safe
public struct StructBuilder {
    /// The message the struct is part of.
    public let message: MessageBuilder
    /// The first byte of the data section; the pointer section follows it.
    @usableFromInline let data: UnsafeMutableRawPointer
    @usableFromInline let segment: Int32
    @usableFromInline let dataBytes: Int32
    @usableFromInline let pointerCount: Int32

    @inlinable
    init(message: MessageBuilder, segment: Int, data: UnsafeMutableRawPointer, dataBytes: Int, pointerCount: Int) {
        self.message = message
        unsafe self.data = unsafe data
        self.segment = Int32(truncatingIfNeeded: segment)
        self.dataBytes = Int32(truncatingIfNeeded: dataBytes)
        self.pointerCount = Int32(truncatingIfNeeded: pointerCount)
    }

    /// The size of the struct's sections.
    public var size: StructSize {
        StructSize(
            dataWords: UInt16(truncatingIfNeeded: (dataBytes &+ 7) / 8),
            pointers: UInt16(truncatingIfNeeded: pointerCount))
    }

    /// Sets the `Bool` at a bit of the data section.
    ///
    /// - Precondition: the struct has that bit.
    @inlinable
    public func setBool(_ value: Bool, at bit: Int, default defaultValue: Bool = false) {
        precondition(bit >= 0 && bit >> 3 < Int(dataBytes), "field beyond the end of its struct")
        let mask = UInt8(1) << UInt8(truncatingIfNeeded: bit & 7)
        withExtendedLifetime(message) {
            let byte = unsafe data.load(fromByteOffset: bit >> 3, as: UInt8.self)
            let changed = value != defaultValue ? byte | mask : byte & ~mask
            unsafe data.storeBytes(of: changed, toByteOffset: bit >> 3, as: UInt8.self)
        }
    }

    /// The `Bool` at a bit of the data section.
    @inlinable
    public func bool(at bit: Int, default defaultValue: Bool = false) -> Bool {
        guard bit >= 0, bit >> 3 < Int(dataBytes) else { return defaultValue }
        return withExtendedLifetime(message) {
            let byte = unsafe data.load(fromByteOffset: bit >> 3, as: UInt8.self)
            return (byte >> UInt8(truncatingIfNeeded: bit & 7) & 1 != 0) != defaultValue
        }
    }

    /// Sets the integer at a byte of the data section; its width is that of `T`.
    ///
    /// - Parameter defaultValue: the default of the schema, which the wire form is XORed with.
    /// - Precondition: the struct has those bytes.
    @inlinable
    public func setInteger<T: FixedWidthInteger>(_ value: T, at byteOffset: Int, default defaultValue: T = 0) {
        precondition(
            byteOffset >= 0 && byteOffset <= Int(dataBytes) &- MemoryLayout<T>.size,
            "field beyond the end of its struct")
        withExtendedLifetime(message) {
            unsafe data.storeBytes(of: (value ^ defaultValue).littleEndian, toByteOffset: byteOffset, as: T.self)
        }
    }

    /// The integer at a byte of the data section.
    @inlinable
    public func integer<T: FixedWidthInteger>(at byteOffset: Int, default defaultValue: T = 0) -> T {
        guard byteOffset >= 0, byteOffset <= Int(dataBytes) &- MemoryLayout<T>.size else { return defaultValue }
        return withExtendedLifetime(message) {
            T(littleEndian: unsafe data.loadUnaligned(fromByteOffset: byteOffset, as: T.self)) ^ defaultValue
        }
    }

    /// Sets the 32-bit float at a byte of the data section.
    ///
    /// - Precondition: the struct has those bytes.
    @inlinable
    public func setFloat32(_ value: Float, at byteOffset: Int, default defaultValue: Float = 0) {
        setInteger(value.bitPattern, at: byteOffset, default: defaultValue.bitPattern)
    }

    /// The 32-bit float at a byte of the data section.
    @inlinable
    public func float32(at byteOffset: Int, default defaultValue: Float = 0) -> Float {
        Float(bitPattern: integer(at: byteOffset, default: defaultValue.bitPattern))
    }

    /// Sets the 64-bit float at a byte of the data section.
    ///
    /// - Precondition: the struct has those bytes.
    @inlinable
    public func setFloat64(_ value: Double, at byteOffset: Int, default defaultValue: Double = 0) {
        setInteger(value.bitPattern, at: byteOffset, default: defaultValue.bitPattern)
    }

    /// The 64-bit float at a byte of the data section.
    @inlinable
    public func float64(at byteOffset: Int, default defaultValue: Double = 0) -> Double {
        Double(bitPattern: integer(at: byteOffset, default: defaultValue.bitPattern))
    }

    /// A pointer of the pointer section.
    ///
    /// - Precondition: the struct has that pointer.
    @inlinable
    public func pointer(at index: Int) -> PointerBuilder {
        precondition(index >= 0 && index < Int(pointerCount), "pointer beyond the end of its struct")
        return unsafe PointerBuilder(
            message: message, segment: Int(segment), address: data + Int(dataBytes) + index * 8)
    }

    /// A reader of the struct as it is now.
    ///
    /// Copies the whole message, so that the reader may go anywhere: not for use in a loop.
    public func asReader() -> StructReader {
        let copy = message.asMessage()
        let index = Int(segment)
        // The copy has the same segments, in the same order.
        let copied = copy.segmentTable.isEmpty ? copy.firstSegment : copy.segmentTable[index]
        let offset = unsafe data - message.base(ofSegment: index)
        return StructReader(
            message: copy, data: copy.base + (copied.start + offset), dataBytes: dataBytes, pointerCount: pointerCount,
            segment: segment, nesting: copy.nestingLimit)
    }
}
