package import BitcoinConsensus
package import BitcoinCrypto
package import BitcoinPrimitives
internal import ByteCoding
package import KeyValueStore
internal import Synchronization

/// Core's `indexes/blockfilter/basic` (index/blockfilterindex.cpp): the filter of every block (BIP158), and the chain
/// of their headers (BIP157).
///
/// The filters lie in files. The database has hash, header and place of each, and at `P` the place of the next.
package final class BlockFilterIndex: ChainIndex {
    package let name = "basic block filter index"
    package let needs: IndexNeeds
    package let database: IndexDatabase
    private let records: RecordsByHeight
    private let state: Mutex<State>

    private static let positionKey: [UInt8] = [UInt8(ascii: "P")]

    private struct State: ~Copyable {
        var files: FilterFiles
        /// Where the next filter goes.
        var next = BlockFiles.Position(file: 0, offset: 0)
        /// The header of the last block's filter.
        var lastHeader = Hash256.zero
    }

    /// What the database knows of a filter.
    private struct Record {
        var hash: Hash256
        var header: Hash256
        var position: BlockFiles.Position

        init(hash: Hash256, header: Hash256, position: BlockFiles.Position) {
            (self.hash, self.header, self.position) = (hash, header, position)
        }

        init?(bytes: [UInt8]) {
            var reader = ByteReader(bytes)
            guard let hash = try? reader.readHash256(), let header = try? reader.readHash256(),
                let position = BlockFiles.Position(from: &reader), reader.isAtEnd
            else { return nil }
            self.init(hash: hash, header: header, position: position)
        }

        var encoded: [UInt8] { hash.bytes + header.bytes + position.encoded }
    }

    /// Opens the index in the folder `indexes/blockfilter/basic` of `directory`.
    ///
    /// - Throws: `StorageError`.
    package convenience init(directory: String, cacheSize: Int = 2 << 20, isRebuilt: Bool = false) throws(StorageError)
    {
        let folder = directory + "/indexes/blockfilter/basic"
        self.init(
            database: try IndexDatabase(path: folder + "/db", cacheSize: cacheSize, isRebuilt: isRebuilt),
            folder: folder)
    }

    /// An index with the records of `database`, and with its filters in files in `folder`.
    package init(database: IndexDatabase, folder: String) {
        var needs = IndexNeeds()
        needs.undoToAppend = true
        self.needs = needs
        self.database = database
        records = RecordsByHeight(database: database)
        state = Mutex(State(files: FilterFiles(folder: folder)))
    }

    package func start(at best: IndexedBlock?) throws(StorageError) {
        var next = BlockFiles.Position(file: 0, offset: 0)
        if let bytes = try database.value(for: Self.positionKey) {
            var reader = ByteReader(bytes)
            guard let position = BlockFiles.Position(from: &reader), reader.isAtEnd else {
                throw database.damaged("the next filter's place has an unknown form")
            }
            next = position
        }
        var lastHeader = Hash256.zero
        if let best {
            guard let record = try record(of: best) else { throw damaged(best) }
            lastHeader = record.header
        }
        state.withLock { ($0.next, $0.lastHeader) = (next, lastHeader) }
    }

    package func append(_ block: IndexedBlock, _ data: Block, undo: BlockUndo?) throws(StorageError) {
        let spent = undo?.spentCoins.joined().lazy.map(\.output.scriptPubKey)
        let filter = BlockFilter(data, spending: spent.map(Array.init) ?? [])
        try state.withLock { state throws(StorageError) in
            let header = filter.header(after: state.lastHeader)
            let (start, end) = try state.files.write(filter, at: state.next)
            var batch = WriteBatch()
            records.put(Record(hash: filter.hash, header: header, position: start).encoded, of: block, in: &batch)
            try database.write(batch)
            (state.next, state.lastHeader) = (end, header)
        }
    }

    package func remove(_ block: IndexedBlock, _ data: Block?, undo: BlockUndo?) throws(StorageError) {
        try state.withLock { state throws(StorageError) in
            let parent = IndexedBlock(height: block.height - 1, hash: block.previous, previous: .zero)
            var batch = WriteBatch()
            try records.moveAside(block, in: &batch)
            try records.restore(parent, in: &batch)
            // The record that was moved points into the file: nothing may be written over it, even after a crash.
            batch.put(state.next.encoded, at: Self.positionKey)
            try database.write(batch)
            guard let record = try record(of: parent) else { throw damaged(parent) }
            state.lastHeader = record.header
        }
    }

    package func prepareCommit(_ batch: inout WriteBatch) throws(StorageError) {
        let next = try state.withLock { state throws(StorageError) in
            try state.files.synchronize(state.next)
            return state.next
        }
        batch.put(next.encoded, at: Self.positionKey)
    }

    /// The filter of a block; `nil` when it was not taken in.
    ///
    /// - Throws: `StorageError`.
    package func filter(of block: IndexedBlock) throws(StorageError) -> BlockFilter? {
        guard let record = try record(of: block) else { return nil }
        return try read(record)
    }

    /// The header of a block's filter; `nil` when it was not taken in.
    ///
    /// - Throws: `StorageError`.
    package func header(of block: IndexedBlock) throws(StorageError) -> Hash256? { try record(of: block)?.header }

    /// The filters of blocks each of which is the parent of the next; `nil` when one was not taken in.
    ///
    /// - Throws: `StorageError`.
    package func filters(of blocks: [IndexedBlock]) throws(StorageError) -> [BlockFilter]? {
        var filters: [BlockFilter] = []
        guard let records = try entries(of: blocks) else { return nil }
        for record in records { filters.append(try read(record)) }
        return filters
    }

    /// The hashes of the filters of blocks each of which is the parent of the next; `nil` when one was not taken in.
    ///
    /// - Throws: `StorageError`.
    package func hashes(of blocks: [IndexedBlock]) throws(StorageError) -> [Hash256]? {
        try entries(of: blocks)?.map(\.hash)
    }

    private func entries(of blocks: [IndexedBlock]) throws(StorageError) -> [Record]? {
        guard let found = try records.records(of: blocks) else { return nil }
        var entries: [Record] = []
        for (bytes, block) in zip(found, blocks) {
            guard let record = Record(bytes: bytes) else { throw damaged(block) }
            entries.append(record)
        }
        return entries
    }

    private func record(of block: IndexedBlock) throws(StorageError) -> Record? {
        guard let bytes = try records.record(of: block) else { return nil }
        guard let record = Record(bytes: bytes) else { throw damaged(block) }
        return record
    }

    private func read(_ record: Record) throws(StorageError) -> BlockFilter {
        try state.withLock { state throws(StorageError) in
            try state.files.read(at: record.position, hash: record.hash)
        }
    }

    private func damaged(_ block: IndexedBlock) -> StorageError {
        database.damaged("the record of block \(block.hash) is missing or has an unknown form")
    }
}

extension BlockFiles.Position {
    /// Reads a place in Core's form (`FlatFilePos`): file and offset, each as VARINT; `nil` when it is none.
    init?(from reader: inout ByteReader) {
        guard let file = try? reader.readVarInt(), let offset = try? reader.readVarInt(), file <= UInt64(Int32.max),
            let offset = UInt32(exactly: offset)
        else { return nil }
        self.init(file: Int(file), offset: offset)
    }

    /// The place in Core's form.
    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 10)
        writer.writeVarInt(UInt64(file))
        writer.writeVarInt(UInt64(offset))
        return writer.bytes
    }
}
