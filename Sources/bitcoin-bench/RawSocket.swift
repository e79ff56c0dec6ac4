#if canImport(Glibc)
    import Glibc
#endif

/// Blocking reads and writes on a stream socket, with nothing around them: the yardstick.
///
/// A request is its own length and the length of the reply that it asks for, both 32 bits, then filling. A reply is
/// filling only.
struct RawSocket {
    /// Not owned.
    let descriptor: Int32

    /// Bytes of the two lengths.
    static let headerBytes = 8

    /// Two connected ends; neither is inherited by programs started later.
    static func makePair() throws -> (Int32, Int32) {
        var ends: (Int32, Int32) = (-1, -1)
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let result = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
            unsafe socketpair(AF_UNIX, kind, 0, bytes.bindMemory(to: Int32.self).baseAddress)
        }
        guard result == 0 else { throw BenchError("socketpair: error \(errno)") }
        return ends
    }

    /// Sends a request and waits for its reply.
    ///
    /// - Parameters:
    ///   - request: bytes to send; at least `headerBytes`.
    ///   - reply: bytes to receive.
    ///   - buffer: at least as long as either; overwritten.
    func exchange(request: Int, reply: Int, buffer: inout [UInt8]) throws {
        unsafe buffer.withUnsafeMutableBytes { memory in
            unsafe memory.storeBytes(of: UInt32(request), toByteOffset: 0, as: UInt32.self)
            unsafe memory.storeBytes(of: UInt32(reply), toByteOffset: 4, as: UInt32.self)
        }
        try write(request, from: buffer)
        var received = 0
        while received < reply {
            let count = try read(into: &buffer, at: received, limit: reply)
            guard count > 0 else { throw BenchError("the other end of the socketpair is gone") }
            received += count
        }
    }

    /// Answers requests until the other end closes.
    func reflect() throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 22)
        while true {
            var received = 0
            var request = Self.headerBytes
            var reply = 0
            while received < request {
                let count = try read(into: &buffer, at: received, limit: buffer.count)
                if count == 0 { return }
                received += count
                if received >= Self.headerBytes {
                    (request, reply) = unsafe buffer.withUnsafeBytes { memory in
                        unsafe (Int(memory.load(as: UInt32.self)), Int(memory.load(fromByteOffset: 4, as: UInt32.self)))
                    }
                    guard max(request, reply) <= buffer.count else { throw BenchError("request too long") }
                }
            }
            try write(reply, from: buffer)
        }
    }

    private func write(_ count: Int, from buffer: [UInt8]) throws {
        var sent = 0
        while sent < count {
            let result = unsafe buffer.withUnsafeBytes { memory in
                unsafe Glibc.write(descriptor, memory.baseAddress! + sent, count - sent)
            }
            guard result >= 0 else {
                if errno == EINTR { continue }
                throw BenchError("write: error \(errno)")
            }
            sent += result
        }
    }

    private func read(into buffer: inout [UInt8], at offset: Int, limit: Int) throws -> Int {
        while true {
            let result = unsafe buffer.withUnsafeMutableBytes { memory in
                unsafe Glibc.read(descriptor, memory.baseAddress! + offset, limit - offset)
            }
            if result >= 0 { return result }
            guard errno == EINTR else { throw BenchError("read: error \(errno)") }
        }
    }
}

/// Nanoseconds of a clock that all processes share and that only moves forward.
func monotonicNanoseconds() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Nanoseconds that this thread has run, whatever else the machine did.
func threadNanoseconds() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// A failure of the bench itself.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
