package import BitcoinConsensus
package import BitcoinPrimitives
internal import ByteCoding

/// Reads blocks, and what they spent, from Core's files beside the `BlockFiles` that owns them, so that another thread
/// can. One thread uses it.
package final class BlockReader {
    private enum Kind: String {
        case block = "blk"
        case undo = "rev"
    }

    private let folder: BlockFolder
    /// The files used last.
    private var open: [(kind: Kind, number: Int, file: ReadOnlyFile)] = []

    private static let headerSize: UInt32 = 8
    private static let checksumSize = 32

    /// Reads from `folder`.
    package init(_ folder: BlockFolder) { self.folder = folder }

    /// The data of a block.
    ///
    /// - Throws: `StorageError`; `missing` when it is not there.
    package func block(_ block: IndexedBlock) throws(StorageError) -> Block {
        guard let position = block.position else { throw .missing(block: block.hash.description) }
        var reader = ByteReader(try content(.block, position, trailer: 0))
        guard let data = try? Block(from: &reader), data.hash == block.hash else {
            throw damaged(.block, position, "not block \(block.hash)")
        }
        return data
    }

    /// What a block spent; nothing for the first block.
    ///
    /// - Throws: `StorageError`; `missing` when it is not there.
    package func undo(_ block: IndexedBlock) throws(StorageError) -> BlockUndo {
        if block.height == 0 { return BlockUndo(spentCoins: []) }
        guard let position = block.position, let offset = block.undoOffset else {
            throw .missing(block: block.hash.description)
        }
        let place = BlockFiles.Position(file: position.file, offset: offset)
        let bytes = try content(.undo, place, trailer: Self.checksumSize)
        let record = Array(bytes.dropLast(Self.checksumSize))
        guard UndoRecord.checksum(of: record, previous: block.previous) == Array(bytes.suffix(Self.checksumSize)),
            let undo = UndoRecord.decode(record)
        else { throw damaged(.undo, place, "not what \(block.hash) spent") }
        return undo
    }

    /// The transaction that starts `offset` bytes behind the start of the block at `position`, and that block's header.
    ///
    /// - Throws: `StorageError`; `damaged` when there is none.
    package func transaction(
        in position: BlockFiles.Position, offset: UInt32
    ) throws(StorageError) -> (header: BlockHeader, transaction: Transaction) {
        let bytes = try content(.block, position, trailer: 0)
        var header = ByteReader(bytes)
        var reader = ByteReader(bytes)
        guard let header = try? BlockHeader(from: &header), (try? reader.skip(Int(offset))) != nil,
            let transaction = try? Transaction(from: &reader)
        else { throw damaged(.block, position, "no transaction") }
        return (header, transaction)
    }

    /// The content of the record that starts at `position`, and `trailer` bytes behind it.
    private func content(
        _ kind: Kind, _ position: BlockFiles.Position, trailer: Int
    ) throws(StorageError) -> [UInt8] {
        do {
            return try content(of: try file(kind, position.file), kind, position, trailer: trailer)
        } catch {
            guard case .truncated = error else { throw error }
            // The file may have grown since it was opened.
            open.removeAll { $0.kind == kind && $0.number == position.file }
            return try content(of: try file(kind, position.file), kind, position, trailer: trailer)
        }
    }

    private func content(
        of file: ReadOnlyFile, _ kind: Kind, _ position: BlockFiles.Position, trailer: Int
    ) throws(StorageError) -> [UInt8] {
        guard position.offset >= Self.headerSize else { throw damaged(kind, position, "no record starts here") }
        let start = UInt64(position.offset - Self.headerSize)
        var header = try file.readExactly(at: start, count: Int(Self.headerSize))
        folder.obfuscation.apply(to: &header, offset: start)
        guard header.starts(with: folder.parameters.messageStart) else {
            throw damaged(kind, position, "no record starts here")
        }
        let size = header[4...].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard size <= ByteReader.maxCompactSize else {
            throw damaged(kind, position, "a record of \(size) bytes is too large")
        }
        var bytes = try file.readExactly(at: UInt64(position.offset), count: size + trailer)
        folder.obfuscation.apply(to: &bytes, offset: UInt64(position.offset))
        return bytes
    }

    private func file(_ kind: Kind, _ number: Int) throws(StorageError) -> ReadOnlyFile {
        if let index = open.firstIndex(where: { $0.kind == kind && $0.number == number }) { return open[index].file }
        let file = try ReadOnlyFile(path: folder.filePath(number, kind: kind.rawValue))
        if open.count >= 4 { open.removeFirst() }
        open.append((kind, number, file))
        return file
    }

    private func damaged(_ kind: Kind, _ position: BlockFiles.Position, _ reason: String) -> StorageError {
        .damaged(
            path: folder.filePath(position.file, kind: kind.rawValue), offset: UInt64(position.offset), reason: reason)
    }
}
