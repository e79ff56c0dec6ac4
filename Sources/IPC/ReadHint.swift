import NIOCore
import Synchronization

/// What the receiver of a channel knows of the bytes to come; between a channel's handler and its read buffers.
final class ReadHint: Sendable {
    /// Bytes that are missing of a message under way; 0 if it is not known.
    let missingBytes = Atomic(0)
}

/// Read buffers as large as what is to come: small ones for calls, one for each piece of a large message.
struct HintedReadAllocator: RecvByteBufferAllocator {
    let hint: ReadHint

    /// Holds many small messages.
    private static let smallBytes = 1 << 14
    /// More than a socket ever holds.
    private static let largeBytes = 1 << 18

    mutating func record(actualReadBytes: Int) -> Bool { false }

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        allocator.buffer(capacity: size)
    }

    func nextBufferSize() -> Int? { size }

    private var size: Int {
        hint.missingBytes.load(ordering: .relaxed) > HintedReadAllocator.smallBytes
            ? HintedReadAllocator.largeBytes : HintedReadAllocator.smallBytes
    }
}
