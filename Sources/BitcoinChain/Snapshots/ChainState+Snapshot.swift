internal import BitcoinConsensus
internal import BitcoinPrimitives
internal import Foundation
internal import KeyValueStore

// Going on from coins that came in a file (assumeutxo): the active chain begins at the snapshot's block, while another
// one connects the blocks from the first one up to it. When both meet and have the same coins, the other one goes.

extension ChainState {
    /// Loads a snapshot that the network's parameters know, and moves to its block (Core's `ActivateSnapshot`), on this
    /// thread.
    ///
    /// - Returns: the block, and the number of coins.
    /// - Throws: `SnapshotError`; the chain is what it was then.
    package func loadSnapshot(from path: String) throws(SnapshotError) -> (block: BlockIndex, coinCount: UInt64) {
        let loading = try beginLoading(from: path)
        let loaded: SnapshotLoading.Loaded
        do throws(SnapshotError) {
            loaded = try loading.read()
        } catch {
            giveUp(loading)
            throw error
        }
        return (try finishLoading(loaded), loaded.coinCount)
    }

    /// Looks whether a snapshot may be loaded. It is read by what this returns, on any thread; then comes
    /// `finishLoading(_:)`, or `giveUp(_:)` when it cannot be read.
    ///
    /// - Throws: `SnapshotError`.
    package func beginLoading(from path: String) throws(SnapshotError) -> SnapshotLoading {
        let reader = try SnapshotFile.Reader(
            path: path, messageStart: parameters.messageStart, network: parameters.network)
        guard !isLoadingSnapshot else { throw .refused("A snapshot is being loaded already") }
        let (_, known) = try checkSnapshot(reader.header.block)
        isLoadingSnapshot = true
        return SnapshotLoading(
            path: path, folder: configuration.chainStateFolder + Self.snapshotSuffix, configuration: configuration,
            known: known)
    }

    /// Forgets a snapshot that could not be read.
    package func giveUp(_ loading: SnapshotLoading) {
        isLoadingSnapshot = false
        removeSnapshotFolder()
    }

    /// Moves to the block of a snapshot that was read.
    ///
    /// - Returns: the block.
    /// - Throws: `SnapshotError`; the chain is what it was then.
    package func finishLoading(_ loaded: SnapshotLoading.Loaded) throws(SnapshotError) -> BlockIndex {
        defer { isLoadingSnapshot = false }
        let base: BlockIndex
        do throws(SnapshotError) {
            // The chain went on meanwhile.
            base = try checkSnapshot(loaded.known.block).0
            let database: CoinsDatabase
            do {
                database = try CoinsDatabase(
                    store: loaded.store, path: loaded.folder, batchSize: configuration.batchSize,
                    fetchThreads: configuration.fetchThreads)
            } catch {
                throw .storage(error)
            }
            let chain = CoinsChain(folder: loaded.folder, database: database, genesis: tree.genesis)
            try begin(chain, at: base, loaded.known)
        } catch {
            removeSnapshotFolder()
            throw error
        }
        do {
            for block in takeUnlinked(after: base) { link(block) }
            try activateBestChain()
            try advanceHistorical()
        } catch {
            guard case .storage(let error) = error else { throw .refused("\(error)") }
            throw .storage(error)
        }
        return base
    }

    static let snapshotSuffix = "_snapshot"

    private func checkSnapshot(
        _ block: BlockHash
    ) throws(SnapshotError) -> (BlockIndex, ChainParameters.AssumedSnapshot) {
        guard current.snapshotBase == nil else {
            throw .refused("Can't activate a snapshot-based chainstate more than once")
        }
        guard let known = parameters.assumedSnapshots.first(where: { $0.block == block }) else {
            let heights = parameters.assumedSnapshots.map { String($0.height) }.joined(separator: ", ")
            throw .refused(
                "assumeutxo block hash in snapshot metadata not recognized (hash: \(block)). The following "
                    + "snapshot heights are available: \(heights)")
        }
        guard let base = tree[block] else {
            throw .refused(
                "The base block header (\(block)) must appear in the headers chain. Make sure all headers are "
                    + "syncing, and call loadtxoutset again")
        }
        guard base.failure == nil else {
            throw .refused("The base block header (\(block)) is part of an invalid chain")
        }
        guard tree.bestHeader.ancestor(at: base.height) === base else {
            throw .refused(
                "A forked headers-chain with more work than the chain with the snapshot base block header exists. "
                    + "Please proceed to sync without AssumeUtxo.")
        }
        guard mempool.count == 0 else { throw .refused("Can't activate a snapshot when mempool not empty") }
        guard base.chainWork > tip.chainWork, base.height == known.height else {
            throw .population("Work does not exceed active chainstate")
        }
        return (base, known)
    }

    /// Makes the chain with a snapshot's coins the active one.
    private func begin(
        _ chain: CoinsChain, at base: BlockIndex, _ known: ChainParameters.AssumedSnapshot
    ) throws(SnapshotError) {
        do throws(StorageError) {
            // Core takes the mark for a promise that nothing needs to be fetched anew.
            var node: BlockIndex? = base
            while let block = node, block.height >= max(parameters.segwitHeight, 1) {
                if block.transactionCount == 0 { block.isAssumed = true }
                changedBlocks.insert(block)
                node = block.parent
            }
            try flush()
            let file = chain.folder + "/base_blockhash"
            do {
                try Data(base.hash.bytes).write(to: URL(fileURLWithPath: file))
            } catch {
                throw .system(path: file, error)
            }
        } catch {
            throw .storage(error)
        }
        let start = tip
        chain.snapshotBase = base
        chain.path.setTip(base)
        chain.candidates = [base]
        for height in 0...base.height { chain.path[height]?.sequence = 0 }
        if base.chainTransactionCount == 0 { base.chainTransactionCount = known.transactionCount }
        historical = current
        current = chain
        emit(.tipChanged(base, fork: tree.lastCommonAncestor(start, base)))
    }

