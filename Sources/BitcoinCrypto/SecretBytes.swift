import Glibc

/// Bytes that must not reach the swap file nor outlive their use: keys, seeds, passphrases.
///
/// They lie in memory that the system is asked to keep in RAM and out of core dumps, and are wiped when the last
/// reference goes. Copies of the reference share the bytes; the bytes never change after `init`. There is no
/// description, so that logs and errors cannot show them by accident.
@safe
package final class SecretBytes: Sendable {
    // Exclusive to this object from init to deinit, and never written between.
    nonisolated(unsafe) private let memory: UnsafeMutableRawBufferPointer

    /// How many bytes there are.
    package let count: Int

    /// Takes the bytes and overwrites the caller's array with zeros. Use this for bytes that nobody else should keep.
    package init(consuming bytes: inout [UInt8]) {
        count = bytes.count
        unsafe memory = lockedPool.allocate(byteCount: bytes.count)
        let memory = unsafe self.memory
        unsafe bytes.withUnsafeMutableBytes { source in
            unsafe memory.copyMemory(from: UnsafeRawBufferPointer(source))
            unsafe wipe(source)
        }
    }

    /// Takes some of the bytes and overwrites all of the caller's array with zeros.
    ///
    /// - Parameter range: which bytes; clamped to what there is.
    package convenience init(consuming bytes: inout [UInt8], range: Range<Int>) {
        var part = Array(bytes[range.clamped(to: 0..<bytes.count)])
        unsafe bytes.withUnsafeMutableBytes { unsafe wipe($0) }
        self.init(consuming: &part)
    }

    /// Copies bytes that are no secret by themselves, such as test vectors.
    package convenience init(_ bytes: [UInt8]) {
        var copy = bytes
        self.init(consuming: &copy)
    }

    /// Lends the bytes for the time of `body`; the pointer must not leave it.
    package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try unsafe body(UnsafeRawBufferPointer(rebasing: memory[0..<count]))
    }

    /// A copy of the bytes in ordinary memory, for texts that show secrets because the user asked for them.
    package func exposed() -> [UInt8] { unsafe withBytes { unsafe Array($0) } }

    deinit {
        unsafe wipe(memory)
        unsafe lockedPool.deallocate(memory)
    }
}

extension SecretBytes: Equatable {
    /// Compares in a time that does not depend on where the bytes differ.
    package static func == (left: SecretBytes, right: SecretBytes) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe left.withBytes { a in
            unsafe right.withBytes { b in
                var difference: UInt8 = 0
                for index in 0..<left.count { unsafe difference |= a[index] ^ b[index] }
                return difference == 0
            }
        }
    }
}

/// Overwrites bytes with zeros in a way that the optimiser keeps. For secrets that had to lie in an array for a while.
package func wipe(_ bytes: inout [UInt8]) { unsafe bytes.withUnsafeMutableBytes { unsafe wipe($0) } }

/// Overwrites memory with zeros in a way that the optimiser keeps.
func wipe(_ buffer: UnsafeMutableRawBufferPointer) {
    guard let base = buffer.baseAddress else { return }
    unsafe explicit_bzero(base, buffer.count)
}
