// ByteCoding: the byte formats shared by every other module.
//
// - `ByteReader` walks over bytes somebody else made and throws instead of reading past the end; nothing in it traps on
//   its input, and nothing allocates more than what is really there.
// - `ByteWriter` appends to an array it owns.
// - Integers are little endian unless a name says big endian, as in Bitcoin's formats.
// - `Hex` turns bytes into text and back.
//
// All of it is `public`, though no product offers this module: what is only `package` the compiler never inlines into
// another module, and a call for every integer is most of the time that reading a block takes.
//
// The unsafe loads live here so that the Bitcoin modules need none: every load is behind one comparison with the end.

/// Reads integers and byte strings from a block of bytes, front to back.
///
/// A value type: a copy is a bookmark. Failed reads leave the position where it was.
public struct ByteReader: Sendable {
    /// Bitcoin Core's `MAX_SIZE`: the largest count or length a serialized object may announce (serialize.h).
    public static let maxCompactSize = 0x0200_0000

    @usableFromInline let storage: ArraySlice<UInt8>
    /// An index of `storage`.
    @usableFromInline var index: Int

    /// Starts at the first byte of `bytes`, without copying them.
    @inlinable
    public init(_ bytes: [UInt8]) {
        self.init(bytes[...])
    }

    /// Starts at the first byte of `bytes`, without copying them.
    @inlinable
    public init(_ bytes: ArraySlice<UInt8>) {
        storage = bytes
        index = bytes.startIndex
    }

    /// The number of bytes read so far.
    @inlinable @inline(__always)
    public var position: Int { index &- storage.startIndex }

    /// The number of bytes left to read.
    @inlinable @inline(__always)
    public var remaining: Int { storage.endIndex &- index }

    /// Whether everything has been read.
    @inlinable @inline(__always)
    public var isAtEnd: Bool { index == storage.endIndex }

    /// The bytes left to read, without moving on.
    @inlinable
    public var remainingBytes: ArraySlice<UInt8> { storage[index...] }

    /// The bytes between two positions, both counted from the start; used to keep the exact text of what was parsed.
    ///
    /// - Precondition: the range was read, or skipped, by this reader.
    @inlinable
    public func bytes(from start: Int, to end: Int) -> ArraySlice<UInt8> {
        storage[(storage.startIndex &+ start)..<(storage.startIndex &+ end)]
    }

    /// Checks that everything was read.
    ///
    /// - Throws: `trailingBytes` when something is left.
    @inlinable
    public func finish() throws(ByteCodingError) {
        guard isAtEnd else { throw .trailingBytes }
    }

    /// Reads one integer of any fixed width, little endian.
    ///
    /// - Throws: `endOfData`.
    @inlinable @inline(__always)
    public mutating func readInteger<T: FixedWidthInteger>(as type: T.Type = T.self) throws(ByteCodingError) -> T {
        let size = MemoryLayout<T>.size
        guard remaining >= size else { throw .endOfData }
        let offset = index &- storage.startIndex
        let raw = unsafe storage.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
        index &+= size
        return T(littleEndian: raw)
    }

    /// Reads one integer of any fixed width, big endian.
    ///
    /// - Throws: `endOfData`.
    @inlinable
    public mutating func readBigEndian<T: FixedWidthInteger>(as type: T.Type = T.self) throws(ByteCodingError) -> T {
        try readInteger(as: T.self).byteSwapped
    }

    /// Reads one byte.
    ///
    /// - Throws: `endOfData`.
    @inlinable @inline(__always)
    public mutating func readUInt8() throws(ByteCodingError) -> UInt8 {
        guard index < storage.endIndex else { throw .endOfData }
        let byte = storage[index]
        index &+= 1
        return byte
    }

    /// The next byte, without moving on; `nil` at the end.
    @inlinable @inline(__always)
    public func peekUInt8() -> UInt8? {
        index < storage.endIndex ? storage[index] : nil
    }

    /// Reads two bytes, little endian.
    ///
    /// - Throws: `endOfData`.
    @inlinable
    public mutating func readUInt16() throws(ByteCodingError) -> UInt16 { try readInteger() }

    /// Reads four bytes, little endian.
    ///
    /// - Throws: `endOfData`.
    @inlinable @inline(__always)
    public mutating func readUInt32() throws(ByteCodingError) -> UInt32 { try readInteger() }

    /// Reads eight bytes, little endian.
    ///
    /// - Throws: `endOfData`.
    @inlinable @inline(__always)
    public mutating func readUInt64() throws(ByteCodingError) -> UInt64 { try readInteger() }

    /// Reads four bytes as a signed integer, little endian.
    ///
    /// - Throws: `endOfData`.
    @inlinable @inline(__always)
    public mutating func readInt32() throws(ByteCodingError) -> Int32 { try readInteger() }

    /// Reads eight bytes as a signed integer, little endian.
    ///
    /// - Throws: `endOfData`.
    @inlinable @inline(__always)
    public mutating func readInt64() throws(ByteCodingError) -> Int64 { try readInteger() }

    /// Reads two bytes, big endian.
    ///
    /// - Throws: `endOfData`.
    @inlinable
    public mutating func readUInt16BigEndian() throws(ByteCodingError) -> UInt16 { try readBigEndian() }

    /// Reads four bytes, big endian.
    ///
    /// - Throws: `endOfData`.
    @inlinable
    public mutating func readUInt32BigEndian() throws(ByteCodingError) -> UInt32 { try readBigEndian() }

    /// Reads eight bytes, big endian.
    ///
    /// - Throws: `endOfData`.
    @inlinable
    public mutating func readUInt64BigEndian() throws(ByteCodingError) -> UInt64 { try readBigEndian() }

    /// Reads `count` bytes as a slice that shares the reader's storage.
    ///
    /// - Throws: `endOfData`, also for a negative count.
    @inlinable
    public mutating func readSlice(_ count: Int) throws(ByteCodingError) -> ArraySlice<UInt8> {
        guard count >= 0, remaining >= count else { throw .endOfData }
        let start = index
        index &+= count
        return storage[start..<index]
    }

    /// Reads `count` bytes into an array of their own.
    ///
    /// - Throws: `endOfData`, also for a negative count.
    @inlinable
    public mutating func readBytes(_ count: Int) throws(ByteCodingError) -> [UInt8] {
        guard count >= 0, remaining >= count else { throw .endOfData }
        guard count > 0 else { return [] }
        let offset = index &- storage.startIndex
        index &+= count
        return unsafe storage.withUnsafeBytes { source in
            unsafe [UInt8](unsafeUninitializedCapacity: count) { target, filled in
                unsafe UnsafeMutableRawBufferPointer(target).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: source[offset..<(offset &+ count)]))
                filled = count
            }
        }
    }

    /// Reads whatever is left.
    @inlinable
    public mutating func readRemaining() -> [UInt8] {
        defer { index = storage.endIndex }
        return Array(storage[index...])
    }

    /// Moves on by `count` bytes.
    ///
    /// - Throws: `endOfData`, also for a negative count.
    @inlinable
    public mutating func skip(_ count: Int) throws(ByteCodingError) {
        guard count >= 0, remaining >= count else { throw .endOfData }
        index &+= count
    }
}
