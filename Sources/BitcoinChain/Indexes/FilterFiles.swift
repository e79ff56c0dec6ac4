internal import BitcoinCrypto
internal import BitcoinPrimitives
internal import ByteCoding
internal import Foundation

/// The files `fltrNNNNN.dat` of a filter index: the hash of a block, and its filter with its length before it, one
/// after the other.
final class FilterFiles {
    /// Bytes that a file never exceeds.
    static let maximumFile: UInt32 = 16 << 20
    /// Bytes allocated ahead.
    private static let chunkSize: UInt64 = 1 << 20

    private let folder: String
    /// The files used last.
    private var open: [(number: Int, file: GrowingFile)] = []

    init(folder: String) { self.folder = folder }

    /// Writes a filter at `position`, or at the start of the next file when there is no room.
    ///
    /// - Returns: where it is, and where the next one goes.
    func write(
        _ filter: BlockFilter, at position: BlockFiles.Position
    ) throws(StorageError) -> (start: BlockFiles.Position, end: BlockFiles.Position) {
        var writer = ByteWriter(capacity: filter.encoded.count + 37)
        writer.writeBytes(filter.blockHash.bytes)
        writer.writeSizedBytes(filter.encoded)
        var start = position
        if UInt64(start.offset) + UInt64(writer.count) > UInt64(Self.maximumFile) {
            try file(start.file).synchronize(truncatingTo: UInt64(start.offset))
            start = BlockFiles.Position(file: start.file + 1, offset: 0)
        }
        try file(start.file).write(writer.bytes, at: UInt64(start.offset))
        return (start, .init(file: start.file, offset: start.offset + UInt32(writer.count)))
    }

    /// The filter at `position`, whose bytes have this hash.
    func read(at position: BlockFiles.Position, hash: Hash256) throws(StorageError) -> BlockFilter {
        let path = path(position.file)
        let file = try file(position.file)
        let offset = UInt64(position.offset)
        func damaged(_ reason: String) -> StorageError { .damaged(path: path, offset: offset, reason: reason) }
        guard offset < file.size else { throw .truncated(path: path, offset: offset) }
        let head = try file.read(at: offset, count: Int(min(41, file.size - offset)))
        var reader = ByteReader(head)
        guard let block = try? BlockHash(rawValue: reader.readHash256()), let count = try? reader.readCompactSize()
        else { throw damaged("no filter") }
        let bytes = try file.read(at: offset + UInt64(reader.position), count: count)
        guard SHA256d.hash(bytes) == hash else { throw damaged("the filter's hash is another") }
        guard let filter = try? BlockFilter(of: block, decoding: bytes) else { throw damaged("no filter") }
        return filter
    }

    /// Waits until all filters in the file at `position` are on the disk.
    func synchronize(_ position: BlockFiles.Position) throws(StorageError) {
        try file(position.file).synchronize()
    }

    private func file(_ number: Int) throws(StorageError) -> GrowingFile {
        if let found = open.first(where: { $0.number == number }) { return found.file }
        let file = try GrowingFile(path: path(number), chunkSize: Self.chunkSize)
        // What leaves the list may have been written to.
        if open.count >= 2 { try open.removeFirst().file.synchronize() }
        open.append((number, file))
        return file
    }

    private func path(_ number: Int) -> String {
        let digits = String(number)
        return folder + "/fltr" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits + ".dat"
    }
}
