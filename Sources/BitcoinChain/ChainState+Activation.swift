internal import BitcoinConsensus
internal import BitcoinPrimitives

// Moving to the chain with the most work.

extension ChainState {
    /// Disconnects and connects blocks until the tip is the best block there is (Core's `ActivateBestChain`).
    ///
    /// - Parameters:
    ///   - cached: a block whose data need not be read again.
    ///   - restoresMempool: whether transactions of disconnected blocks go back into the mempool. Not while loading:
    ///     what was worth keeping then is in the saved mempool.
    /// - Throws: `storage` or `inconsistent`; the chain then rests where it got to. A block that breaks a rule is
    ///   marked and the next best is taken instead.
    func activateBestChain(
        cached: (index: BlockIndex, block: Block)? = nil, restoresMempool: Bool = true
    ) throws(BlockAcceptanceError) {
        let start = tip
        var disconnected = DisconnectedBlocks()
        var outcome: Result<Void, BlockAcceptanceError> = .success(())
        do {
            while let target = findMostWork(), target !== tip, goesOn(to: target) {
                try move(to: target, cached: cached, disconnected: &disconnected)
            }
        } catch {
            outcome = .failure(error)
        }
        do {
            if case .success = outcome { try flushAsNeeded() }
        } catch {
            outcome = .failure(.storage(error))
        }
        current.candidates.removeAll { $0 !== tip && isWorse($0, than: tip) }
        if !current.candidates.contains(where: { $0 === tip }) { current.candidates.append(tip) }
        if tip !== start {
            if restoresMempool, !disconnected.blocks.isEmpty { restoreMempool(after: disconnected.blocks) }
            emit(.tipChanged(tip, fork: tree.lastCommonAncestor(start, tip)))
        }
        try outcome.get()
    }

    /// Reports how far the chain is on its way to `target`; false to stop here.
    private func goesOn(to target: BlockIndex) -> Bool {
        guard !isStopped else { return false }
        let (done, total) = (UInt64(activeChain.height), UInt64(target.height))
        let state = importProgress ?? LoadProgress(phase: .connectingBlocks, done: done, total: total)
        return reportProgress?(state) ?? true
    }

    /// Has the chain rest where it is when the tip has reached the height for that (`-stopatheight`).
    func stopAtHeight() {
        // Blocks below a snapshot count for nothing.
        guard configuration.stopHeight != 0, tip.height >= configuration.stopHeight, !isBackground else { return }
        isStopped = true
        onStopHeight?()
    }

    /// The best candidate whose path from the active chain is there and good.
    private func findMostWork() -> BlockIndex? {
        while let best = current.candidates.min(by: { isWorse($1, than: $0) }) {
            var node: BlockIndex? = best
            var isUsable = true
            while let block = node, !activeChain.contains(block) {
                if block.failure != nil || !block.hasData { isUsable = false }
                node = block.parent
            }
            if isUsable { return best }
            current.candidates.removeAll { $0 === best }
        }
        return nil
    }

    /// Walks back to the fork and forward to `target`. Stops early when a block breaks a rule, which is marked then.
    private func move(
        to target: BlockIndex, cached: (index: BlockIndex, block: Block)?, disconnected: inout DisconnectedBlocks
    ) throws(BlockAcceptanceError) {
        let former = tip
        let fork = activeChain.findFork(of: target)
        while tip !== fork { try disconnectTip(&disconnected) }
        var following: PreparedBlock?
        defer { following?.run.map(scriptChecks.abandon) }
        for height in stride(from: fork.height + 1, through: target.height, by: 1) {
            guard let next = target.ancestor(at: height), goesOn(to: target) else { return }
            do {
                let prepared: PreparedBlock
                if let known = following, known.index === next {
                    (prepared, following) = (known, nil)
                } else if let cached, cached.index === next {
                    guard let block = try prepare(cached.block, next, isFromDisk: false) else { return }
                    prepared = block
                } else {
                    guard let block = try prepare(try soundBlock(next), next, isFromDisk: true) else { return }
                    prepared = block
                }
                // While other threads verify scripts of one block, this one makes the next ready for them.
                if height < target.height {
                    following = target.ancestor(at: height + 1).flatMap { prepare($0, after: prepared) }
                }
                guard try connect(prepared) else { return }
                if tip.chainWork > former.chainWork { stopAtHeight() }
                try flushFullCache()
                try pruneAsNeeded()
            } catch {
                throw .storage(error)
            }
        }
    }

