import BitcoinInterfaces
import BitcoinPrimitives

// Catching up with the chain.
extension WalletService {
    /// Blocks up to two hours older than the wallet may hold its transactions: clocks of miners differ.
    private static let timestampWindow: Int64 = 2 * 60 * 60
    /// After how many blocks a long scan notes how far it came.
    private static let saveInterval: Int32 = 1_000

    /// Brings the wallet to the node's tip: takes back blocks that are no longer in the chain, scans those that it has
    /// not seen.
    ///
    /// - Throws: What the chain throws; `WalletFileError.scanFailed` when a block cannot be read.
    func catchUp() async throws {
        let engine = try requireEngine()
        let start: Int32
        if engine.lastBlock != nil, try await !takeBackStaleBlocks(engine) {
            engine.forgetBlocks()
            try await resolveBlocks(engine)
        }
        if let last = engine.lastBlock {
            start = last.height + 1
        } else {
            // The block of the locator is scanned again: it may have been seen in part.
            let fork = try await chain.findFork(locator: engine.storedLocator.hashes)
            start = fork?.height ?? 0
        }
        guard let tip = try await chain.getTip() else { return }
        let isAtTip = engine.lastBlock == nil ? start == tip.height : start > tip.height
        if !isAtTip {
            let first = try await firstBlock(from: start, notBefore: engine.birthTime, tip: tip.height)
            if let first {
                log("Rescanning last \(tip.height - first) blocks (from block \(first))...")
                let last = try await scan(from: first, isRescan: true)
                engine.lastBlock = last
            } else {
                engine.lastBlock = tip
            }
            try await writeLocator(engine)
        } else {
            engine.lastBlock = tip
        }
        engine.changes.status = true
        engine.changes.balances = true
        publish()
    }

    /// Undoes what blocks brought that left the chain while nobody told.
    ///
    /// - Returns: False when the node does not have such a block; then the transactions must be placed anew.
    private func takeBackStaleBlocks(_ engine: WalletEngine) async throws -> Bool {
        while let last = engine.lastBlock, last.height > 0 {
            guard let found = try await chain.findBlock(hash: last.hash) else { return false }
            if found.inActiveChain { return true }
            guard let data = try await chain.getBlock(hash: last.hash) else { return false }
            let block = ConnectedBlock(
                block: last, previous: data.header.previousBlockHash, maxTime: found.maxTime, data: data)
            try engine.disconnected(block, now: await now())
        }
        return true
    }

    /// The first height from `start` on whose block may hold something of the wallet; nil if none may.
    ///
    /// The highest time up to a block never falls with the height, so that halving finds it.
    func firstBlock(from start: Int32, notBefore birthTime: Int64, tip: Int32) async throws -> Int32? {
        guard start <= tip, birthTime != .max else { return nil }
        let earliest = birthTime - Self.timestampWindow
        var low = start
        var high = tip + 1
        while low < high {
            let middle = low + (high - low) / 2
            guard let hash = try await chain.getBlockHash(height: middle),
                let found = try await chain.findBlock(hash: hash)
            else { throw WalletFileError.scanFailed }
            if found.maxTime >= earliest { high = middle } else { low = middle + 1 }
        }
        return low <= tip ? low : nil
    }

    /// Gets a block of the active chain; nil when there is none at that height.
    private func fetch(_ height: Int32) -> Task<(block: Block, maxTime: Int64)?, any Error> {
        let chain = chain
        // Owned by the scan, which awaits or cancels it.
        return Task {
            guard let hash = try await chain.getBlockHash(height: height) else { return nil }
            guard let found = try await chain.findBlock(hash: hash), found.inActiveChain,
                let block = try await chain.getBlock(hash: hash)
            else { throw WalletFileError.scanFailed }
            return (block, found.maxTime)
        }
    }

    /// Scans the active chain from a height to the tip.
    ///
    /// - Returns: The last block that was scanned.
    /// - Throws: `WalletFileError.scanFailed` when a block cannot be read; `CancellationError`, at once, when the task is
    ///   cancelled. The wallet then stands where the scan got to.
    @discardableResult
    func scan(from start: Int32, isRescan: Bool) async throws -> BlockRef? {
        let engine = try requireEngine()
        guard var tip = try await chain.getTip() else { return nil }
        runningScan = RunningScan(start: .now, progress: 0)
        defer {
            runningScan = nil
            engine.changes.status = true
        }
        var last: BlockRef?
        var height = start
        // One block is fetched while the one before is looked through.
        var next = fetch(height)
        defer { next.cancel() }
        while height <= tip.height {
            let fetching = next
            let fetched = try await withTaskCancellationHandler {
                try await fetching.value
            } onCancel: {
                fetching.cancel()
            }
            try Task.checkCancellation()
            guard let fetched else { break }
            if let last, fetched.block.header.previousBlockHash != last.hash {
                // The chain changed under the scan; what is missing comes with the next message.
                break
            }
            next = fetch(height + 1)
            let reference = BlockRef(hash: fetched.block.hash, height: height)
            // Depths are counted from the block that is being scanned.
            if engine.lastBlock.map({ $0.height < height }) ?? true { engine.lastBlock = reference }
            let context = SyncContext(now: await now(), blockMaxTime: fetched.maxTime, isRescan: isRescan)
            _ = try engine.scan(fetched.block, at: reference, context: context)
            last = reference
            let span = Double(max(1, tip.height - start))
            runningScan?.progress = min(1, Double(height - start) / span)
            if (height - start) % Self.saveInterval == Self.saveInterval - 1, engine.lastBlock == reference {
                try await writeLocator(engine)
                engine.changes.status = true
                publish()
            }
            height += 1
            if height > tip.height, let newTip = try await chain.getTip(), newTip.height > tip.height {
                tip = newTip
                next = fetch(height)
            }
        }
        return last
    }
}
