package import BitcoinConsensus
package import BitcoinPrimitives
internal import ByteCoding
internal import Foundation

/// Core's block and undo files, to read from and to append to: `blkNNNNN.dat` and `revNNNNN.dat` in one folder, all
/// mixed with the key in `xor.dat`.
///
/// A block's undo data goes into the file with the number of its block's file, so that both can be pruned together.
/// Nothing is safe on disk before `synchronize()`; the index that points here is written after it.
package final class BlockFiles {
    /// Where a record's content starts: behind message start and size.
    package struct Position: Hashable, Sendable {
        /// The number in the file's name.
        package var file: Int
        /// The offset in the file.
        package var offset: UInt32

        /// A place in a file.
        package init(file: Int, offset: UInt32) {
            self.file = file
            self.offset = offset
        }
    }

    /// How large files become.
    package struct Sizes: Sendable {
        /// Bytes that a block file never reaches.
        package var maximumFile: UInt32 = 128 << 20
        /// Bytes allocated ahead for blocks.
        package var blockChunk: UInt64 = 16 << 20
        /// Bytes allocated ahead for undo data.
        package var undoChunk: UInt64 = 1 << 20

        /// Bytes that must stay free below the target of pruning, for what is allocated next.
        package var pruningBuffer: UInt64 = 17 << 20

        /// Core's sizes.
        package init() {}

        /// Core's sizes with `-fastprune`.
        package static var fastPrune: Sizes {
            var sizes = Sizes()
            (sizes.maximumFile, sizes.blockChunk) = (64 << 10, 16 << 10)
            return sizes
        }
    }

    private enum Kind: String {
        case block = "blk"
        case undo = "rev"
    }

    /// Message start and size.
    private static let headerSize: UInt32 = 8
    /// The checksum behind undo data.
    private static let checksumSize: UInt32 = 32

    /// The folder, to walk over its files.
    package let folder: BlockFolder
    private let sizes: Sizes
    /// What is known of each file; the last one is being written.
    package private(set) var records: [BlockFileRecord]
    private var changedRecords: Set<Int> = []
    /// Whether more space was allocated since this was last set to false.
    var hasGrown = true
    /// The files used last: blocks and undo data are mostly read and written in order.
    private var open: [(kind: Kind, number: Int, file: GrowingFile)] = []

    /// Opens the folder of the files, making it when it is missing.
    ///
    /// - Parameters:
    ///   - folder: the folder.
    ///   - parameters: the network's parameters.
    ///   - records: what is known of the files so far.
    ///   - newKey: eight bytes to mix into the files of a folder that is empty, random ones or zeros (`-blocksxor`).
    ///   - sizes: how large files become.
    /// - Throws: `StorageError`.
    package init(
        folder path: String, parameters: ChainParameters, records: [BlockFileRecord], newKey: [UInt8],
        sizes: Sizes = Sizes()
    ) throws(StorageError) {
        try Self.prepare(path, newKey)
        folder = try BlockFolder(path: path, parameters: parameters)
        self.records = records.isEmpty ? [BlockFileRecord()] : records
        self.sizes = sizes
    }

    /// Bytes in use in all files.
    package var bytesInUse: UInt64 {
        records.reduce(0) { $0 + UInt64($1.size) + UInt64($1.undoSize) }
    }

    /// The number of the file that blocks are appended to.
    package var lastFile: Int { records.count - 1 }

    /// Takes the records that have changed since the last call, to write them to the index.
    package func takeChangedRecords() -> [Int: BlockFileRecord] {
        defer { changedRecords = [] }
        return Dictionary(uniqueKeysWithValues: changedRecords.map { ($0, records[$0]) })
    }

    /// Appends a block.
    ///
    /// - Parameters:
    ///   - bytes: the serialised block.
    ///   - height: its height.
    ///   - time: its time.
    /// - Throws: `StorageError`.
    package func append(_ bytes: [UInt8], height: Int, time: UInt32) throws(StorageError) -> Position {
        let count = UInt32(bytes.count) + Self.headerSize
        var number = lastFile
        if records[number].size > 0, records[number].size >= sizes.maximumFile - min(count, sizes.maximumFile) {
            // No more blocks go here. Undo data may still, so that file is trimmed when it is full too.
            try file(.block, number).synchronize(truncatingTo: UInt64(records[number].size))
            number += 1
            records.append(BlockFileRecord())
        }
        let start = records[number].size
        try write(bytes, trailer: [], at: start, .block, number)
        records[number].size = start + count
        records[number].add(height: UInt32(height), time: UInt64(time))
        changedRecords.insert(number)
        return Position(file: number, offset: start + Self.headerSize)
    }

    /// Appends what a block spent.
    ///
    /// - Parameters:
    ///   - undo: what it spent.
    ///   - number: the number of the block's file.
    ///   - previous: the hash of the block before.
    /// - Returns: where the undo data starts in that file.
    /// - Throws: `StorageError`.
    package func append(_ undo: BlockUndo, file number: Int, previous: BlockHash) throws(StorageError) -> UInt32 {
        guard records.indices.contains(number) else {
            throw .unknownFormat(path: folder.path, reason: "there is no block file \(number)")
        }
        let bytes = UndoRecord.encode(undo)
        let start = records[number].undoSize
        try write(
            bytes, trailer: UndoRecord.checksum(of: bytes, previous: previous), at: start, .undo, number)
        records[number].undoSize = start + Self.headerSize + UInt32(bytes.count) + Self.checksumSize
        changedRecords.insert(number)
        return start + Self.headerSize
    }

    /// Takes note of a block that is in a file already, while the index is built anew.
    package func note(_ position: Position, size: Int, height: Int, time: UInt32) {
        while records.count <= position.file { records.append(BlockFileRecord()) }
        records[position.file].add(height: UInt32(height), time: UInt64(time))
        records[position.file].size = max(records[position.file].size, position.offset + UInt32(size))
        changedRecords.insert(position.file)
    }

    /// The serialised block at `position`.
    ///
    /// - Throws: `StorageError`; `damaged` when there is none.
    package func readBytes(at position: Position) throws(StorageError) -> [UInt8] {
        try read(.block, position.file, position.offset, trailer: 0)
    }

    /// The block at `position`, which has this hash.
    ///
    /// - Throws: `StorageError`; `damaged` when another or none is there.
    package func readBlock(at position: Position, hash: BlockHash) throws(StorageError) -> Block {
        let bytes = try readBytes(at: position)
        var reader = ByteReader(bytes)
        // Bytes behind the block but inside its record are ignored, as Core ignores them.
        guard let block = try? Block(from: &reader) else {
            throw damaged(.block, position.file, position.offset, "no block")
        }
        guard block.hash == hash else {
            throw damaged(.block, position.file, position.offset, "another block (\(block.hash))")
        }
        return block
    }

    /// What the block after `previous` spent, from the undo data at `position`.
    ///
    /// - Throws: `StorageError`; `damaged` when the checksum is another.
    package func readUndo(at position: Position, previous: BlockHash) throws(StorageError) -> BlockUndo {
        let bytes = try read(.undo, position.file, position.offset, trailer: Int(Self.checksumSize))
        let record = Array(bytes.dropLast(Int(Self.checksumSize)))
        guard UndoRecord.checksum(of: record, previous: previous) == Array(bytes.suffix(Int(Self.checksumSize))) else {
            throw damaged(.undo, position.file, position.offset, "checksum mismatch")
        }
        guard let undo = UndoRecord.decode(record) else {
            throw damaged(.undo, position.file, position.offset, "no undo data")
        }
        return undo
    }

    /// Waits until all that was appended is on the disk.
    ///
    /// - Throws: `system`.
    package func synchronize() throws(StorageError) {
        for (_, _, file) in open { try file.synchronize() }
    }

    /// Forgets what is in a file and its undo file. They are deleted once the index on disk has forgotten it too.
    package func forget(file number: Int) {
        guard records.indices.contains(number) else { return }
        records[number] = BlockFileRecord()
        changedRecords.insert(number)
    }

    /// Deletes block and undo files in which nothing is in use, if they are there.
    ///
    /// - Throws: `system`.
    package func delete(files numbers: some Sequence<Int>) throws(StorageError) {
        for number in numbers where records.indices.contains(number) && records[number].size == 0 {
            open.removeAll { $0.number == number }
            for kind in [Kind.block, .undo] { try Self.delete(path(kind, number)) }
        }
    }

    /// Before the index of a pruned node is built anew: deletes all undo files, which are written again, and the block
    /// files behind a gap, which are not linked to the first block (Core's `CleanupBlockRevFiles`).
    func deleteUnusable() throws(StorageError) {
        open = []
        for number in try folder.fileNumbers(kind: Kind.undo.rawValue) { try Self.delete(path(.undo, number)) }
        for (expected, number) in try folder.fileNumbers().enumerated() where number != expected {
            try Self.delete(path(.block, number))
        }
    }

    private static func delete(_ path: String) throws(StorageError) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw .system(path: path, error)
        }
    }

    private func write(
        _ bytes: [UInt8], trailer: [UInt8], at start: UInt32, _ kind: Kind, _ number: Int
    ) throws(StorageError) {
        var writer = ByteWriter(capacity: bytes.count + trailer.count + Int(Self.headerSize))
        writer.writeBytes(folder.parameters.messageStart)
        writer.writeUInt32(UInt32(bytes.count))
        writer.writeBytes(bytes)
        writer.writeBytes(trailer)
        var record = writer.bytes
        folder.obfuscation.apply(to: &record, offset: UInt64(start))
        let file = try file(kind, number)
        let size = file.size
        try file.write(record, at: UInt64(start))
        if file.size != size { hasGrown = true }
    }

    /// The content of a record and `trailer` bytes behind it.
    private func read(
        _ kind: Kind, _ number: Int, _ offset: UInt32, trailer: Int
    ) throws(StorageError) -> [UInt8] {
        guard offset >= Self.headerSize else { throw damaged(kind, number, offset, "no record starts here") }
        let start = UInt64(offset - Self.headerSize)
        guard FileManager.default.fileExists(atPath: path(kind, number)) else {
            throw .fileMissing(path: path(kind, number))
        }
        let file = try file(kind, number)
        var header = try file.read(at: start, count: Int(Self.headerSize))
        folder.obfuscation.apply(to: &header, offset: start)
        guard header.starts(with: folder.parameters.messageStart) else {
            throw damaged(kind, number, offset, "no record starts here")
        }
        let size = header[4...].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard size <= ByteReader.maxCompactSize else {
            throw damaged(kind, number, offset, "a record of \(size) bytes is too large")
        }
        var bytes = try file.read(at: UInt64(offset), count: size + trailer)
        folder.obfuscation.apply(to: &bytes, offset: UInt64(offset))
        return bytes
    }

    private func file(_ kind: Kind, _ number: Int) throws(StorageError) -> GrowingFile {
        if let index = open.firstIndex(where: { $0.kind == kind && $0.number == number }) { return open[index].file }
        let file = try GrowingFile(
            path: path(kind, number), chunkSize: kind == .block ? sizes.blockChunk : sizes.undoChunk)
        if open.count >= 4 {
            // What leaves the list may not be synchronised later.
            try open.removeFirst().file.synchronize()
        }
        open.append((kind, number, file))
        return file
    }

    private func path(_ kind: Kind, _ number: Int) -> String {
        let digits = String(number)
        let zeros = String(repeating: "0", count: max(0, 5 - digits.count))
        return folder.path + "/" + kind.rawValue + zeros + digits + ".dat"
    }

    private func damaged(_ kind: Kind, _ number: Int, _ offset: UInt32, _ reason: String) -> StorageError {
        .damaged(path: path(kind, number), offset: UInt64(offset), reason: reason)
    }

    /// Makes the folder and, in an empty one, the file with the key. A folder that has files already keeps them clear.
    private static func prepare(_ path: String, _ newKey: [UInt8]) throws(StorageError) {
        let manager = FileManager.default
        do {
            try manager.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let keyPath = path + "/xor.dat"
            if manager.fileExists(atPath: keyPath) { return }
            let names = try manager.contentsOfDirectory(atPath: path)
            let isEmpty = names.allSatisfy { $0.hasPrefix(".") || $0 == "index" }
            let key = isEmpty ? newKey : [UInt8](repeating: 0, count: 8)
            try Data(key).write(to: URL(fileURLWithPath: keyPath), options: .withoutOverwriting)
        } catch {
            throw .system(path: path, error)
        }
    }
}
