package import BitcoinConsensus
package import BitcoinPrimitives

extension ChainState {
    /// What came of a block that was handed in.
    package enum Acceptance: Equatable, Sendable {
        /// It is new and was stored; it need not have become the tip.
        case new
        /// Its data was there already.
        case duplicate
    }

    /// Takes a header into the tree (Core's `AcceptBlockHeader`).
    ///
    /// - Returns: its node, also for a header that is known.
    /// - Throws: the first rule broken.
    package func acceptHeader(_ header: BlockHeader) throws(ConsensusFailure) -> BlockIndex {
        let best = tree.bestHeader
        let index = try insertHeader(header, now: now())
        if tree.bestHeader !== best { emit(.headerTipChanged(tree.bestHeader)) }
        return index
    }

    /// - Parameter now: the time that no header may be far ahead of.
    func insertHeader(_ header: BlockHeader, now: Int64) throws(ConsensusFailure) -> BlockIndex {
        if let known = tree[header.hash] {
            guard known.failure == nil else {
                throw ConsensusFailure(.duplicateInvalid, "block \(header.hash) was previously marked invalid")
            }
            return known
        }
        try BlockHeaderRules.checkProofOfWork(header, parameters: parameters)
        guard let parent = tree[header.previousBlockHash] else { throw ConsensusFailure(.previousBlockNotFound) }
        guard parent.failure == nil else { throw ConsensusFailure(.badPreviousBlock) }
        try BlockHeaderRules.check(header, after: parent, now: now, parameters: parameters)
        let index = tree.insert(header, after: parent)
        changedBlocks.insert(index)
        return index
    }

    /// Takes a block: checks it, stores it, and moves to it if it ends the chain with the most work (Core's
    /// `ProcessNewBlock`).
    ///
    /// - Throws: `invalid` when it breaks a rule, also one that only shows when it is connected; `storage` when it
    ///   cannot be written or another block cannot be read.
    @discardableResult
    package func acceptBlock(_ block: Block) throws(BlockAcceptanceError) -> Acceptance {
        let index: BlockIndex
        do {
            // Nothing is marked when this fails, since the data may not be what the header stands for.
            try BlockRules.check(block, parameters: parameters)
            index = try acceptHeader(block.header)
        } catch {
            throw .invalid(error)
        }
        if index.hasData {
            // It may not be connected yet, when the disk failed before.
            try activateBestChain()
            return .duplicate
        }
        guard let parent = index.parent else { return .duplicate }
        do {
            try BlockRules.check(block, after: parent, parameters: parameters)
        } catch {
            if error.rule.blame == .consensus { markInvalid(index, error) }
            throw .invalid(error)
        }
        do {
            try store(block, index)
        } catch {
            throw .storage(error)
        }
        var outcome: Result<Void, BlockAcceptanceError> = .success(())
        link(index) { linked in
            // After a failure of the disk nothing more is tried.
            guard case .success = outcome else { return }
            // Blocks that waited for this one were checked when they came.
            do throws(BlockAcceptanceError) {
                try activateBestChain(cached: linked === index ? (index, block) : nil)
            } catch {
                outcome = .failure(error)
            }
        }
        try outcome.get()
        try advanceHistorical()
        // That a block before it was found invalid only now says nothing about what was handed in, as in Core.
        if let failure = index.failure, failure.rule.blame != .invalidPrevious { throw .invalid(failure) }
        return .new
    }

    /// Writes a block down that was found right by itself.
    func store(_ block: Block, _ index: BlockIndex) throws(StorageError) {
        index.position = try files.append(block.encoded(), height: index.height, time: block.header.time)
        describe(index, block.transactions.count)
    }

    func describe(_ index: BlockIndex, _ transactionCount: Int) {
        index.transactionCount = transactionCount
        index.knowsWitnesses = index.height >= parameters.segwitHeight
        index.validity = max(index.validity, .transactions)
        changedBlocks.insert(index)
    }

    /// Notes that a block's data is there, and does the same for those that waited for it.
    ///
    /// - Parameters:
    ///   - index: a block with data.
    ///   - sequence: when it came; `nil` for now.
    ///   - then: called for every block that can become the tip now, the first before those that follow it.
    func link(_ index: BlockIndex, sequence: Int? = nil, then: (BlockIndex) -> Void = { _ in }) {
        guard let parent = index.parent, parent.isLinked else {
            unlinked[index.header.previousBlockHash, default: []].append(index)
            return
        }
        var queue = [index]
        while let block = queue.popLast() {
            guard let parent = block.parent, !block.isLinked else { continue }
            block.chainTransactionCount = parent.chainTransactionCount + UInt64(block.transactionCount)
            if let sequence {
                block.sequence = sequence
            } else {
                lastSequence += 1
                block.sequence = lastSequence
            }
            if block.failure == nil, current.mayReach(block), !isWorse(block, than: tip) {
                current.candidates.append(block)
            }
            then(block)
            queue += takeUnlinked(after: block).reversed()
        }
    }

    /// Blocks with data that waited for `block`.
    func takeUnlinked(after block: BlockIndex) -> [BlockIndex] {
        unlinked.removeValue(forKey: block.hash) ?? []
    }

    /// Whether `block` loses against `other`: less work, or the same but seen later.
    func isWorse(_ block: BlockIndex, than other: BlockIndex) -> Bool {
        if block.chainWork != other.chainWork { return block.chainWork < other.chainWork }
        return block.sequence > other.sequence
    }

    func markInvalid(_ index: BlockIndex, _ failure: ConsensusFailure) {
        changedBlocks.formUnion(tree.markInvalid(index, failure))
        current.candidates.removeAll { $0.failure != nil }
    }
}
