internal import BitcoinConsensus
internal import BitcoinPrimitives

// Judgements of the user over those of the rules: `invalidateblock`, `reconsiderblock` and `preciousblock`.

extension ChainState {
    /// Treats a block, and all that follow it, as invalid from now on, and moves to the best chain without them.
    ///
    /// - Throws: `storage` or `inconsistent`; `invalid` for the first block, which cannot be given up.
    package func invalidate(_ index: BlockIndex) throws(BlockAcceptanceError) {
        guard index.parent != nil else { throw .invalid(ConsensusFailure(.badPreviousBlock, "the first block stays")) }
        if historical != nil, !current.mayReach(index), activeChain.contains(index) {
            throw .invalid(ConsensusFailure(.badPreviousBlock, "the loaded snapshot stands for this block"))
        }
        let start = tip
        var disconnected = DisconnectedBlocks()
        while activeChain.contains(index) { try disconnectTip(&disconnected) }
        markInvalid(index, ConsensusFailure(.duplicateInvalid, "given up by the user"))
        findCandidates()
        try activateBestChain()
        if !disconnected.blocks.isEmpty {
            restoreMempool(after: disconnected.blocks)
            // When nothing better was found, nobody has been told yet.
            if tip === index.parent { emit(.tipChanged(tip, fork: tree.lastCommonAncestor(start, tip))) }
        }
    }

    /// Takes back the mark from a block, those before it and those that follow it, whoever made it, and moves to the
    /// best chain with them.
    ///
    /// - Throws: `storage` or `inconsistent`. Blocks that break a rule are marked again.
    package func reconsider(_ index: BlockIndex) throws(BlockAcceptanceError) {
        changedBlocks.formUnion(tree.clearInvalid(index))
        findCandidates()
        try activateBestChain()
    }

    /// Treats a block as if it had come before all others with as much work. The last call counts, until the next
    /// start.
    ///
    /// - Throws: `storage` or `inconsistent`.
    package func prefer(_ index: BlockIndex) throws(BlockAcceptanceError) {
        guard index.chainWork >= tip.chainWork, index.failure == nil, index.isLinked else { return }
        firstSequence -= 1
        index.sequence = firstSequence
        if !current.candidates.contains(where: { $0 === index }) { current.candidates.append(index) }
        try activateBestChain()
    }

    /// Goes back from a tip that is marked invalid. It was given up shortly before a crash, and the mark reached the
    /// disk before the coins.
    func leaveInvalidBlocks() throws(BlockAcceptanceError) {
        guard tip.failure != nil else { return }
        var disconnected = DisconnectedBlocks()
        while tip.failure != nil { try disconnectTip(&disconnected) }
        findCandidates()
    }

    /// Looks through all blocks for those that may become the tip.
    private func findCandidates() {
        current.candidates = tree.blocks.filter {
            $0.failure == nil && $0.isLinked && current.mayReach($0) && !isWorse($0, than: tip)
        }
        if !current.candidates.contains(where: { $0 === tip }) { current.candidates.append(tip) }
    }
}
