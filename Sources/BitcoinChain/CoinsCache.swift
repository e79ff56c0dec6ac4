package import BitcoinConsensus
internal import BitcoinCrypto
package import BitcoinPrimitives

/// The set of coins with what was used lately in memory, and changes that the database does not have yet.
///
/// Coins that are made and spent between two flushes never reach the disk. The owner calls `flush()` when `memoryUse`
/// grows past its limit, now and then besides, and at the end; after a crash the blocks since the last flush are
/// connected again.
package final class CoinsCache: CoinsView {
    /// Several tables, so that one that grows, or is put in order, is a small part of the whole. Each holds a range of
    /// transaction ids.
    private static let tableCount = 64

    private let database: CoinsDatabase
    private var tables: [CoinTable]
    package private(set) var bestBlock: BlockHash

    /// The coins of `database`, none of them in memory yet.
    package init(over database: CoinsDatabase) {
        self.database = database
        bestBlock = database.bestBlock
        tables = (0..<Self.tableCount).map { _ in CoinTable() }
    }

    /// Bytes of memory in use.
    package var memoryUse: Int { tables.reduce(0) { $0 + $1.memoryUse } }

    /// Whether it takes more than so many bytes of memory, or can take no more anyway, and is to be flushed.
    func isFull(above limit: Int) -> Bool { memoryUse > limit || tables.contains(where: \.isFull) }

    /// Coins in memory, and marks of spent ones.
    package var count: Int { tables.reduce(0) { $0 + $1.count } }

    package func coin(at outPoint: OutPoint) throws(StorageError) -> Coin? {
        let (table, hash) = place(of: outPoint)
        if let slot = tables[table].find(outPoint, hash: hash) {
            return tables[table].isSpent(at: slot) ? nil : CoinRecord.decode(tables[table].record(at: slot))
        }
        guard let record = try database.record(at: outPoint) else { return nil }
        guard let coin = CoinRecord.decode(record) else { throw database.damaged("no coin at \(outPoint)") }
        tables[table].insert(outPoint, hash: hash, record: record, flags: [])
        return coin
    }

    /// The same for many outpoints; those not in memory are read on several threads.
    package func coins(at outPoints: [OutPoint]) throws(StorageError) -> [Coin?] {
        var found = [Coin?](repeating: nil, count: outPoints.count)
        var missing: [Int] = []
        for (position, outPoint) in outPoints.enumerated() {
            let (table, hash) = place(of: outPoint)
            guard let slot = tables[table].find(outPoint, hash: hash) else {
                missing.append(position)
                continue
            }
            if tables[table].isSpent(at: slot) { continue }
            found[position] = CoinRecord.decode(tables[table].record(at: slot))
        }
        guard !missing.isEmpty else { return found }
        for (position, record) in zip(missing, try database.records(at: missing.map { outPoints[$0] })) {
            guard let record else { continue }
            let outPoint = outPoints[position]
            guard let coin = CoinRecord.decode(record) else { throw database.damaged("no coin at \(outPoint)") }
            found[position] = coin
            let (table, hash) = place(of: outPoint)
            // A bad block may name a coin twice.
            guard tables[table].find(outPoint, hash: hash) == nil else { continue }
            tables[table].insert(outPoint, hash: hash, record: record, flags: [])
        }
        return found
    }

    package func apply(_ changes: [OutPoint: Coin?], bestBlock: BlockHash) throws(StorageError) {
        for (outPoint, coin) in changes {
            let (table, hash) = place(of: outPoint)
            let slot = tables[table].find(outPoint, hash: hash)
            switch (coin, slot) {
            case (let coin?, let slot?):
                let flags = tables[table].flags(at: slot).union(.dirty)
                tables[table].update(slot, record: CoinRecord.encode(coin), flags: flags)
            case (let coin?, nil):
                // A coinbase may overwrite a coin that nobody looked up (BIP30's two exceptions).
                let flags: CoinTable.Flags = coin.isCoinbase ? .dirty : [.dirty, .fresh]
                tables[table].insert(outPoint, hash: hash, record: CoinRecord.encode(coin), flags: flags)
            case (nil, let slot?):
                if tables[table].flags(at: slot).contains(.fresh) {
                    tables[table].remove(slot)
                } else {
                    tables[table].update(slot, record: [], flags: .dirty)
                }
            case (nil, nil):
                tables[table].insert(outPoint, hash: hash, record: [], flags: .dirty)
            }
        }
        self.bestBlock = bestBlock
    }

    /// Makes changes to coins of which it is not known what the database has: none is taken for new.
    func overwrite(_ changes: [OutPoint: Coin?], bestBlock: BlockHash) throws(StorageError) {
        for (outPoint, coin) in changes {
            let (table, hash) = place(of: outPoint)
            let record = coin.map(CoinRecord.encode) ?? []
            if let slot = tables[table].find(outPoint, hash: hash) {
                tables[table].update(slot, record: record, flags: .dirty)
            } else {
                tables[table].insert(outPoint, hash: hash, record: record, flags: .dirty)
            }
        }
        self.bestBlock = bestBlock
    }

    /// Says that the coins, none so far, are those after `block`: the first block makes no coins.
    func begin(at block: BlockHash) { bestBlock = block }

    /// Writes all changes to the database.
    ///
    /// - Parameter keepingCoins: whether the coins stay in memory too; otherwise all of it is given back.
    /// - Throws: `StorageError`; nothing is forgotten then.
    package func flush(keepingCoins: Bool) throws(StorageError) {
        // Before the first block there is nothing to write, and nothing that could be said to be complete.
        guard bestBlock != .zero else { return }
        try database.write(bestBlock: bestBlock) { put in
            for table in tables { table.forEachDirty { put($0, $1) } }
        }
        for index in tables.indices {
            if keepingCoins { tables[index].settle() } else { tables[index] = CoinTable() }
        }
    }

    /// Writes all changes and then walks over the database.
    package func forEachCoin(_ body: (OutPoint, Coin) -> Void) throws(StorageError) {
        try flush(keepingCoins: true)
        try database.forEachCoin(body)
    }

    /// Writes all changes and gives all memory back.
    ///
    /// - Returns: the coins as they are now.
    func snapshot() throws(StorageError) -> CoinsSnapshot {
        try flush(keepingCoins: false)
        return database.snapshot()
    }

    private func place(of outPoint: OutPoint) -> (table: Int, hash: Int) {
        let firstByte = Int(truncatingIfNeeded: outPoint.transactionID.rawValue.words.0 & 0xff)
        return (firstByte * Self.tableCount / 256, CoinTable.hash(of: outPoint))
    }
}
