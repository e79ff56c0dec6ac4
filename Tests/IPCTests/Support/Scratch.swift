import Glibc

@testable import IPC

/// A folder for one test, removed at the end.
final class Scratch: Sendable {
    let path: String

    init() {
        var pattern = Array("/tmp/ipc-XXXXXX".utf8CString)
        path = unsafe String(cString: mkdtemp(&pattern))
    }

    deinit {
        _ = unsafe system("chmod -R u+rwx '\(path)' && rm -rf '\(path)'")
    }

    func callAsFunction(_ name: String) -> String { path + "/" + name }

    /// Mode and kind of a file; nil if there is none.
    static func status(_ path: String) -> (mode: UInt32, isSocket: Bool)? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        return (status.st_mode & 0o7777, status.st_mode & S_IFMT == S_IFSOCK)
    }

    /// Writes a file.
    static func write(_ text: String, to path: String) {
        let descriptor = unsafe open(path, O_CREAT | O_WRONLY | O_TRUNC, 0o644)
        let bytes = Array(text.utf8)
        _ = unsafe Glibc.write(descriptor, bytes, bytes.count)
        close(descriptor)
    }

    /// Reads a file; empty if there is none.
    static func read(_ path: String) -> String {
        let descriptor = unsafe open(path, O_RDONLY)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
