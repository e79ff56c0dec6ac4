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
    /// - Throws: `storage` or `inconsistent`; the chain then rests where it got to. A block that breaks a rule is marked
    ///   and the next best is taken instead.
    func activateBestChain(
        cached: (index: BlockIndex, block: Block)? = nil, restoresMempool: Bool = true
    ) throws(BlockAcceptanceError) {
        let start = tip
        var disconnected: [Block] = []
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
        candidates.removeAll { $0 !== tip && isWorse($0, than: tip) }
        if !candidates.contains(where: { $0 === tip }) { candidates.append(tip) }
        if tip !== start {
            if restoresMempool, !disconnected.isEmpty { restoreMempool(after: disconnected) }
            emit(.tipChanged(tip, fork: tree.lastCommonAncestor(start, tip)))
        }
        try outcome.get()
    }

    /// Reports how far the chain is on its way to `target`; false to stop here.
    private func goesOn(to target: BlockIndex) -> Bool {
        let (done, total) = (UInt64(activeChain.height), UInt64(target.height))
        return reportProgress?(LoadProgress(phase: .connectingBlocks, done: done, total: total)) ?? true
    }

    /// The best candidate whose path from the active chain is there and good.
    private func findMostWork() -> BlockIndex? {
        while let best = candidates.min(by: { isWorse($1, than: $0) }) {
            var node: BlockIndex? = best
            var isUsable = true
            while let block = node, !activeChain.contains(block) {
                if block.failure != nil || !block.hasData { isUsable = false }
                node = block.parent
            }
            if isUsable { return best }
            candidates.removeAll { $0 === best }
        }
        return nil
    }

    /// Walks back to the fork and forward to `target`. Stops early when a block breaks a rule, which is marked then.
    private func move(
        to target: BlockIndex, cached: (index: BlockIndex, block: Block)?, disconnected: inout [Block]
    ) throws(BlockAcceptanceError) {
        let fork = activeChain.findFork(of: target)
        while tip !== fork { disconnected.append(try disconnectTip()) }
        for height in stride(from: fork.height + 1, through: target.height, by: 1) {
            guard let next = target.ancestor(at: height), goesOn(to: target) else { return }
            do {
                let block: Block
                if let cached, cached.index === next { block = cached.block } else { block = try self.block(next) }
                guard try connect(block, next) else { return }
                if coins.memoryUse > coinsCacheLimit { try flush(keepingCoins: false) }
            } catch {
                throw .storage(error)
            }
        }
    }

    /// - Returns: false when the block breaks a rule, which is marked then.
    private func connect(_ block: Block, _ index: BlockIndex) throws(StorageError) -> Bool {
        guard let parent = index.parent else { return false }
        var overlay = try CoinsOverlay(
            over: coins, fetching: outPointsToConnect(block, after: parent))
        let result: ConnectRules.Result
        do {
            result = try connect(block, index, after: parent, coins: &overlay)
        } catch {
            markInvalid(index, error)
            return false
        }
        if index.undoOffset == nil, let position = index.position {
            index.undoOffset = try files.append(result.undo, file: position.file, previous: parent.hash)
        }
        try coins.apply(overlay.changes, bestBlock: index.hash)
        index.validity = max(index.validity, .scripts)
        changedBlocks.insert(index)
        activeChain.append(index)
        mempool.removeForBlock(block)
        emit(.blockConnected(index, block, result.undo))
        return true
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

    func disconnectTip() throws(BlockAcceptanceError) -> Block {
        let index = tip
        guard let parent = index.parent else { throw .inconsistent(.undoMismatch) }
        let block: Block
        let undo: BlockUndo?
        var overlay: CoinsOverlay
        do {
            block = try self.block(index)
            undo = try self.undo(of: index)
            let touched = block.transactions.flatMap { transaction in
                transaction.outputs.indices.map { OutPoint(transactionID: transaction.id, index: UInt32($0)) }
                    + (transaction.isCoinbase ? [] : transaction.inputs.map(\.previousOutput))
            }
            overlay = try CoinsOverlay(over: coins, fetching: touched)
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
        } catch {
            throw .storage(error)
        }
        activeChain.removeLast()
        emit(.blockDisconnected(index, block))
        return block
    }
}
