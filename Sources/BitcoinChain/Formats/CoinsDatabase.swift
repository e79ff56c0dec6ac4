package import BitcoinConsensus
package import BitcoinPrimitives
package import KeyValueStore

/// The set of coins on disk, in Core's chainstate format (txdb.cpp).
///
/// `B` holds the block after which the coins are unspent. A large change is written in several batches; until the last
/// one is on disk `B` is absent and `H` holds the block it leads to and the one it started from, so that the blocks
/// between can be applied again after a crash: putting and removing coins twice does no harm.
package final class CoinsDatabase: CoinsView {
    /// Where the coins stand.
    package enum State: Equatable, Sendable {
        /// The database is new.
        case empty
        /// All changes up to this block are there.
        case complete(BlockHash)
        /// A change was cut short: some of the coins are as after `target`, the others as after `origin`.
        case partial(target: BlockHash, origin: BlockHash)
    }

    private static let bestBlockKey: [UInt8] = [UInt8(ascii: "B")]
    private static let headBlocksKey: [UInt8] = [UInt8(ascii: "H")]

    private let store: any KeyValueStore
    private let path: String
    /// Bytes after which a batch is written and the next begun.
    private let batchSize: Int
    private let reading: ParallelReading
    /// Where the coins stand.
    package private(set) var state: State

    package var bestBlock: BlockHash {
        switch state {
        case .empty: .zero
        case .complete(let block): block
        case .partial(_, let origin): origin
        }
    }

    /// Bytes that the coins take on disk, estimated: what was written last may not be counted.
    var estimatedSize: UInt64 {
        store.approximateSize(from: [CoinRecord.keyPrefix], to: [CoinRecord.keyPrefix + 1])
    }

    /// Reads where the coins in `store` stand.
    ///
    /// - Parameters:
    ///   - store: a store in clear, so mostly an `ObfuscatedStore`.
    ///   - path: its folder, for error texts.
    ///   - batchSize: Core's `-dbbatchsize`, in bytes.
    ///   - fetchThreads: Core's `-prevoutfetchthreads`.
    /// - Throws: `StorageError`.
    package init(
        store: any KeyValueStore, path: String, batchSize: Int = 2 << 20, fetchThreads: Int = 0
    ) throws(StorageError) {
        self.store = store
        self.path = path
        self.batchSize = batchSize
        reading = ParallelReading(threadCount: fetchThreads)
        if let heads = try Self.read(Self.headBlocksKey, store) {
            // A vector of two hashes: where to, and where from.
            guard heads.count == 65, heads[0] == 2, let target = BlockHash(bytes: heads[1..<33]),
                let origin = BlockHash(bytes: heads[33...])
            else { throw Self.damaged(path, "the head blocks have an unknown form") }
            state = .partial(target: target, origin: origin)
        } else if let best = try Self.read(Self.bestBlockKey, store) {
            guard let block = BlockHash(bytes: best) else { throw Self.damaged(path, "the best block is no hash") }
            state = .complete(block)
        } else {
            state = .empty
        }
    }

    package func coin(at outPoint: OutPoint) throws(StorageError) -> Coin? {
        guard let bytes = try record(at: outPoint) else { return nil }
        guard let coin = CoinRecord.decode(bytes) else { throw damaged("no coin at \(outPoint)") }
        return coin
    }

    /// The record of the coin at `outPoint`; `nil` when there is none.
    func record(at outPoint: OutPoint) throws(StorageError) -> [UInt8]? {
        try Self.read(CoinRecord.key(of: outPoint), store)
    }

    /// The records of many coins, in the order of `outPoints`, read on several threads.
    func records(at outPoints: [OutPoint]) throws(StorageError) -> [[UInt8]?] {
        do {
            return try reading.values(for: outPoints.map(CoinRecord.key), in: store)
        } catch {
            throw .database(error)
        }
    }

    package func apply(_ changes: [OutPoint: Coin?], bestBlock: BlockHash) throws(StorageError) {
        try write(bestBlock: bestBlock) { put in
            for (outPoint, coin) in changes { put(outPoint, coin.map(CoinRecord.encode)?[...] ?? []) }
        }
    }

    /// Changes the set to what it is after `bestBlock`, in as many batches as it takes.
    ///
    /// - Parameter changes: hands over every change: the outpoint and the coin's record, empty for a spent one.
    func write(
        bestBlock: BlockHash, _ changes: (_ put: (OutPoint, ArraySlice<UInt8>) -> Void) -> Void
    ) throws(StorageError) {
        let origin: BlockHash
        switch state {
        case .empty: origin = .zero
        case .complete(let block): origin = block
        case .partial(let target, let start):
            // Replaying goes towards the same block, or the coins would be those of no block at all.
            guard bestBlock == target else { throw damaged("a change that was cut short was not finished") }
            origin = start
        }
        var batch = WriteBatch()
        batch.remove(Self.bestBlockKey)
        batch.put([2] + bestBlock.bytes + origin.bytes, at: Self.headBlocksKey)
        var failure: StorageError?
        changes { outPoint, record in
            if failure != nil { return }
            if record.isEmpty {
                batch.remove(CoinRecord.key(of: outPoint))
            } else {
                batch.put(record, at: CoinRecord.key(of: outPoint))
            }
            guard batch.byteCount > batchSize else { return }
            do throws(StorageError) { try write(batch) } catch { failure = error }
            state = .partial(target: bestBlock, origin: origin)
            batch.removeAll()
        }
        if let failure { throw failure }
        batch.remove(Self.headBlocksKey)
        batch.put(bestBlock.bytes, at: Self.bestBlockKey)
        try write(batch)
        state = .complete(bestBlock)
    }

    package func forEachCoin(_ body: (OutPoint, Coin) -> Void) throws(StorageError) {
        try CoinsSnapshot.walk(store, path: path) { outPoint, coin in
            body(outPoint, coin)
            return true
        }
    }

    /// All coins as they are now.
    func snapshot() -> CoinsSnapshot { CoinsSnapshot(bestBlock: bestBlock, pairs: store.snapshot(), path: path) }

    private func write(_ batch: WriteBatch) throws(StorageError) {
        do {
            try store.write(batch, durably: false)
        } catch {
            throw .database(error)
        }
    }

    private static func read(_ key: [UInt8], _ store: any KeyValueStore) throws(StorageError) -> [UInt8]? {
        do {
            return try store.value(for: key)
        } catch {
            throw .database(error)
        }
    }

    /// What is in the database does not belong there.
    func damaged(_ reason: String) -> StorageError { Self.damaged(path, reason) }

    static func damaged(_ path: String, _ reason: String) -> StorageError {
        .database(KeyValueStoreError(.corrupt, path: path, reason: reason))
    }
}
