internal import BitcoinConsensus
internal import BitcoinPrimitives
internal import BitcoinScript

// Finishing a change of the coins that a crash cut short (Core's `ReplayBlocks`).

extension ChainState {
    /// Takes the coins from between two blocks to the one that the change led to. Some coins are as they were before
    /// the change, others as they should be after it, so that nothing is found missing or doubled here: what a block
    /// made is put and what it spent is taken away, whether or not that was done before.
    func replay(from origin: BlockHash, to target: BlockHash) throws(StorageError) {
        guard let end = tree[target], let start = origin == .zero ? tree.genesis : tree[origin] else {
            throw damagedCoins("a change was cut short between unknown blocks")
        }
        let fork = tree.lastCommonAncestor(start, end)
        let total = UInt64(start.height + end.height - 2 * fork.height)
        var done: UInt64 = 0
        var node = start
        while node !== fork {
            try rollBack(node)
            guard let parent = node.parent else { break }
            node = parent
            done += 1
            _ = reportProgress?(LoadProgress(phase: .replayingBlocks, done: done, total: total))
        }
        for height in stride(from: fork.height + 1, through: end.height, by: 1) {
            guard let next = end.ancestor(at: height) else { break }
            try rollForward(next)
            done += 1
            _ = reportProgress?(LoadProgress(phase: .replayingBlocks, done: done, total: total))
        }
        // Interrupted or not, this is finished first: half of it would be of no use.
        try coins.apply([:], bestBlock: target)
        try coins.flush(keepingCoins: true)
        isInterrupted = false
    }

    private func rollForward(_ index: BlockIndex) throws(StorageError) {
        let block = try soundBlock(index)
        var changes: [OutPoint: Coin?] = [:]
        for (position, transaction) in block.transactions.enumerated() {
            if position > 0 {
                for input in transaction.inputs { changes.updateValue(nil, forKey: input.previousOutput) }
            }
            for (number, output) in transaction.outputs.enumerated() where !output.scriptPubKey.isUnspendable {
                changes[OutPoint(transactionID: transaction.id, index: UInt32(number))] = Coin(
                    output: output, height: index.height, isCoinbase: position == 0)
            }
        }
        try coins.overwrite(changes, bestBlock: index.hash)
    }

    private func rollBack(_ index: BlockIndex) throws(StorageError) {
        let block = try soundBlock(index)
        guard let parent = index.parent, let undo = try undo(of: index),
            undo.spentCoins.count + 1 == block.transactions.count
        else { throw damagedCoins("block \(index.hash) cannot be taken back") }
        var changes: [OutPoint: Coin?] = [:]
        for (position, transaction) in block.transactions.enumerated().reversed() {
            for number in transaction.outputs.indices {
                let outPoint = OutPoint(transactionID: transaction.id, index: UInt32(number))
                changes.updateValue(nil, forKey: outPoint)
            }
            guard position > 0 else { continue }
            for (input, coin) in zip(transaction.inputs, undo.spentCoins[position - 1]) {
                changes[input.previousOutput] = coin
            }
        }
        try coins.overwrite(changes, bestBlock: parent.hash)
    }
}
