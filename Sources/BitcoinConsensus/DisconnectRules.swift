package import BitcoinPrimitives
internal import BitcoinScript

/// Taking a block's effect on the coins back (Core's `DisconnectBlock`).
package enum DisconnectRules {
    /// Why a block cannot be disconnected; each means damaged data, none a broken rule.
    package enum Failure: String, Error, Sendable {
        /// The undo data does not belong to the block.
        case undoMismatch = "block and undo data inconsistent"
        /// The coins are not what the block left behind.
        case coinsMismatch = "coins are not those that the block made"
    }

    /// Takes away the coins that a block made and puts back those it spent.
    ///
    /// - Parameters:
    ///   - block: the block at the tip.
    ///   - undo: what it spent.
    ///   - height: its height.
    ///   - coins: the coins as they are after it; left half changed on failure.
    /// - Throws: `Failure` when undo data or coins do not match.
    package static func disconnect(
        _ block: Block, undo: BlockUndo, height: Int, coins: inout some BlockCoins
    ) throws(Failure) {
        try disconnect(
            block, undo: undo, height: height, isOverwritten: isOverwritten(block.header.hash, height: height),
            coins: &coins)
    }

    /// Whether the coinbase of a block was overwritten by a later one, so that its coin may be missing (BIP30).
    package static func isOverwritten(_ block: BlockHash, height: Int) -> Bool {
        overwrittenBlocks[height] == block.description
    }

    /// The same as above for a block of which it is known whether its coinbase was overwritten.
    package static func disconnect(
        _ block: Block, undo: BlockUndo, height: Int, isOverwritten: Bool, coins: inout some BlockCoins
    ) throws(Failure) {
        guard undo.spentCoins.count + 1 == block.transactions.count else { throw .undoMismatch }
        for (index, transaction) in block.transactions.enumerated().reversed() {
            for (position, output) in transaction.outputs.enumerated() where !output.scriptPubKey.isUnspendable {
                let made = Coin(output: output, height: height, isCoinbase: index == 0)
                let found = coins.spend(OutPoint(transactionID: transaction.id, index: UInt32(position)))
                guard found == made || (index == 0 && isOverwritten) else { throw .coinsMismatch }
            }
            guard index > 0 else { continue }
            let spent = undo.spentCoins[index - 1]
            guard spent.count == transaction.inputs.count else { throw .undoMismatch }
            for (input, coin) in zip(transaction.inputs, spent).reversed() {
                guard coins.coin(at: input.previousOutput) == nil else { throw .coinsMismatch }
                coins.add(coin, at: input.previousOutput)
            }
        }
    }

    /// The two blocks of 2010 whose coinbases were overwritten later, so that their coins are gone when they are
    /// disconnected.
    private static let overwrittenBlocks = [
        91_722: "00000000000271a2dc26e7667f8419f2e15416dc6955e5a6c6cdf3f2574dd08e",
        91_812: "00000000000af0aed4792b1acee3d966af36cf5def14935db8de83d6f9306f2f",
    ]
}
