// The only raw loads of the reading side. Every caller has checked its offset when it followed a pointer.

/// A byte of a message's memory.
///
/// Whoever holds one also holds its message, and uses it through `withExtendedLifetime(message)` only.
@frozen
@usableFromInline
@safe
struct MessageAddress: @unchecked Sendable {
    // Sendable: the memory is that of an array that nobody changes.

    @usableFromInline let raw: UnsafeRawPointer

    @inlinable
    init(_ raw: UnsafeRawPointer) {
        unsafe self.raw = raw
    }

    /// The integer at a byte offset, little endian.
    ///
    /// - Precondition: the integer lies inside the message.
    @inlinable
    func load<T: FixedWidthInteger>(_ offset: Int, as type: T.Type) -> T {
        unsafe T(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// The pointer here.
    ///
    /// - Precondition: its word lies inside the message.
    @inlinable
    var wire: WirePointer { WirePointer(word: load(0, as: UInt64.self)) }

    @inlinable
    static func + (address: MessageAddress, offset: Int) -> MessageAddress {
        unsafe MessageAddress(address.raw + offset)
    }

    /// The bytes from the second address to the first.
    @inlinable
    static func - (address: MessageAddress, other: MessageAddress) -> Int {
        unsafe address.raw - other.raw
    }

    /// Bytes of the message from here on.
    ///
    /// - Precondition: they lie inside the message.
    @inlinable
    func bytes(_ count: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: raw, count: count)
    }

    /// Copies `count` bytes of the message to `target`.
    ///
    /// - Precondition: the range lies inside the message, and `target` has room.
    @inlinable
    func copyBytes(count: Int, to target: UnsafeMutableRawPointer) {
        guard count > 0 else { return }
        unsafe target.copyMemory(from: raw, byteCount: count)
    }
}

extension Message {
    /// The first byte of an array's storage.
    ///
    /// Outlives the call it comes from: the storage of an array of bytes is one block that neither moves nor is freed while
    /// some owner keeps it and nobody changes it. The message is such an owner for as long as it lives.
    static func base(of bytes: [UInt8]) -> MessageAddress {
        unsafe bytes.withUnsafeBytes { memory in
            // An empty array may have no address. No byte of it is ever loaded.
            unsafe MessageAddress(memory.baseAddress ?? UnsafeRawPointer(bitPattern: 8).unsafelyUnwrapped)
        }
    }

    /// The bytes at an address as part of the message's array: no copy.
    func slice(_ address: MessageAddress, count: Int) -> ArraySlice<UInt8> {
        let start = address - base
        return bytes[start..<(start + count)]
    }
}
