import CProcess

#if canImport(Glibc)
    import Glibc
#endif

/// The system calls on Unix sockets that the rest of the module needs. Descriptors made here are closed on exec.
enum UnixSocket {
    /// Two connected ends.
    static func makePair() throws(IPCError) -> (Int32, Int32) {
        var ends: (Int32, Int32) = (-1, -1)
        let result = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
            unsafe socketpair(
                AF_UNIX, streamType, 0, bytes.bindMemory(to: Int32.self).baseAddress)
        }
        guard result == 0 else { throw .systemCall(name: "socketpair", code: errno) }
        return ends
    }

    /// Makes a socket and connects it.
    ///
    /// - Returns: the descriptor, or the `errno`. `EAGAIN` means that somebody listens whose queue is full.
    static func connect(path: String) -> Result<Int32, SystemError> {
        let descriptor = socket(AF_UNIX, streamType | nonBlocking, 0)
        guard descriptor >= 0 else { return .failure(SystemError(code: errno)) }
        let result = unsafe withAddress(path) { unsafe Glibc.connect(descriptor, $0, $1) }
        if result == 0 { return .success(descriptor) }
        let code = errno
        close(descriptor)
        return .failure(SystemError(code: code))
    }

    /// Makes a socket bound to `path` with mode 0600 and listens on it.
    ///
    /// - Returns: the descriptor, or the failed step and its `errno`.
    static func listen(path: String, backlog: Int32) throws(IPCError) -> Int32 {
        let descriptor = socket(AF_UNIX, streamType, 0)
        guard descriptor >= 0 else { throw .bindFailed(path: path, step: "socket", code: errno) }
        // Linux gives the file the mode of the unbound socket, less the umask (unix(7)): there is no moment at which
        // others could connect, and no need to change the umask of a process with threads.
        var step = "fchmod"
        var result = fchmod(descriptor, 0o600)
        if result == 0 {
            step = "bind"
            result = unsafe withAddress(path) { unsafe bind(descriptor, $0, $1) }
        }
        if result == 0 {
            step = "listen"
            result = Glibc.listen(descriptor, backlog)
        }
        guard result == 0 else {
            let code = errno
            close(descriptor)
            throw .bindFailed(path: path, step: step, code: code)
        }
        return descriptor
    }

    /// Process, user and group at the other end; nil if the system does not say.
    static func credentials(of descriptor: Int32) -> (processID: Int32, userID: UInt32, groupID: UInt32)? {
        var credentials = peer_credentials()
        var length = socklen_t(MemoryLayout<peer_credentials>.size)
        let result = unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length)
        // A peer in another process name space has number 0. A socketpair reports the process that made it.
        guard result == 0, credentials.pid != 0 else { return nil }
        return (credentials.pid, credentials.uid, credentials.gid)
    }

    /// Whether a descriptor is an open socket.
    static func isSocket(_ descriptor: Int32) -> Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    /// Keeps a descriptor from being inherited by programs that this one starts.
    static func setCloseOnExec(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    /// Sends without blocking and without SIGPIPE.
    ///
    /// - Returns: number of bytes taken; 0 if the socket's buffer is full; nil if the connection is gone.
    static func send(_ descriptor: Int32, _ bytes: RawSpan) -> Int? {
        while true {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
            }
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: return 0
            default: return nil
            }
        }
    }

    /// What ``receive(_:into:)`` has found.
    enum Received: Equatable {
        case bytes(Int)
        case nothing
        /// The end; an `errno` unless it is an orderly end of file.
        case end(Int32?)
    }

    /// Receives what is there, without waiting.
    static func receive(_ descriptor: Int32, into buffer: ReadBuffer) -> Received {
        while true {
            let count = unsafe recv(
                descriptor, buffer.memory.baseAddress, buffer.memory.count, Int32(MSG_DONTWAIT))
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end(nil) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .nothing
            default: return .end(errno)
            }
        }
    }

    /// Makes calls on a descriptor return instead of waiting.
    static func setNonBlocking(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    /// Closes a descriptor.
    static func close(_ descriptor: Int32) {
        // Not repeated on EINTR: Linux has released the number by then.
        _ = Glibc.close(descriptor)
    }

    /// Ends both directions, also for other descriptors of the same socket.
    static func shutDown(_ descriptor: Int32) {
        _ = shutdown(descriptor, Int32(SHUT_RDWR))
    }

    private static let streamType = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    private static let nonBlocking = Int32(SOCK_NONBLOCK.rawValue)

    /// Calls `body` with the socket address of a path, or fails with `ENAMETOOLONG`.
    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count <= IpcAddress.pathLimit else {
            errno = ENAMETOOLONG
            return -1
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe body(address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

/// An `errno` as an error.
struct SystemError: Error, Equatable {
    let code: Int32
}
