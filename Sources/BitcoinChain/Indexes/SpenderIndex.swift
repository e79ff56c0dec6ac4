package import BitcoinConsensus
internal import BitcoinCrypto
package import BitcoinPrimitives
internal import ByteCoding
internal import KeyValueStore

/// Core's `indexes/txospenderindex` (index/txospenderindex.cpp): which transaction spends an output.
///
/// At the key `s`, a keyed hash of the outpoint, and the place of the spending transaction lies nothing.
package final class SpenderIndex: ChainIndex {
    package let name = "txospenderindex"
    package let needs: IndexNeeds
    package let database: IndexDatabase
    private let salt: (UInt64, UInt64)

    /// Core writes this literal with the zero byte that ends it.
    private static let saltKey: [UInt8] = Array("siphash_key".utf8) + [0]

    /// Opens the index in the folder `indexes/txospenderindex` of `directory`.
    ///
    /// - Throws: `StorageError`.
    package convenience init(directory: String, cacheSize: Int = 2 << 20, isRebuilt: Bool = false) throws(StorageError)
    {
        try self.init(
            database: IndexDatabase(
                path: directory + "/indexes/txospenderindex/db", cacheSize: cacheSize, usesBloomFilter: false,
                isRebuilt: isRebuilt))
    }

    /// An index with the records of `database`.
    ///
    /// - Throws: `StorageError`.
    package init(database: IndexDatabase) throws(StorageError) {
        var needs = IndexNeeds()
        needs.dataToRemove = true
        needs.allowsPruning = false
        self.needs = needs
        self.database = database
        salt = try database.salt(at: Self.saltKey)
    }

    package func append(_ block: IndexedBlock, _ data: Block, undo: BlockUndo?) throws(StorageError) {
        var batch = WriteBatch()
        try forEachKey(block, data) { batch.put([], at: $0) }
        try database.write(batch)
    }

    package func remove(_ block: IndexedBlock, _ data: Block?, undo: BlockUndo?) throws(StorageError) {
        guard let data else { return }
        var batch = WriteBatch()
        try forEachKey(block, data) { batch.remove($0) }
        try database.write(batch)
    }

    /// The places of transactions that may spend `outPoint`: mostly none or one.
    ///
    /// - Throws: `StorageError`.
    package func candidates(for outPoint: OutPoint) throws(StorageError) -> [TransactionPlace] {
        let prefix = prefix(of: outPoint)
        var places: [TransactionPlace] = []
        var isDamaged = false
        try database.forEach(prefix: prefix) { key, _ in
            if let place = TransactionPlace(decoding: key[prefix.count...]) {
                places.append(place)
            } else {
                isDamaged = true
            }
            return true
        }
        if isDamaged { throw database.damaged("a key at \(outPoint) has an unknown form") }
        return places
    }

    private func forEachKey(_ block: IndexedBlock, _ data: Block, _ body: ([UInt8]) -> Void) throws(StorageError) {
        guard let position = block.position else { throw .missing(block: block.hash.description) }
        var offset = ByteWriter.compactSizeLength(UInt64(data.transactions.count))
        for transaction in data.transactions {
            let place = TransactionPlace(block: position, offset: UInt32(offset))
            if !transaction.isCoinbase {
                for input in transaction.inputs {
                    var key = ByteWriter(appendingTo: prefix(of: input.previousOutput))
                    place.encode(to: &key)
                    body(key.bytes)
                }
            }
            offset += transaction.totalSize
        }
    }

    private func prefix(of outPoint: OutPoint) -> [UInt8] {
        var hasher = SipHash(key0: salt.0, key1: salt.1)
        hasher.update(outPoint.transactionID.rawValue)
        hasher.update(outPoint.index)
        var writer = ByteWriter(capacity: 24)
        writer.writeUInt8(UInt8(ascii: "s"))
        writer.writeUInt64(hasher.finalize())
        return writer.bytes
    }
}
