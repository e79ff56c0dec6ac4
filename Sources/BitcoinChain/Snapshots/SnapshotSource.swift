internal import BitcoinConsensus
internal import BitcoinPrimitives
internal import Foundation
internal import KeyValueStore
internal import Synchronization

/// What a snapshot is written from: the coins after the tip, and the blocks to take back from there. It leaves the
/// chain's thread, so that the chain goes on while it is written.
package struct SnapshotSource: Sendable {
    let coins: CoinsSnapshot
    /// The block after which the coins are wanted.
    let target: IndexedBlock
    /// Transactions up to it.
    let transactionCount: UInt64
    /// The blocks above it, the last first.
    let undone: [IndexedBlock]
    let folder: BlockFolder
    /// Bytes of memory for coins, and for a batch of them.
    let cacheSize: Int
    let batchSize: Int

    /// Files that are being written.
    private static let busy = Mutex<Set<String>>([])

    /// What a writer is doing.
    package enum Step: Sendable {
        /// Copying the coins into a database beside the file.
        case copying
        /// Taking blocks back.
        case rollingBack
        /// Writing the file.
        case writing
    }

    /// Writes a new file. For a block before the tip the coins are copied into a database of their own beside it, and
    /// brought back there.
    ///
    /// - Parameters:
    ///   - path: the file, which is there only once it is whole.
    ///   - progress: told how many of a hundred parts of a step are done, now and then; returns false to stop.
    /// - Throws: `SnapshotError`, also when another dump writes this file; nothing is left then.
    package func write(
        to path: String, progress: (Step, Int) -> Bool = { _, _ in true }
    ) throws(SnapshotError) -> SnapshotDump {
        guard Self.busy.withLock({ $0.insert(path).inserted }) else {
            throw .refused("\(path) is being written already")
        }
        defer { Self.busy.withLock { _ = $0.remove(path) } }
        if undone.isEmpty { return try write(coins, to: path, progress) }
        let folder = (path as NSString).deletingLastPathComponent + "/temp_utxo_\(target.height)"
        defer { Self.remove(folder) }
        return try write(try rolledBack(folder, progress), to: path, progress)
    }

    private static func remove(_ folder: String) {
        do throws(KeyValueStoreError) {
            try LevelDBStore.destroy(path: folder)
        } catch {
            // Another dump uses it, or it stays behind; the next one from this height begins with an empty one anyway.
            return
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A copy of the coins as they were after `target`.
    private func rolledBack(_ folder: String, _ progress: (Step, Int) -> Bool) throws(SnapshotError) -> CoinsSnapshot {
        do throws(StorageError) {
            let copy = CoinsCache(over: try copied(folder, progress))
            let reader = BlockReader(self.folder)
            for (count, index) in undone.enumerated() {
                guard copy.bestBlock == index.hash, progress(.rollingBack, count * 100 / undone.count) else { break }
                let (block, undo) = (try reader.block(index), try reader.undo(index))
                guard block.computedMerkleRoot().root == block.header.merkleRoot else {
                    throw .missing(block: index.hash.description)
                }
                var overlay = try CoinsOverlay(over: copy, fetching: ChainState.touched(by: block))
                do throws(DisconnectRules.Failure) {
                    try DisconnectRules.disconnect(block, undo: undo, height: index.height, coins: &overlay)
                } catch {
                    throw .unknownFormat(
                        path: folder, reason: "block \(index.hash) cannot be taken back: \(error.rawValue)")
                }
                try copy.apply(overlay.changes, bestBlock: index.previous)
                if copy.isFull(above: cacheSize) { try copy.flush(keepingCoins: false) }
            }
            if copy.bestBlock == target.hash { return try copy.snapshot() }
        } catch {
            throw .storage(error)
        }
        throw .interrupted
    }

    /// A database with a copy of the coins; with a part of them, after no block, when it was stopped.
    private func copied(
        _ folder: String, _ progress: (Step, Int) -> Bool
    ) throws(StorageError) -> CoinsDatabase {
        let store: LevelDBStore
        do {
            try LevelDBStore.destroy(path: folder)
            store = try LevelDBStore(path: folder)
        } catch {
            throw .database(error)
        }
        let database = try CoinsDatabase(store: store, path: folder, batchSize: batchSize)
        var failure: StorageError?
        var isStopped = !progress(.copying, 0)
        try database.write(bestBlock: coins.bestBlock) { put in
            var count = 0
            if isStopped { return }
            do throws(StorageError) {
                try coins.forEachCoin { outPoint, coin in
                    put(outPoint, CoinRecord.encode(coin)[...])
                    count += 1
                    if count % 4096 == 0 { isStopped = !progress(.copying, Self.percent(outPoint)) }
                    return !isStopped
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        // What was not copied whole must not be taken for the coins after a block.
        if isStopped { try database.write(bestBlock: .zero) { _ in } }
        return database
    }

    private static func percent(_ outPoint: OutPoint) -> Int {
        CoinsSnapshot.progress(at: outPoint.transactionID) * 100 >> 16
    }

    private func write(
        _ coins: CoinsSnapshot, to path: String, _ progress: (Step, Int) -> Bool
    ) throws(SnapshotError) -> SnapshotDump {
        let temporary = path + ".incomplete"
        guard progress(.writing, 0) else { throw .interrupted }
        var isStopped = false
        do throws(StorageError) {
            let writer = try SnapshotFile.Writer(
                path: temporary, block: target.hash, messageStart: folder.parameters.messageStart)
            var sum = CoinsStatistics.Sum(.serialized)
            var failure: StorageError?
            try coins.forEachCoin { outPoint, coin in
                sum.add(outPoint, coin)
                do throws(StorageError) { try writer.add(outPoint, coin) } catch { failure = error }
                if sum.outputCount % 4096 == 0 { isStopped = !progress(.writing, Self.percent(outPoint)) }
                return failure == nil && !isStopped
            }
            if let failure { throw failure }
            if !isStopped {
                try writer.finish()
                do {
                    try FileManager.default.moveItem(atPath: temporary, toPath: path)
                } catch {
                    throw .system(path: path, error)
                }
                return SnapshotDump(
                    coinCount: writer.coinCount, block: target.hash, height: target.height,
                    hash: sum.finish().serializedHash, transactionCount: transactionCount)
            }
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw .storage(error)
        }
        try? FileManager.default.removeItem(atPath: temporary)
        throw .interrupted
    }
}
