package import BitcoinConsensus
internal import BitcoinCrypto
package import BitcoinPrimitives
package import ByteCoding
internal import KeyValueStore

/// Core's `indexes/txindex` (index/txindex.cpp, txindex_key.h): where each transaction lies, found by 40 bits of a
/// keyed hash of its id.
///
/// `x`, hash, number of the block as VARINT, offset in the block; `s` and a block's number give its hash, `h` and its
/// hash the number. Blocks that left the chain keep their entries: others may still ask. Entries of the older form, `t`
/// and the whole id, are read but not written.
package final class TransactionIndex: ChainIndex {
    package let name = "txindex"
    package let needs: IndexNeeds
    package let database: IndexDatabase
    private let hasher: SipHash13UJ
    /// Whether there are entries of the older form.
    package let hasLegacyEntries: Bool

    private static let nextNumberKey = text("next_block_seq")
    private static let saltKey = text("txid_hash_salt")
    private static let locatorKey = text("best_block_v2")

    /// A place where a transaction with the wanted id may lie.
    package struct Candidate: Hashable, Sendable {
        /// The block.
        package var block: BlockHash
        /// The order in which blocks were taken in.
        package var sequence: UInt64
        /// Bytes from the start of the block.
        package var offset: UInt32
    }

    /// Opens the index in the folder `indexes/txindex` of `directory`.
    ///
    /// - Throws: `StorageError`.
    package convenience init(directory: String, cacheSize: Int = 2 << 20, isRebuilt: Bool = false) throws(StorageError)
    {
        // Walks over keys never ask a Bloom filter.
        try self.init(
            database: IndexDatabase(
                path: directory + "/indexes/txindex", cacheSize: cacheSize, usesBloomFilter: false,
                isRebuilt: isRebuilt, bestBlockKey: Self.locatorKey))
    }

    /// An index with the records of `database`.
    ///
    /// - Throws: `StorageError`.
    package init(database: IndexDatabase) throws(StorageError) {
        var needs = IndexNeeds()
        needs.allowsPruning = false
        self.needs = needs
        self.database = database
        let salt = try database.salt(at: Self.saltKey)
        hasher = SipHash13UJ(key0: salt.0, key1: salt.1)
        var hasLegacyEntries = false
        try database.forEach(prefix: [UInt8(ascii: "t")]) { _, _ in
            hasLegacyEntries = true
            return false
        }
        self.hasLegacyEntries = hasLegacyEntries
    }

    package func append(_ block: IndexedBlock, _ data: Block, undo: BlockUndo?) throws(StorageError) {
        // The outputs of the first block can never be spent, and Core does not give out its transaction.
        guard block.height > 0 else { return }
        let blockKey = [UInt8(ascii: "h")] + block.hash.bytes
        // Taken in before, and then left by the chain or by a crash.
        if try database.value(for: blockKey) != nil { return }
        let number = try nextNumber()
        var batch = WriteBatch()
        batch.put(Self.bytes(of: number), at: blockKey)
        batch.put(block.hash.bytes, at: Self.sequenceKey(UInt64(number)))
        batch.put(Self.bytes(of: number &+ 1), at: Self.nextNumberKey)
        var offset = BlockHeader.size + ByteWriter.compactSizeLength(UInt64(data.transactions.count))
        for transaction in data.transactions {
            var key = ByteWriter(appendingTo: prefix(of: transaction.id))
            key.writeVarInt(UInt64(number))
            for shift in [16, 8, 0] { key.writeUInt8(UInt8(truncatingIfNeeded: offset >> shift)) }
            batch.put([], at: key.bytes)
            offset += transaction.totalSize
        }
        try database.write(batch)
    }

    /// The places where a transaction may lie: mostly none or one.
    ///
    /// - Throws: `StorageError`.
    package func candidates(for id: TransactionID) throws(StorageError) -> [Candidate] {
        let prefix = prefix(of: id)
        var places: [(sequence: UInt64, offset: UInt32)] = []
        try database.forEach(prefix: prefix) { key, _ in
            var reader = ByteReader(key[prefix.count...])
            guard let sequence = try? reader.readVarInt(), let offset = try? reader.readSlice(3) else { return true }
            places.append((sequence, offset.reduce(0) { $0 << 8 | UInt32($1) }))
            return true
        }
        var candidates: [Candidate] = []
        for place in places {
            guard let bytes = try database.value(for: Self.sequenceKey(place.sequence)),
                let block = BlockHash(bytes: bytes)
            else { continue }
            candidates.append(Candidate(block: block, sequence: place.sequence, offset: place.offset))
        }
        return candidates
    }

    /// The place of a transaction in an entry of the older form: the block's position, and the offset behind its
    /// header.
    ///
    /// - Throws: `StorageError`.
    package func legacyPlace(
        of id: TransactionID
    ) throws(StorageError) -> (position: BlockFiles.Position, offset: UInt32)? {
        guard hasLegacyEntries, let bytes = try database.value(for: [UInt8(ascii: "t")] + id.bytes) else { return nil }
        guard let place = TransactionPlace(decoding: bytes[...]) else { throw database.damaged("no place of \(id)") }
        return (place.block, place.offset)
    }

    private func nextNumber() throws(StorageError) -> UInt32 {
        guard let bytes = try database.value(for: Self.nextNumberKey) else { return 0 }
        var reader = ByteReader(bytes)
        guard let number = try? reader.readUInt32(), reader.isAtEnd else {
            throw database.damaged("the next block's number has an unknown form")
        }
        return number
    }

    /// `x` and the 40 highest bits of the id's hash.
    private func prefix(of id: TransactionID) -> [UInt8] {
        var hasher = hasher
        hasher.update(id.rawValue)
        let hash = hasher.finalize()
        return [UInt8(ascii: "x")] + [56, 48, 40, 32, 24].map { UInt8(truncatingIfNeeded: hash >> $0) }
    }

    private static func sequenceKey(_ number: UInt64) -> [UInt8] {
        var writer = ByteWriter(appendingTo: [UInt8(ascii: "s")])
        writer.writeVarInt(number)
        return writer.bytes
    }

    private static func bytes(of number: UInt32) -> [UInt8] {
        var writer = ByteWriter(capacity: 4)
        writer.writeUInt32(number)
        return writer.bytes
    }

    /// A key that is a text with its length before it.
    private static func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
}

/// Where a transaction lies (Core's `CDiskTxPos`): the block's position, and the offset behind its header, each as
/// VARINT.
package struct TransactionPlace: Hashable, Sendable {
    /// The block.
    package var block: BlockFiles.Position
    /// Bytes from the end of the block's header.
    package var offset: UInt32

    /// The place at `offset` behind the header of the block at `block`.
    package init(block: BlockFiles.Position, offset: UInt32) {
        (self.block, self.offset) = (block, offset)
    }

    /// `nil` when the bytes are no place.
    package init?(decoding bytes: ArraySlice<UInt8>) {
        var reader = ByteReader(bytes)
        guard let file = try? reader.readVarInt(), let position = try? reader.readVarInt(),
            let offset = try? reader.readVarInt(), reader.isAtEnd, file <= UInt64(Int32.max),
            let position = UInt32(exactly: position), let offset = UInt32(exactly: offset)
        else { return nil }
        self.init(block: .init(file: Int(file), offset: position), offset: offset)
    }

    /// Appends the place.
    package func encode(to writer: inout ByteWriter) {
        writer.writeVarInt(UInt64(block.file))
        writer.writeVarInt(UInt64(block.offset))
        writer.writeVarInt(UInt64(offset))
    }
}