    /// - Returns: false when the block breaks a rule, which is marked then.
    func connect(_ block: Block, _ index: BlockIndex, isFromDisk: Bool) throws(StorageError) -> Bool {
        guard let prepared = try prepare(block, index, isFromDisk: isFromDisk) else { return false }
        return try connect(prepared)
    }

    /// Checks all of a block but its scripts, and begins with those.
    ///
    /// - Returns: nil when the block breaks a rule, which is marked then.
    private func prepare(
        _ block: Block, _ index: BlockIndex, isFromDisk: Bool
    ) throws(StorageError) -> PreparedBlock? {
        guard let parent = index.parent else { return nil }
        var overlay = try CoinsOverlay(over: coins, fetching: outPointsToConnect(block, after: parent))
        do {
            let result = try ConnectRules.connect(block, after: parent, coins: &overlay, parameters: parameters)
            return PreparedBlock(
                index: index, block: block, isFromDisk: isFromDisk, changes: overlay.changes, result: result,
                run: beginScripts(block, index, after: parent, result))
        } catch {
            try markInvalid(block, index, after: parent, error, isFromDisk: isFromDisk)
            return nil
        }
    }

    /// The same for a block on the disk whose parent is prepared but not connected yet.
    ///
    /// - Returns: nil when anything is wrong: that shows again, and is dealt with, once the parent is connected.
    private func prepare(_ index: BlockIndex, after previous: PreparedBlock) -> PreparedBlock? {
        guard index.parent === previous.index, let block = try? soundBlock(index),
            var overlay = try? CoinsOverlay(
                over: coins, pending: previous.changes,
                fetching: outPointsToConnect(block, after: previous.index)),
            let result = try? ConnectRules.connect(
                block, after: previous.index, coins: &overlay, parameters: parameters)
        else { return nil }
        return PreparedBlock(
            index: index, block: block, isFromDisk: true, changes: overlay.changes, result: result,
            run: beginScripts(block, index, after: previous.index, result))
    }

    /// Waits for the scripts of a block, and makes it the tip.
    ///
    /// - Returns: false when the block breaks a rule, which is marked then.
    private func connect(_ prepared: PreparedBlock) throws(StorageError) -> Bool {
        let (index, block, result) = (prepared.index, prepared.block, prepared.result)
        guard let parent = index.parent else { return false }
        do {
            if let run = prepared.run { try scriptChecks.finish(run) }
        } catch {
            try markInvalid(block, index, after: parent, error, isFromDisk: prepared.isFromDisk)
            return false
        }
        if index.undoOffset == nil, let position = index.position {
            index.undoOffset = try files.append(result.undo, file: position.file, previous: parent.hash)
        }
        try coins.apply(prepared.changes, bestBlock: index.hash)
        index.validity = max(index.validity, .scripts)
        changedBlocks.insert(index)
        current.path.append(index)
        try followBlock(index, block, undo: result.undo)
        // Below a snapshot nobody is told of what everybody has taken for known.
        if isBackground { return true }
        mempool.removeForBlock(block)
        emit(.blockConnected(index, block, result.undo))
        return true
    }

    private func markInvalid(
        _ block: Block, _ index: BlockIndex, after parent: BlockIndex, _ failure: ConsensusFailure, isFromDisk: Bool
    ) throws(StorageError) {
        // Bytes that changed on the disk are no reason to condemn the block: witnesses are part of no check above.
        if isFromDisk { try stillObeysRules(block, index, after: parent) }
        markInvalid(index, failure)
    }