    /// Connects blocks below the snapshot as far as their data is there. Ends with comparing the coins.
    ///
    /// - Throws: `storage` when something cannot be read or written, or the snapshot turns out to be wrong, which no
    ///   damage but that of this machine explains.
    func advanceHistorical() throws(BlockAcceptanceError) {
        guard let verified = historical, let base = current.snapshotBase else { return }
        do throws(StorageError) {
            let snapshot = current
            (current, historical, isBackground) = (verified, snapshot, true)
            defer { (current, historical, isBackground) = (snapshot, verified, false) }
            while tip !== base, let next = base.ancestor(at: tip.height + 1), next.hasData {
                let state = LoadProgress(
                    phase: .connectingBlocks, done: UInt64(tip.height), total: UInt64(base.height))
                guard reportProgress?(state) ?? true else { return }
                guard try connect(try soundBlock(next), next, isFromDisk: true) else {
                    throw wrongSnapshot("block \(next.hash) below it is invalid")
                }
                try flushFullCache()
            }
        } catch {
            throw .storage(error)
        }
        guard verified.tip === base else { return }
        do throws(StorageError) {
            try flush()
            let known = parameters.assumedSnapshots.first { $0.block == base.hash }
            guard try CoinsStatistics(of: verified.coins).serializedHash == known?.coinsHash else {
                throw wrongSnapshot("the coins after block \(base.hash) are others")
            }
        } catch {
            throw .storage(error)
        }
        // The folders change places at the next start, when nobody has them open.
        historical = nil
        for follower in followers where follower.best?.hash != tip.hash { follower.setSynchronized(false) }
        onSnapshotVerified?()
    }

    /// Keeps the coins of a wrong snapshot aside, so that the next start goes on without them.
    private func wrongSnapshot(_ reason: String) -> StorageError {
        let folder = configuration.chainStateFolder + Self.snapshotSuffix
        try? FileManager.default.moveItem(atPath: folder, toPath: folder + "_INVALID")
        return .unknownFormat(
            path: folder,
            reason:
                "the loaded snapshot is wrong: \(reason). This indicates a hardware problem or a bug. It was moved to "
                + "\(folder)_INVALID; the next start goes on from block \(tip.height) without it")
    }

    private func removeSnapshotFolder() {
        let folder = configuration.chainStateFolder + Self.snapshotSuffix
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Whether the snapshot that the active chain began with was verified, or there was none.
    package var isVerified: Bool { historical == nil }

    /// The chain that is being verified from the first block on, up to the snapshot: its tip, and where it ends.
    package var verifiedTip: (tip: BlockIndex, target: BlockIndex)? {
        guard let historical, let base = current.snapshotBase else { return nil }
        return (historical.tip, base)
    }

    /// The block whose coins came from a snapshot; `nil` when all blocks were connected.
    package var snapshotBase: BlockIndex? { current.snapshotBase }

    /// The path that indexes follow: all its blocks were connected.
    var verifiedChain: CoinsChain { isBackground ? current : historical ?? current }
}

// At the start.

extension ChainState {
    /// The block of the snapshot in its folder; `nil` without one.
    static func snapshotBlock(_ configuration: Configuration) -> BlockHash? {
        let path = configuration.chainStateFolder + snapshotSuffix + "/base_blockhash"
        return FileManager.default.contents(atPath: path).flatMap { BlockHash(bytes: $0.prefix(32)) }
    }

    /// Puts the folders in order: a snapshot goes with everything that is built anew; one whose blocks were all
    /// verified takes the place of the coins that verified it (Core's `ValidatedSnapshotCleanup`).
    static func settleSnapshot(_ configuration: Configuration, isReindexing: Bool) throws(StorageError) {
        let folder = configuration.chainStateFolder
        let (snapshot, obsolete) = (folder + snapshotSuffix, folder + "_todelete")
        let manager = FileManager.default
        if configuration.rebuild != .nothing || isReindexing {
            try? manager.removeItem(atPath: snapshot)
        }
        if let block = snapshotBlock(configuration), manager.fileExists(atPath: folder) {
            guard try hasVerified(configuration, block) else { return }
            try move(folder, to: obsolete)
        }
        // A crash may have come between the two steps.
        if manager.fileExists(atPath: obsolete) {
            if !manager.fileExists(atPath: folder), manager.fileExists(atPath: snapshot) {
                try move(snapshot, to: folder)
                try? manager.removeItem(atPath: folder + "/base_blockhash")
            }
            try? manager.removeItem(atPath: obsolete)
        }
    }

    /// Whether the coins that were connected have reached the snapshot's block, and are the same.
    private static func hasVerified(
        _ configuration: Configuration, _ block: BlockHash
    ) throws(StorageError) -> Bool {
        guard let known = configuration.parameters.assumedSnapshots.first(where: { $0.block == block }) else {
            return false
        }
        let database = try openCoins(configuration, folder: configuration.chainStateFolder, isRebuilt: false)
        guard database.state == .complete(block) else { return false }
        return try CoinsStatistics(of: CoinsCache(over: database)).serializedHash == known.coinsHash
    }

    private static func move(_ from: String, to: String) throws(StorageError) {
        do {
            try FileManager.default.moveItem(atPath: from, toPath: to)
        } catch {
            throw .system(path: from, reason: "it cannot be moved to \(to): \(error.localizedDescription)")
        }
    }
}

extension ChainState {
    /// Bytes of memory that the database of the coins, and coins themselves, may take.
    package var cacheSizes: (database: Int, coins: Int) { (coinsDatabaseCacheSize, coinsCacheLimit) }
}
