/// Appends integers and byte strings to an array.
public struct ByteWriter: Sendable {
    /// What has been written so far.
    public var bytes: [UInt8]

    /// Starts empty, with room for `capacity` bytes.
    @inlinable
    public init(capacity: Int = 0) {
        bytes = []
        if capacity > 0 { bytes.reserveCapacity(capacity) }
    }

    /// Goes on at the end of `bytes`.
    @inlinable
    public init(appendingTo bytes: consuming [UInt8]) {
        self.bytes = bytes
    }

    /// The number of bytes written.
    @inlinable
    public var count: Int { bytes.count }

    /// Appends one byte.
    @inlinable
    public mutating func writeUInt8(_ value: UInt8) { bytes.append(value) }

    /// Appends an integer of any fixed width, little endian.
    @inlinable
    public mutating func writeInteger<T: FixedWidthInteger>(_ value: T) {
        unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    /// Appends an integer of any fixed width, big endian.
    @inlinable
    public mutating func writeBigEndian<T: FixedWidthInteger>(_ value: T) {
        unsafe Swift.withUnsafeBytes(of: value.bigEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    /// Appends two bytes, little endian.
    @inlinable
    public mutating func writeUInt16(_ value: UInt16) { writeInteger(value) }

    /// Appends four bytes, little endian.
    @inlinable
    public mutating func writeUInt32(_ value: UInt32) { writeInteger(value) }

    /// Appends eight bytes, little endian.
    @inlinable
    public mutating func writeUInt64(_ value: UInt64) { writeInteger(value) }

    /// Appends four bytes, little endian.
    @inlinable
    public mutating func writeInt32(_ value: Int32) { writeInteger(value) }

    /// Appends eight bytes, little endian.
    @inlinable
    public mutating func writeInt64(_ value: Int64) { writeInteger(value) }

    /// Appends two bytes, big endian.
    @inlinable
    public mutating func writeUInt16BigEndian(_ value: UInt16) { writeBigEndian(value) }

    /// Appends four bytes, big endian.
    @inlinable
    public mutating func writeUInt32BigEndian(_ value: UInt32) { writeBigEndian(value) }

    /// Appends eight bytes, big endian.
    @inlinable
    public mutating func writeUInt64BigEndian(_ value: UInt64) { writeBigEndian(value) }

    /// Appends `bytes` as they are.
    @inlinable
    public mutating func writeBytes(_ bytes: some Sequence<UInt8>) {
        self.bytes.append(contentsOf: bytes)
    }

    /// Appends `bytes` as they are.
    public mutating func writeBytes(_ bytes: [UInt8]) { self.bytes.append(contentsOf: bytes) }

    /// Appends `bytes` as they are.
    public mutating func writeBytes(_ bytes: ArraySlice<UInt8>) { self.bytes.append(contentsOf: bytes) }

    /// Appends `count` times the same byte.
    @inlinable
    public mutating func writeRepeating(_ byte: UInt8, count: Int) {
        bytes.append(contentsOf: repeatElement(byte, count: count))
    }

    /// Appends a CompactSize in its shortest form (serialize.h).
    @inlinable
    public mutating func writeCompactSize(_ value: UInt64) {
        switch value {
        case ..<253:
            writeUInt8(UInt8(truncatingIfNeeded: value))
        case ..<0x1_0000:
            writeUInt8(253)
            writeUInt16(UInt16(truncatingIfNeeded: value))
        case ..<0x1_0000_0000:
            writeUInt8(254)
            writeUInt32(UInt32(truncatingIfNeeded: value))
        default:
            writeUInt8(255)
            writeUInt64(value)
        }
    }

    /// Appends a count or length as a CompactSize.
    ///
    /// - Precondition: `value` is not negative.
    @inlinable
    public mutating func writeCompactSize(_ value: Int) { writeCompactSize(UInt64(value)) }

    /// Appends the length of `bytes` as a CompactSize, then `bytes`.
    @inlinable
    public mutating func writeSizedBytes(_ bytes: some Collection<UInt8>) {
        writeCompactSize(bytes.count)
        writeBytes(bytes)
    }

    /// Appends the length of `bytes` as a CompactSize, then `bytes`.
    public mutating func writeSizedBytes(_ bytes: [UInt8]) {
        writeCompactSize(bytes.count)
        writeBytes(bytes)
    }

    /// Appends the length of `bytes` as a CompactSize, then `bytes`.
    public mutating func writeSizedBytes(_ bytes: ArraySlice<UInt8>) {
        writeCompactSize(bytes.count)
        writeBytes(bytes)
    }

    /// Appends Core's VARINT form of `value` (see `ByteReader.readVarInt()`).
    @inlinable
    public mutating func writeVarInt(_ value: UInt64) {
        // Ten digits hold 64 bits; the last digit comes out first, so they are laid down from the back.
        var digits: InlineArray<10, UInt8> = .init(repeating: 0)
        var first = 9
        var rest = value
        digits[9] = UInt8(truncatingIfNeeded: rest & 0x7f)
        while rest > 0x7f {
            rest = (rest >> 7) &- 1
            first -= 1
            digits[first] = UInt8(truncatingIfNeeded: rest & 0x7f) | 0x80
        }
        for index in first..<10 { bytes.append(digits[index]) }
    }

    /// The number of bytes a CompactSize of `value` takes: 1, 3, 5 or 9.
    @inlinable
    public static func compactSizeLength(_ value: UInt64) -> Int {
        switch value {
        case ..<253: 1
        case ..<0x1_0000: 3
        case ..<0x1_0000_0000: 5
        default: 9
        }
    }
}
