internal import BitcoinConsensus
internal import BitcoinPrimitives
internal import ByteCoding
internal import Foundation

/// Appends blocks to this node's own files, in Core's record format without a key.
final class OwnBlockFolder {
    /// The reading side.
    let folder: BlockFolder
    private let maximumFileSize: UInt64
    private var last: (number: Int, size: UInt64, handle: FileHandle)?

    /// Opens the folder, making it when it is not there.
    ///
    /// - Parameters:
    ///   - path: the folder.
    ///   - parameters: the network's parameters.
    ///   - maximumFileSize: bytes after which a new file is begun.
    /// - Throws: `StorageError`.
    init(path: String, parameters: ChainParameters, maximumFileSize: UInt64 = 1 << 27) throws(StorageError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .system(path: path, reason: error.localizedDescription)
        }
        folder = try BlockFolder(path: path, store: .own, parameters: parameters)
        self.maximumFileSize = maximumFileSize
    }

    deinit {
        try? last?.handle.close()
    }

    /// Goes on after the last good record of a file; what a crash left behind it is cut off.
    ///
    /// - Throws: `system`.
    func resume(file number: Int, at end: UInt64) throws(StorageError) {
        try open(number, truncatedTo: end)
    }

    /// Writes a block and waits until it is on the disk.
    ///
    /// - Throws: `system`.
    func append(_ block: Block) throws(StorageError) -> BlockPosition {
        let bytes = block.encoded()
        if let last, last.size + UInt64(bytes.count) + 8 > maximumFileSize, last.size > 0 {
            try open(last.number + 1, truncatedTo: 0)
        } else if last == nil {
            try open(0, truncatedTo: 0)
        }
        guard let (number, size, handle) = last else { throw .missing(block: block.hash.description) }
        var record = ByteWriter(capacity: bytes.count + 8)
        record.writeBytes(folder.parameters.messageStart)
        record.writeUInt32(UInt32(bytes.count))
        record.writeBytes(bytes)
        var clear = record.bytes
        folder.obfuscation.apply(to: &clear, offset: size)
        do {
            try handle.seek(toOffset: size)
            try handle.write(contentsOf: Data(clear))
            try handle.synchronize()
        } catch {
            throw .system(path: folder.filePath(number), reason: error.localizedDescription)
        }
        last = (number, size + UInt64(clear.count), handle)
        return BlockPosition(store: .own, file: number, offset: size + 8, size: bytes.count)
    }

    private func open(_ number: Int, truncatedTo size: UInt64) throws(StorageError) {
        try? last?.handle.close()
        last = nil
        let path = folder.filePath(number)
        if !FileManager.default.fileExists(atPath: path) {
            // Failure shows when the file is opened.
            _ = FileManager.default.createFile(
                atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        do {
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            if try handle.seekToEnd() > size { try handle.truncate(atOffset: size) }
            last = (number, size, handle)
        } catch {
            throw .system(path: path, reason: error.localizedDescription)
        }
        // A new name must survive a crash too; not every file system can be asked for that.
        try? FileHandle(forReadingFrom: URL(fileURLWithPath: folder.path)).synchronize()
    }
}
