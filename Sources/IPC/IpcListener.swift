import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A socket that is bound and listens; made by ``IpcProcess/bind(_:)``, used by ``IpcProtocol/listen(_:root:)``.
///
/// Differs from Core, which removes whatever socket lies at the path: a live socket is never stolen. Probing, removing
/// a stale socket and binding happen under a lock on the folder, so that two programs starting at once cannot take the
/// path from one another.
package final class IpcListener: Sendable {
    /// The socket's file.
    package let path: String

    private struct State {
        /// The listening descriptor until somebody takes it over.
        var descriptor: Int32?
        /// Whether the file may still have to be removed.
        var fileExists = true
    }

    private let state: Mutex<State>
    private let device: UInt64
    private let inode: UInt64

    private init(path: String, descriptor: Int32, device: UInt64, inode: UInt64) {
        self.path = path
        self.state = Mutex(State(descriptor: descriptor))
        self.device = device
        self.inode = inode
    }

    deinit { close() }

    /// Binds a path.
    ///
    /// Missing folders are made with mode 0700, the socket has mode 0600.
    ///
    /// - Throws: ``IPCError/addressInUse(path:)``, ``IPCError/notASocket(path:)``, ``IPCError/pathTooLong(path:limit:)``
    ///   or ``IPCError/bindFailed(path:step:code:)``.
    static func bind(path: String) throws(IPCError) -> IpcListener {
        guard path.utf8.count <= IpcAddress.pathLimit else {
            throw .pathTooLong(path: path, limit: IpcAddress.pathLimit)
        }
        let folder = try makeFolder(of: path)
        let lock = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0 else { throw .bindFailed(path: path, step: "open \(folder)", code: errno) }
        defer { UnixSocket.close(lock) }
        // Held by every program of this project for the few system calls below. If the file system cannot lock, or
        // somebody else keeps the lock, the probe alone has to do.
        for _ in 0..<50 {
            if flock(lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK { break }
            usleep(20_000)
        }
        try removeStale(path: path)
        let descriptor = try UnixSocket.listen(path: path, backlog: 128)
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else {
            let code = errno
            UnixSocket.close(descriptor)
            throw .bindFailed(path: path, step: "lstat", code: code)
        }
        return IpcListener(
            path: path, descriptor: descriptor, device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// Gives the listening descriptor to whoever accepts on it, who closes it. Nil the second time.
    func takeDescriptor() -> Int32? {
        state.withLock { state in
            defer { state.descriptor = nil }
            return state.descriptor
        }
    }

    /// Stops listening, unless the descriptor was taken over, and removes the socket's file if it is still this one.
    /// May be called more than once.
    package func close() {
        let (descriptor, fileExists) = state.withLock { state in
            defer { state = State(descriptor: nil, fileExists: false) }
            return (state.descriptor, state.fileExists)
        }
        if let descriptor { UnixSocket.close(descriptor) }
        guard fileExists else { return }
        var status = stat()
        guard unsafe lstat(path, &status) == 0, UInt64(status.st_dev) == device, UInt64(status.st_ino) == inode
        else { return }
        _ = unsafe unlink(path)
    }

    /// Creates the missing folders above a path, and returns the nearest.
    private static func makeFolder(of path: String) throws(IPCError) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        var made = ""
        for part in folder.split(separator: "/", omittingEmptySubsequences: true) {
            made += (made.isEmpty && !folder.hasPrefix("/") ? "" : "/") + part
            if unsafe mkdir(made, 0o700) == 0 || errno == EEXIST { continue }
            // A folder above may be unwritable or forbidden and yet lead on: only the last one decides.
            let code = errno
            var status = stat()
            if unsafe stat(made, &status) != 0 {
                throw .bindFailed(path: path, step: "mkdir \(made)", code: code)
            }
        }
        return folder
    }

    /// Makes way for a new socket, if what lies there is a socket that nobody answers.
    private static func removeStale(path: String) throws(IPCError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw .bindFailed(path: path, step: "lstat", code: errno)
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
        switch UnixSocket.connect(path: path) {
        case .success(let descriptor):
            UnixSocket.close(descriptor)
            throw .addressInUse(path: path)
        case .failure(let error) where error.code == EAGAIN:
            throw .addressInUse(path: path)
        case .failure(let error) where error.code == ECONNREFUSED:
            guard unsafe unlink(path) == 0 || errno == ENOENT else {
                throw .bindFailed(path: path, step: "unlink", code: errno)
            }
        case .failure(let error) where error.code == ENOENT:
            return
        case .failure(let error):
            throw .bindFailed(path: path, step: "connect", code: error.code)
        }
    }
}
