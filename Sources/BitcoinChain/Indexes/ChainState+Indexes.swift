internal import BitcoinConsensus
package import BitcoinPrimitives

// What the chain does for its indexes.

extension ChainState {
    /// Makes an index follow the chain. One that is behind is brought forward by `nextSteps(for:limit:)`, or by
    /// `catchUp(_:progress:)`.
    ///
    /// - Throws: `StorageError` when its records do not fit the chain, or blocks that it lacks were deleted.
    package func attach(_ index: any ChainIndex) throws(StorageError) -> IndexFollower {
        if mayPrune, !index.needs.allowsPruning {
            throw .unusableIndex(
                path: index.database.path, reason: "Prune mode is incompatible with -\(index.name).")
        }
        var best: BlockIndex?
        if let hash = try index.database.bestBlock()?.hashes.first {
            guard let block = tree[hash] else {
                throw .unusableIndex(
                    path: index.database.path,
                    reason: "best block of \(index.name) not found. Please rebuild the index.")
            }
            best = block
        }
        try index.start(at: best?.indexed)
        let follower = IndexFollower(index, best: best?.indexed, isSynchronized: best === verifiedChain.tip)
        if !follower.isSynchronized { try checkData(for: follower, best) }
        followers.append(follower)
        return follower
    }

    /// What `follower` has to do next to reach the tip. When there is nothing, it is in step from now on.
    ///
    /// - Parameter limit: blocks that are handed out at most.
    /// - Throws: `StorageError` when it cannot be written down where the index stands.
    package func nextSteps(for follower: IndexFollower, limit: Int = 32) throws(StorageError) -> IndexSteps {
        if follower.isSynchronized { return IndexSteps() }
        let steps = steps(from: follower.best, limit: limit)
        if steps.isEmpty {
            try commit(follower)
            follower.setSynchronized()
        } else if follower.isCommitDue {
            try commit(follower)
        }
        return steps
    }

    /// Brings an index to the tip on this thread.
    ///
    /// - Parameter progress: told the height reached and that of the tip, now and then; returns false to stop.
    /// - Throws: `StorageError`.
    package func catchUp(
        _ follower: IndexFollower, progress: (Int, Int) -> Bool = { _, _ in true }
    ) throws(StorageError) {
        let reader = BlockReader(files.folder)
        while true {
            let steps = try nextSteps(for: follower)
            if steps.isEmpty { return }
            try follower.take(steps, from: reader)
            guard progress(follower.best?.height ?? 0, steps.tipHeight) else { return try stopIndexes() }
        }
    }

    /// Hands a block that was just connected to the indexes that are in step.
    func followBlock(_ block: BlockIndex, _ data: Block, undo: BlockUndo) throws(StorageError) {
        guard verifiedChain === current else { return }
        for follower in followers where follower.isSynchronized {
            // Blocks that left the chain are taken back only now.
            let steps = steps(from: follower.best, to: block.parent)
            if !steps.isEmpty { try follower.take(steps, from: BlockReader(files.folder)) }
            try follower.append(block.indexed, data, undo: undo)
        }
    }

    /// Writes down where the indexes stand, after the coins were written.
    func commitIndexes() throws(StorageError) {
        for follower in followers where follower.isSynchronized { try commit(follower) }
    }

    /// Writes coins and indexes, also those that are behind. Nothing may be bringing them forward.
    ///
    /// - Throws: `StorageError`.
    package func stopIndexes() throws(StorageError) {
        try flush()
        for follower in followers where !follower.isSynchronized { try commit(follower) }
    }

    /// Writes down where an index stands, unless it is ahead of the coins on disk: it could not be brought back after a
    /// crash.
    private func commit(_ follower: IndexFollower) throws(StorageError) {
        guard case .complete(let hash) = verifiedChain.database.state, let flushed = tree[hash],
            let best = follower.best.flatMap({ tree[$0.hash] }), flushed.ancestor(at: best.height) === best
        else { return }
        try follower.commit(best.indexed, ActiveChain.locator(of: best))
    }

    private func steps(from best: IndexedBlock?, limit: Int) -> IndexSteps {
        guard let best, let last = tree[best.hash] else {
            return steps(appendingFrom: 0, limit: limit, IndexSteps())
        }
        let fork = verifiedChain.path.findFork(of: last)
        return steps(appendingFrom: fork.height + 1, limit: limit, steps(from: best, to: fork))
    }

