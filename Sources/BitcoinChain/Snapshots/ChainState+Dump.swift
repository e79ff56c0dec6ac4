internal import BitcoinConsensus
package import BitcoinCrypto
package import BitcoinPrimitives
internal import Foundation
internal import KeyValueStore

/// What was written into a snapshot.
package struct SnapshotDump: Equatable, Sendable {
    /// Coins in it.
    package var coinCount: UInt64
    /// The block after which they are unspent.
    package var block: BlockHash
    /// Its height.
    package var height: Int
    /// The hash over all of them.
    package var hash: Hash256
    /// Transactions up to the block.
    package var transactionCount: UInt64
}

// Writing the coins into a file (Core's `dumptxoutset`).

extension ChainState {
    /// Writes the coins after a block of the active chain into a new file. For a block before the tip they are copied
    /// into a database of their own beside the file, and brought back there.
    ///
    /// - Parameters:
    ///   - path: the file, which is there only once it is whole.
    ///   - target: the block.
    ///   - progress: told how far bringing back is; returns false to stop.
    /// - Throws: `SnapshotError`.
    package func dumpSnapshot(
        to path: String, at target: BlockIndex, progress: (Int, Int) -> Bool = { _, _ in true }
    ) throws(SnapshotError) -> SnapshotDump {
        if target === tip {
            do { try flush() } catch { throw .storage(error) }
            return try write(coins, of: target, to: path)
        }
        if let pruneHeight, pruneHeight >= target.height {
            throw .refused("Could not roll back to requested height since necessary block data is already pruned.")
        }
        let folder = (path as NSString).deletingLastPathComponent + "/temp_utxo_\(target.height)"
        defer {
            do throws(KeyValueStoreError) {
                try LevelDBStore.destroy(path: folder)
            } catch {
                // It stays behind; the next dump from this height begins with an empty one anyway.
            }
            try? FileManager.default.removeItem(atPath: folder)
        }
        return try write(try rolledBack(to: target, folder, progress), of: target, to: path)
    }

    /// A copy of the coins as they were after `target`.
    private func rolledBack(
        to target: BlockIndex, _ folder: String, _ progress: (Int, Int) -> Bool
    ) throws(SnapshotError) -> CoinsCache {
        do throws(StorageError) {
            let store: LevelDBStore
            do {
                try LevelDBStore.destroy(path: folder)
                store = try LevelDBStore(path: folder)
            } catch {
                throw .database(error)
            }
            let database = try CoinsDatabase(store: store, path: folder, batchSize: configuration.batchSize)
            var failure: StorageError?
            try database.write(bestBlock: tip.hash) { put in
                do throws(StorageError) {
                    try coins.forEachCoin { put($0, CoinRecord.encode($1)[...]) }
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            let copy = CoinsCache(over: database)
            var node = tip
            while node !== target, let parent = node.parent {
                guard progress(tip.height - node.height, tip.height - target.height) else { break }
                let block = try soundBlock(node)
                var overlay = try CoinsOverlay(over: copy, fetching: touched(by: block))
                guard let undo = try undo(of: node) else { throw .missing(block: node.hash.description) }
                do throws(DisconnectRules.Failure) {
                    try DisconnectRules.disconnect(block, undo: undo, height: node.height, coins: &overlay)
                } catch {
                    throw damagedCoins("block \(node.hash) cannot be taken back: \(error.rawValue)")
                }
                try copy.apply(overlay.changes, bestBlock: parent.hash)
                if copy.memoryUse > coinsCacheLimit { try copy.flush(keepingCoins: false) }
                node = parent
            }
            if node === target {
                try copy.flush(keepingCoins: false)
                return copy
            }
        } catch {
            throw .storage(error)
        }
        throw .interrupted
    }

    private func write(
        _ view: CoinsCache, of block: BlockIndex, to path: String
    ) throws(SnapshotError) -> SnapshotDump {
        let temporary = path + ".incomplete"
        do throws(StorageError) {
            let writer = try SnapshotFile.Writer(
                path: temporary, block: block.hash, messageStart: parameters.messageStart)
            var sum = CoinsStatistics.Sum(.serialized)
            var failure: StorageError?
            try view.forEachCoin { outPoint, coin in
                guard failure == nil else { return }
                sum.add(outPoint, coin)
                do throws(StorageError) { try writer.add(outPoint, coin) } catch { failure = error }
            }
            if let failure { throw failure }
            try writer.finish()
            do {
                try FileManager.default.moveItem(atPath: temporary, toPath: path)
            } catch {
                throw .system(path: path, reason: error.localizedDescription)
            }
            return SnapshotDump(
                coinCount: writer.coinCount, block: block.hash, height: block.height,
                hash: sum.finish().serializedHash, transactionCount: block.chainTransactionCount)
        } catch {
            throw .storage(error)
        }
    }
}
