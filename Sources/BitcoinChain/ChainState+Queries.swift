internal import BitcoinConsensus
package import BitcoinPrimitives

/// The end of a branch, as `getchaintips` shows it.
package struct ChainTip {
    /// The last block of the branch.
    package var block: BlockIndex
    /// Blocks between it and the active chain; 0 for the active tip.
    package var branchLength: Int
    /// What is known of it.
    package var status: Status

    /// What is known of a branch; the raw values are Core's words.
    package enum Status: String, Sendable {
        /// The tip of the active chain.
        case active
        /// The branch holds an invalid block.
        case invalid
        /// Some of its data is missing.
        case headersOnly = "headers-only"
        /// The data is there but was never connected.
        case validHeaders = "valid-headers"
        /// It was the active chain once.
        case validFork = "valid-fork"
    }
}

extension ChainState {
    /// The ends of all branches, the highest first.
    package func chainTips() -> [ChainTip] {
        let stale = tree.blocks.filter { !activeChain.contains($0) }
        let parents = Set(stale.compactMap(\.parent))
        let tips = stale.filter { !parents.contains($0) } + [tip]
        return tips.sorted { left, right in
            left.height != right.height ? left.height > right.height : left.hash < right.hash
        }
        .map { block in
            ChainTip(
                block: block, branchLength: block.height - activeChain.findFork(of: block).height,
                status: status(of: block))
        }
    }

    private func status(of block: BlockIndex) -> ChainTip.Status {
        if activeChain.contains(block) { return .active }
        if block.failure != nil { return .invalid }
        if !block.isLinked { return .headersOnly }
        return block.validity >= .chain ? .validFork : .validHeaders
    }

    /// Confirmations of a block as RPC counts them: 1 for the tip, -1 for a block outside the active chain.
    package func confirmations(of block: BlockIndex) -> Int {
        activeChain.contains(block) ? activeChain.height - block.height + 1 : -1
    }

    /// The last block that the sender of `locator` and the active chain share; the first block when there is none
    /// (Core's `FindForkInGlobalIndex`).
    package func findFork(in locator: BlockLocator) -> BlockIndex {
        for hash in locator.hashes {
            guard let block = tree[hash] else { continue }
            if activeChain.contains(block) { return block }
            // The sender's chain ends below ours on the same branch.
            if block.ancestor(at: tip.height) === tip { return tip }
        }
        return tree.genesis
    }

    /// The bits that the next block must carry.
    ///
    /// - Parameter time: its time in Unix seconds.
    package func nextRequiredBits(time: UInt32) -> UInt32 {
        Retarget.requiredBits(after: tip, time: time, parameters: parameters)
    }

    /// How much of the chain's history `block` has behind it, 0 to 1: a guess from the number of transactions (Core's
    /// `GuessVerificationProgress`).
    package func guessVerificationProgress(of block: BlockIndex) -> Double {
        guard block.chainTransactionCount > 0 else { return 0 }
        let data = parameters.transactionData
        let now = now()
        let count = Double(block.chainTransactionCount)
        var blockTime = Int64(block.header.time)
        if abs(now - blockTime) <= 2 * 60 * 60, tree.bestHeader.height >= block.height {
            // Near the tip heights say more than the times that miners claim.
            blockTime = now - Int64(tree.bestHeader.height - block.height) * parameters.targetSpacing
        }
        let total =
            block.chainTransactionCount <= data.count
            ? Double(data.count) + Double(now - data.time) * data.rate : count + Double(now - blockTime) * data.rate
        return min(count / total, 1)
    }
}
