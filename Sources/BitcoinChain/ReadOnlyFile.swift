internal import Foundation

/// A file opened for reading only, read at given places.
final class ReadOnlyFile {
    let path: String
    /// Bytes in the file when it was opened.
    let size: UInt64
    private let handle: FileHandle

    /// - Throws: `system` when the file cannot be opened.
    init(path: String) throws(StorageError) {
        self.path = path
        do {
            handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            size = try handle.seekToEnd()
        } catch {
            throw .system(path: path, error)
        }
    }

    deinit {
        try? handle.close()
    }

    /// Up to `count` bytes from `offset`; fewer only at the end that the file had when it was opened.
    ///
    /// - Throws: `system`.
    func read(at offset: UInt64, count: Int) throws(StorageError) -> [UInt8] {
        guard offset < size, count > 0 else { return [] }
        var bytes: [UInt8] = []
        do {
            try handle.seek(toOffset: offset)
            while bytes.count < count, let data = try handle.read(upToCount: count - bytes.count), !data.isEmpty {
                if bytes.isEmpty { bytes = [UInt8](data) } else { bytes.append(contentsOf: data) }
            }
        } catch {
            throw .system(path: path, error)
        }
        return bytes
    }

    /// Whether the bytes from `offset`, at most `count`, are all zero. Block files are allocated ahead, so that long
    /// runs of zeros are common.
    ///
    /// - Throws: `system`.
    func isZero(at offset: UInt64, count: Int) throws(StorageError) -> Bool {
        do {
            try handle.seek(toOffset: offset)
            guard let data = try handle.read(upToCount: count) else { return true }
            // Comparing two blocks of memory is far quicker than a loop.
            return data == Data(count: data.count)
        } catch {
            throw .system(path: path, error)
        }
    }

    /// Exactly `count` bytes from `offset`.
    ///
    /// - Throws: `system`; `truncated` when the file is shorter.
    func readExactly(at offset: UInt64, count: Int) throws(StorageError) -> [UInt8] {
        let bytes = try read(at: offset, count: count)
        guard bytes.count == count else { throw .truncated(path: path, offset: offset) }
        return bytes
    }
}
