package import BitcoinConsensus
package import BitcoinPrimitives
internal import ByteCoding

/// Finds the records of one block file, reading headers only.
///
/// Whatever is not a record is stepped over, as Core does when it reindexes: files end in zeros that were allocated
/// ahead, and a crash or old bugs leave other bytes. At most one window of the file is in memory, except when a record
/// looks suspicious and is read as a whole.
package struct BlockFileScanner {
    /// A record.
    package struct Record: Sendable {
        /// The header.
        package var header: BlockHeader
        /// Where the block lies, bytes from the start of the file.
        package var offset: UInt64
        /// Bytes of the block.
        package var size: Int
    }

    /// Bytes that are no record.
    package struct Gap: Equatable, Sendable {
        /// Where they start.
        package var offset: UInt64
        /// How many there are.
        package var count: UInt64
        /// Whether a record starts here that the file or its own content cuts short.
        package var isBrokenRecord: Bool
    }

    private static let headerWindow = 4096
    private static let searchWindow = 1 << 18
    /// Message start, size, block header, and the longest transaction count.
    private static let prefixLength = 8 + 80 + 9

    private let parameters: ChainParameters
    private let obfuscation: Obfuscation
    /// Where a block may lie at the furthest.
    private let lastOffset: UInt64
    private let file: ReadOnlyFile
    private var window: (offset: UInt64, bytes: [UInt8]) = (0, [])
    /// Where the last good record ends.
    package private(set) var endOfRecords: UInt64 = 0
    /// The gaps found so far; zeros count for nothing.
    package private(set) var gaps: [Gap] = []

    /// - Throws: `StorageError` when the file cannot be opened.
    package init(folder: BlockFolder, file number: Int) throws(StorageError) {
        // The index has 32 bits for a place.
        self.init(
            try ReadOnlyFile(path: folder.filePath(number)), folder.parameters, folder.obfuscation,
            lastOffset: UInt64(UInt32.max))
    }

    /// Finds the records of a file that lies somewhere else, with nothing mixed into it (`-loadblock`).
    ///
    /// - Throws: `StorageError` when the file cannot be opened.
    package init(path: String, parameters: ChainParameters) throws(StorageError) {
        self.init(try ReadOnlyFile(path: path), parameters, .none, lastOffset: .max)
    }

    private init(
        _ file: ReadOnlyFile, _ parameters: ChainParameters, _ obfuscation: Obfuscation,
        lastOffset: UInt64
    ) {
        self.file = file
        self.parameters = parameters
        self.obfuscation = obfuscation
        self.lastOffset = lastOffset
    }

    /// The path of the file.
    package var path: String { file.path }

    /// Bytes of the file.
    package var fileSize: UInt64 { file.size }

    /// The serialised block of a record, `count` bytes at `offset`.
    ///
    /// - Throws: `StorageError`.
    package func bytes(at offset: UInt64, count: Int) throws(StorageError) -> [UInt8] {
        var bytes = try file.readExactly(at: offset, count: count)
        obfuscation.apply(to: &bytes, offset: offset)
        return bytes
    }

    /// The next record; `nil` at the end of the file.
    ///
    /// - Throws: `StorageError` when the file cannot be read.
    package mutating func next() throws(StorageError) -> Record? {
        var isBroken = false
        var candidate: UInt64? = endOfRecords
        while let offset = candidate {
            if let record = try record(at: offset, isBroken: &isBroken) {
                if offset > endOfRecords { noteGap(from: endOfRecords, to: offset, isBroken: isBroken) }
                endOfRecords = record.offset + UInt64(record.size)
                return record
            }
            candidate = try search(from: offset + 1)
        }
        try noteTail(isBroken: isBroken)
        return nil
    }

    /// The record that starts at `offset`, if one does.
    private mutating func record(at offset: UInt64, isBroken: inout Bool) throws(StorageError) -> Record? {
        let bytes = try clearBytes(at: offset, count: Self.prefixLength)
        guard bytes.starts(with: parameters.messageStart) else { return nil }
        var reader = ByteReader(bytes)
        let prefix: (size: Int, header: BlockHeader)
        do {
            try reader.skip(4)
            let size = Int(try reader.readUInt32())
            prefix = (size, try BlockHeader(from: &reader))
            // The number of transactions.
            _ = try reader.readCompactSize()
        } catch {
            isBroken = true
            return nil
        }
        let start = offset + 8
        guard prefix.size > 80, prefix.size <= ConsensusLimits.maxBlockSerializedSize,
            (try? BlockHeaderRules.checkProofOfWork(prefix.header, parameters: parameters)) != nil
        else {
            isBroken = true
            return nil
        }
        guard start + UInt64(prefix.size) <= file.size, start <= lastOffset,
            try isTrustworthy(at: start, size: prefix.size, prefix.header)
        else {
            isBroken = true
            return nil
        }
        return Record(header: prefix.header, offset: start, size: prefix.size)
    }

    /// Whether the record ends where another starts or nothing follows. If not, its size may be wrong and hide other
    /// records, so that the whole block is read and checked against its merkle root.
    private mutating func isTrustworthy(
        at start: UInt64, size: Int, _ header: BlockHeader
    ) throws(StorageError) -> Bool {
        let end = start + UInt64(size)
        let following = try file.read(at: end, count: 4)
        if following.count < 4 || following.allSatisfy({ $0 == 0 }) {
            // Nothing follows: the last record of a file is the one that a crash leaves half written.
            return try isWhole(at: start, size: size, header)
        }
        var clear = following
        obfuscation.apply(to: &clear, offset: end)
        if clear == parameters.messageStart { return true }
        return try isWhole(at: start, size: size, header)
    }

    private func isWhole(at start: UInt64, size: Int, _ header: BlockHeader) throws(StorageError) -> Bool {
        var bytes = try file.readExactly(at: start, count: size)
        obfuscation.apply(to: &bytes, offset: start)
        var reader = ByteReader(bytes)
        guard let block = try? Block(from: &reader) else { return false }
        return block.computedMerkleRoot().root == header.merkleRoot
    }

    /// The next place from `start` on where the message start stands.
    private func search(from start: UInt64) throws(StorageError) -> UInt64? {
        let magic = parameters.messageStart
        var offset = start
        while offset + 4 <= file.size {
            // The last three bytes of a window may begin the next message start.
            defer { offset += UInt64(Self.searchWindow - 3) }
            if try file.isZero(at: offset, count: Self.searchWindow) { continue }
            var bytes = try file.read(at: offset, count: Self.searchWindow)
            guard bytes.count >= 4 else { return nil }
            obfuscation.apply(to: &bytes, offset: offset)
            for index in 0...(bytes.count - 4)
            where bytes[index] == magic[0] && bytes[index..<(index + 4)].elementsEqual(magic) {
                return offset + UInt64(index)
            }
        }
        return nil
    }

    private mutating func noteGap(from start: UInt64, to end: UInt64, isBroken: Bool) {
        gaps.append(Gap(offset: start, count: end - start, isBrokenRecord: isBroken))
    }

    /// Notes what follows the last record unless it is nothing but zeros.
    private mutating func noteTail(isBroken: Bool) throws(StorageError) {
        var offset = endOfRecords
        var lastUsed: UInt64?
        while offset < file.size {
            defer { offset += UInt64(Self.searchWindow) }
            if try file.isZero(at: offset, count: Self.searchWindow) { continue }
            let bytes = try file.read(at: offset, count: Self.searchWindow)
            if let index = bytes.lastIndex(where: { $0 != 0 }) { lastUsed = offset + UInt64(index) }
        }
        if let lastUsed { noteGap(from: endOfRecords, to: lastUsed + 1, isBroken: isBroken) }
    }

    /// Clear bytes from the window, which moves when it does not hold them.
    private mutating func clearBytes(at offset: UInt64, count: Int) throws(StorageError) -> [UInt8] {
        let end = offset + UInt64(count)
        if offset < window.offset || end > window.offset + UInt64(window.bytes.count) {
            var bytes = try file.read(at: offset, count: Self.headerWindow)
            obfuscation.apply(to: &bytes, offset: offset)
            window = (offset, bytes)
        }
        let start = Int(offset - window.offset)
        return Array(window.bytes[start..<min(start + count, window.bytes.count)])
    }
}
