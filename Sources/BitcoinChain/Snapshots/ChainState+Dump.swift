package import BitcoinCrypto
package import BitcoinPrimitives

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
    /// What the coins after a block of the active chain are written from. Until `endSnapshot(of:)` no block that is
    /// needed for it is deleted.
    ///
    /// - Throws: `SnapshotError`.
    package func beginSnapshot(at target: BlockIndex) throws(SnapshotError) -> SnapshotSource {
        if let pruneHeight, pruneHeight >= target.height, target !== tip {
            throw .refused("Could not roll back to requested height since necessary block data is already pruned.")
        }
        let coins: CoinsSnapshot
        do { coins = try coinsSnapshot() } catch { throw .storage(error) }
        var undone: [IndexedBlock] = []
        var node = tip
        while node !== target, let parent = node.parent {
            undone.append(node.indexed)
            node = parent
        }
        let source = SnapshotSource(
            coins: coins, target: target.indexed, transactionCount: target.chainTransactionCount, undone: undone,
            folder: files.folder, cacheSize: coinsCacheLimit, batchSize: configuration.batchSize)
        if !undone.isEmpty { pruneLocks[Self.pruneLock(of: source)] = target.height }
        return source
    }

    /// Lets blocks be deleted again.
    package func endSnapshot(of source: SnapshotSource) { pruneLocks[Self.pruneLock(of: source)] = nil }

    private static func pruneLock(of source: SnapshotSource) -> String { "snapshot of \(source.target.height)" }

    /// Writes the coins after a block of the active chain into a new file, on this thread.
    ///
    /// - Throws: `SnapshotError`.
    package func dumpSnapshot(to path: String, at target: BlockIndex) throws(SnapshotError) -> SnapshotDump {
        let source = try beginSnapshot(at: target)
        defer { endSnapshot(of: source) }
        return try source.write(to: path)
    }
}
