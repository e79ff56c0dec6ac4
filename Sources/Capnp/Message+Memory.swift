// The only raw loads of the reading side. Every caller has checked its offset when it followed a pointer.

extension Message {
    /// The integer at a byte offset of the message, little endian.
    ///
    /// - Precondition: the integer lies inside the message.
    @inlinable
    func load<T: FixedWidthInteger>(_ offset: Int, as type: T.Type) -> T {
        unsafe bytes.withUnsafeBytes { memory in
            T(littleEndian: unsafe memory.loadUnaligned(fromByteOffset: offset, as: T.self))
        }
    }

    /// The byte at a byte offset of the message.
    ///
    /// - Precondition: the offset lies inside the message.
    @inlinable
    func loadByte(_ offset: Int) -> UInt8 {
        unsafe bytes.withUnsafeBufferPointer { unsafe $0[offset] }
    }

    /// Copies `count` bytes of the message to `target`.
    ///
    /// - Precondition: the range lies inside the message, and `target` has room.
    func copyBytes(_ offset: Int, count: Int, to target: UnsafeMutableRawPointer) {
        guard count > 0 else { return }
        unsafe bytes.withUnsafeBytes { memory in
            guard let base = memory.baseAddress else { return }
            unsafe target.copyMemory(from: base + offset, byteCount: count)
        }
    }
}
