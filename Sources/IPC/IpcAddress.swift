/// An address of the options `-ipcconnect` and `-ipcbind`, with the paths filled in.
///
/// Forms and error texts are Core's (`src/ipc/process.cpp`, `src/ipc/interfaces.cpp`): `unix`, `unix:`,
/// `unix:<path>`; for connecting also `auto`, `0` and the empty text.
package enum IpcAddress: Equatable, Hashable, Sendable {
    /// Never connect (`0` or empty).
    case none
    /// The default socket at this path, if something answers there; otherwise the caller does without.
    case automatic(path: String)
    /// The socket at this path.
    case unix(path: String)

    /// Longest path of a Unix socket in bytes: `sun_path` without the closing NUL.
    package static let pathLimit = 107

    /// Reads an address to connect to.
    ///
    /// - Parameters:
    ///   - text: the option's value.
    ///   - directory: absolute path of the network's data directory; relative paths start there.
    ///   - executable: name of the program that listens, such as `bitcoin-node`; its default socket is `node.sock`.
    /// - Throws: ``IPCError/unrecognizedAddress(_:)``; ``IPCError/pathTooLong(path:limit:)`` except for `auto`, which
    ///   then is ``none``.
    package static func connecting(
        _ text: String, directory: String, executable: String = "bitcoin-node"
    ) throws(IPCError) -> IpcAddress {
        if text.isEmpty || text == "0" { return .none }
        if text == "auto" {
            let path = join(directory, defaultName(of: executable))
            return path.utf8.count <= pathLimit ? .automatic(path: path) : .none
        }
        return try listening(text, directory: directory, executable: executable)
    }

    /// Reads an address to listen on; parameters and errors as of ``connecting(_:directory:executable:)``, and neither
    /// `auto` nor `0` is allowed.
    package static func listening(
        _ text: String, directory: String, executable: String = "bitcoin-node"
    ) throws(IPCError) -> IpcAddress {
        guard text == "unix" || text.hasPrefix("unix:"), !text.utf8.contains(0) else {
            throw .unrecognizedAddress(text)
        }
        let name = text.utf8.count <= 5 ? defaultName(of: executable) : String(text.dropFirst(5))
        let path = join(directory, name)
        guard path.utf8.count <= pathLimit else { throw .pathTooLong(path: path, limit: pathLimit) }
        return .unix(path: path)
    }

    /// The path of the socket, if there is one.
    package var path: String? {
        switch self {
        case .none: nil
        case .automatic(let path), .unix(let path): path
        }
    }

    /// `bitcoin-node` listens on `node.sock`.
    private static func defaultName(of executable: String) -> String {
        let prefix = "bitcoin-"
        return (executable.hasPrefix(prefix) ? String(executable.dropFirst(prefix.count)) : executable) + ".sock"
    }

    /// As `directory / name` of C++: an absolute name wins.
    private static func join(_ directory: String, _ name: String) -> String {
        if name.hasPrefix("/") || directory.isEmpty { return name }
        return directory.hasSuffix("/") ? directory + name : directory + "/" + name
    }
}

extension IpcAddress: CustomStringConvertible {
    /// The canonical form, `unix:<absolute path>`; `0` for none.
    package var description: String {
        path.map { "unix:" + $0 } ?? "0"
    }
}