    func outPointsToConnect(_ block: Block, after parent: BlockIndex) -> [OutPoint] {
        var outPoints = block.transactions.dropFirst().flatMap { $0.inputs.map(\.previousOutput) }
        if ConnectRules.checksOverwriting(block, after: parent, parameters: parameters) {
            outPoints += block.transactions.flatMap { transaction in
                transaction.outputs.indices.map { OutPoint(transactionID: transaction.id, index: UInt32($0)) }
            }
        }
        return outPoints
    }

    /// Takes the last block off the active chain.
    ///
    /// - Parameter disconnected: gets the block, for its transactions.
    func disconnectTip(_ disconnected: inout DisconnectedBlocks) throws(BlockAcceptanceError) {
        let index = tip
        guard let parent = index.parent else { throw .inconsistent(.undoMismatch) }
        let block: Block
        let undo: BlockUndo?
        var overlay: CoinsOverlay
        do {
            block = try soundBlock(index)
            undo = try self.undo(of: index)
            overlay = try CoinsOverlay(over: coins, fetching: Self.touched(by: block))
        } catch {
            throw .storage(error)
        }
        guard let undo else { throw .inconsistent(.undoMismatch) }
        do {
            try DisconnectRules.disconnect(block, undo: undo, height: index.height, coins: &overlay)
        } catch {
            throw .inconsistent(error)
        }
        do {
            try coins.apply(overlay.changes, bestBlock: parent.hash)
            current.path.removeLast()
            try flushFullCache()
        } catch {
            throw .storage(error)
        }
        emit(.blockDisconnected(index, block))
        disconnected.add(block)
    }

    /// A block as it was when it was checked: its transactions are those that its header stands for.
    ///
    /// - Throws: `StorageError`; `damaged` when they are not. What lies on a disk may have changed there.
    func soundBlock(_ index: BlockIndex) throws(StorageError) -> Block {
        let block = try self.block(index)
        let computed = block.computedMerkleRoot()
        guard computed.root == index.header.merkleRoot, !computed.isMutated else {
            throw damagedBlock(index, "the transactions are not those of block \(index.hash)")
        }
        return block
    }

    /// Checks a block from the disk again, which was found right by itself before.
    ///
    /// - Throws: `damaged` when it is not any more.
    private func stillObeysRules(_ block: Block, _ index: BlockIndex, after parent: BlockIndex) throws(StorageError) {
        do {
            try BlockRules.check(block, parameters: parameters)
            try BlockRules.check(block, after: parent, parameters: parameters)
        } catch {
            throw damagedBlock(index, "block \(index.hash) is not what was stored: \(error)")
        }
    }

    private func damagedBlock(_ index: BlockIndex, _ reason: String) -> StorageError {
        guard let position = index.position else { return .missing(block: index.hash.description) }
        return .damaged(
            path: files.folder.filePath(position.file), offset: UInt64(position.offset), reason: reason)
    }
}

/// A block that obeys all rules but, perhaps, those of its scripts.
private struct PreparedBlock {
    let index: BlockIndex
    let block: Block
    /// Whether it was read, and could be damaged.
    let isFromDisk: Bool
    /// The coins that it changes.
    let changes: [OutPoint: Coin?]
    let result: ConnectRules.Result
    /// Its scripts; nil when they need not be verified.
    let run: ScriptRun?
}

/// Blocks that were taken off the active chain, the last first, whose transactions may wait for another block.
struct DisconnectedBlocks {
    /// The blocks; of a long way back only those at its end, whose transactions the others may spend.
    private(set) var blocks: [Block] = []
    private var size = 0

    /// Bytes that the blocks may have together (Core's `MAX_DISCONNECTED_TX_POOL_BYTES`).
    private static let maximumSize = 20_000_000

    mutating func add(_ block: Block) {
        blocks.append(block)
        size += block.size
        while size > Self.maximumSize, blocks.count > 1 { size -= blocks.removeFirst().size }
    }
}
