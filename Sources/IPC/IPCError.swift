#if canImport(Glibc)
    import Glibc
#endif

/// What can go wrong on this side: addresses, sockets, processes, connections. What the far side reported is a
/// ``RemoteException``.
package enum IPCError: Error, Equatable, Sendable {
    /// An address of none of the known forms (`IpcAddress`).
    case unrecognizedAddress(String)
    /// A limit behind an address that is none, or has no sensible value; says what is wrong.
    case invalidLimit(String)
    /// A socket path longer than `limit` bytes.
    case pathTooLong(path: String, limit: Int)
    /// A process answers at the address that was to be bound.
    case addressInUse(path: String)
    /// Something other than a socket lies at the path that was to be bound.
    case notASocket(path: String)
    /// A connection could not be made; `code` is the `errno`.
    case connectFailed(address: String, code: Int32)
    /// Binding failed in step `step` (a system call) on `path`; `code` is the `errno`.
    case bindFailed(path: String, step: String, code: Int32)
    /// The number after `-ipcfd` is none, or names no socket.
    case invalidDescriptor(text: String, reason: String)
    /// A program could not be started; `path` is what was tried, `code` the `errno`.
    case spawnFailed(path: String, code: Int32)
    /// Another system call failed.
    case systemCall(name: String, code: Int32)
    /// The connection ended before the call was answered, or before it was made.
    case disconnected(String)
    /// The far side does not know the method or the interface.
    case unimplemented(String)
    /// Too much at once: of calls, threads, connections or bytes.
    case overloaded(String)
    /// The far side broke the protocol.
    case protocolViolation(String)
}

extension IPCError: CustomStringConvertible {
    /// A sentence for the user; names the path and, where there is one, the remedy.
    package var description: String {
        switch self {
        case .unrecognizedAddress(let address):
            "Unrecognized address '\(address)'"
        case .invalidLimit(let problem):
            problem
        case .pathTooLong(let path, let limit):
            "Unix address path \"\(path)\" exceeded maximum socket path length (\(limit) bytes); "
                + "choose a shorter path with unix:<path>"
        case .addressInUse(let path):
            "Socket \(path) is in use by a running process; stop that process or choose another path with unix:<path>"
        case .notASocket(let path):
            "\(path) exists and is not a socket; move it away or choose another path with unix:<path>"
        case .connectFailed(let address, let code):
            "Cannot connect to \(address): \(systemErrorText(code))"
        case .bindFailed(let path, let step, let code):
            "Cannot listen on \(path): \(step): \(systemErrorText(code))" + IPCError.remedy(for: code, path: path)
        case .invalidDescriptor(let text, let reason):
            "Invalid -ipcfd number '\(text)' (\(reason))"
        case .spawnFailed(let path, let code):
            "Cannot start \(path): \(systemErrorText(code))"
        case .systemCall(let name, let code):
            "\(name): \(systemErrorText(code))"
        case .disconnected(let text), .unimplemented(let text), .overloaded(let text), .protocolViolation(let text):
            text
        }
    }

    private static func remedy(for code: Int32, path: String) -> String {
        switch code {
        case EACCES, EPERM:
            "; make its folder writable for this user or choose another path with unix:<path>"
        case EROFS:
            "; the file system is read-only, choose another path with unix:<path>"
        case ENOTDIR:
            "; a part of the path is not a folder"
        case EADDRINUSE:
            "; remove the file or choose another path with unix:<path>"
        default:
            ""
        }
    }
}

/// The system's text for an `errno`, such as "Connection refused".
package func systemErrorText(_ code: Int32) -> String {
    // glibc keeps the buffer of unknown numbers per thread (since 2.32); known ones are constants.
    guard let text = unsafe strerror(code) else { return "Unknown error \(code)" }
    return unsafe String(cString: text)
}