    private func steps(appendingFrom height: Int, limit: Int, _ steps: IndexSteps) -> IndexSteps {
        var steps = steps
        steps.tipHeight = verifiedChain.path.height
        for height in stride(from: height, through: min(verifiedChain.path.height, height + limit - 1), by: 1) {
            if let block = verifiedChain.path[height] { steps.appended.append(block.indexed) }
        }
        return steps
    }

    /// The height up to which an index needs no blocks any more, also if it has to begin again where it was written
    /// down last, which may have left the chain since.
    func heightLeftBehind(by follower: IndexFollower) -> Int {
        guard let committed = follower.committed, let block = tree[committed.hash] else { return 0 }
        return verifiedChain.path.findFork(of: block).height
    }

    /// The steps back from `best` to its ancestor `target`.
    private func steps(from best: IndexedBlock?, to target: BlockIndex?) -> IndexSteps {
        var steps = IndexSteps()
        steps.tipHeight = verifiedChain.path.height
        guard let best, let target, var node = tree[best.hash] else { return steps }
        let fork = tree.lastCommonAncestor(node, target)
        while node !== fork, let parent = node.parent {
            steps.removed.append(node.indexed)
            steps.parents[parent.hash] = parent.indexed
            node = parent
        }
        return steps
    }

    /// - Throws: `missing` when blocks that `follower` lacks were deleted.
    private func checkData(for follower: IndexFollower, _ best: BlockIndex?) throws(StorageError) {
        let start = best.map { verifiedChain.path.findFork(of: $0).height + 1 } ?? 0
        for height in stride(from: start, through: verifiedChain.path.height, by: 1) {
            guard let block = verifiedChain.path[height] else { continue }
            let isThere =
                block.hasData && (!follower.index.needs.undoToAppend || block.undoOffset != nil || height == 0)
            guard isThere else {
                throw .unusableIndex(
                    path: follower.index.database.path,
                    reason:
                        "\(follower.index.name) best block of the index goes beyond pruned data. Please disable the "
                        + "index or reindex (which will download the whole blockchain again)")
            }
        }
    }
}

extension ChainState {
    /// Finds a transaction in a block, by an index.
    ///
    /// - Returns: the transaction and the block that holds it: one of the active chain if there is one.
    /// - Throws: `StorageError`.
    package func findTransaction(
        _ id: TransactionID, in index: TransactionIndex
    ) throws(StorageError) -> (block: BlockHash, transaction: Transaction)? {
        let found = try index.candidates(for: id).compactMap { candidate in
            tree[candidate.block].map { (candidate, block: $0, isActive: activeChain.contains($0)) }
        }
        let reader = BlockReader(files.folder)
        for (candidate, block, _) in found.sorted(by: { ($0.2 ? 1 : 0, $0.0.sequence) > ($1.2 ? 1 : 0, $1.0.sequence) })
        {
            guard let position = block.position else { continue }
            let (_, transaction) = try reader.transaction(in: position, offset: candidate.offset)
            if transaction.id == id { return (block.hash, transaction) }
        }
        guard let place = try index.legacyPlace(of: id) else { return nil }
        let (header, transaction) = try reader.transaction(
            in: place.position, offset: place.offset &+ UInt32(BlockHeader.size))
        return transaction.id == id ? (header.hash, transaction) : nil
    }

    /// Finds the transaction in a block of the active chain that spends an output, by an index. A crash may have left
    /// places in others behind.
    ///
    /// - Throws: `StorageError`.
    package func findSpender(
        of outPoint: OutPoint, in index: SpenderIndex
    ) throws(StorageError) -> (block: BlockHash, transaction: Transaction)? {
        let reader = BlockReader(files.folder)
        for place in try index.candidates(for: outPoint) {
            let (header, transaction) = try reader.transaction(
                in: place.block, offset: place.offset &+ UInt32(BlockHeader.size))
            guard let block = tree[header.hash], activeChain.contains(block) else { continue }
            if transaction.inputs.contains(where: { $0.previousOutput == outPoint }) {
                return (header.hash, transaction)
            }
        }
        return nil
    }
}
