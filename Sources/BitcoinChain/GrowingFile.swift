internal import Foundation

/// A file that is written at its end and read anywhere, with room allocated ahead in chunks as Core does it, so that it
/// is not scattered over the disk.
final class GrowingFile {
    let path: String
    private let handle: FileHandle
    private let chunkSize: UInt64
    /// Bytes in the file, allocated ones included.
    private(set) var size: UInt64

    /// Opens a file, making it when it is missing.
    ///
    /// - Parameter chunkSize: bytes that are allocated at once.
    /// - Throws: `system`.
    init(path: String, chunkSize: UInt64) throws(StorageError) {
        self.path = path
        self.chunkSize = chunkSize
        if !FileManager.default.fileExists(atPath: path) {
            // Failure shows when the file is opened.
            _ = FileManager.default.createFile(
                atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        do {
            handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            size = try handle.seekToEnd()
        } catch {
            throw .system(path: path, error)
        }
    }

    deinit { try? handle.close() }

    /// Writes bytes at `offset`.
    ///
    /// - Throws: `system`, also when the disk is full.
    func write(_ bytes: [UInt8], at offset: UInt64) throws(StorageError) {
        let end = offset + UInt64(bytes.count)
        do {
            if end > size {
                let allocated = (end + chunkSize - 1) / chunkSize * chunkSize
                try handle.truncate(atOffset: allocated)
                size = allocated
            }
            try handle.seek(toOffset: offset)
            try handle.write(contentsOf: Data(bytes))
        } catch {
            throw .system(path: path, error)
        }
    }

    /// Exactly `count` bytes from `offset`.
    ///
    /// - Throws: `system`; `truncated` when the file is shorter.
    func read(at offset: UInt64, count: Int) throws(StorageError) -> [UInt8] {
        guard offset <= size, UInt64(count) <= size - offset else { throw .truncated(path: path, offset: offset) }
        var bytes: [UInt8] = []
        do {
            try handle.seek(toOffset: offset)
            while bytes.count < count, let data = try handle.read(upToCount: count - bytes.count), !data.isEmpty {
                if bytes.isEmpty { bytes = [UInt8](data) } else { bytes.append(contentsOf: data) }
            }
        } catch {
            throw .system(path: path, error)
        }
        guard bytes.count == count else { throw .truncated(path: path, offset: offset) }
        return bytes
    }

    /// Waits until everything written is on the disk.
    ///
    /// - Parameter used: the end of what is in use, when nothing will be appended any more: what was allocated behind
    /// it is given back.
    /// - Throws: `system`.
    func synchronize(truncatingTo used: UInt64? = nil) throws(StorageError) {
        do {
            if let used, used < size {
                try handle.truncate(atOffset: used)
                size = used
            }
            try handle.synchronize()
        } catch {
            throw .system(path: path, error)
        }
    }
}
