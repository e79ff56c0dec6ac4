package import BitcoinPrimitives
internal import BitcoinScript

/// What a block must obey when its coins are known (Core's `ConnectBlock`), without running scripts.
package enum ConnectRules {
    /// What came of connecting a block.
    package struct Result: Sendable {
        /// The coins it spent.
        package var undo: BlockUndo
        /// The fees of its transactions.
        package var fees: Amount
        /// The cost of its signature operations.
        package var sigopsCost: Int
    }

    /// Spends and makes the coins of a block.
    ///
    /// - Parameters:
    ///   - block: found right by both checks of `BlockRules`.
    ///   - previous: the block it follows.
    ///   - coins: the coins as they are after `previous`; left half changed when the block is bad, so hand in a layer
    ///     that can be thrown away.
    ///   - parameters: the network's parameters.
    /// - Throws: the first rule broken.
    package static func connect(
        _ block: Block, after previous: some HeaderNode, coins: inout some BlockCoins, parameters: ChainParameters
    ) throws(ConsensusFailure) -> Result {
        let height = previous.height + 1
        if checksOverwriting(block, after: previous, parameters: parameters) {
            try overwritesNothing(block, coins)
        }
        let flags = ScriptFlags.forBlock(block.header.hash, height: height, parameters: parameters)
        let countsP2SH = flags.contains(.p2sh)
        var result = Result(undo: BlockUndo(spentCoins: []), fees: 0, sigopsCost: 0)
        result.undo.spentCoins.reserveCapacity(max(block.transactions.count - 1, 0))

        for (index, transaction) in block.transactions.enumerated() {
            var spent: [Coin] = []
            if index > 0 {
                spent = try spentCoins(of: transaction, coins)
                result.fees += try fee(transaction, spent, height)
                guard result.fees <= Amount.maxMoney else {
                    throw ConsensusFailure(
                        .accumulatedFeeOutOfRange, "accumulated fee in the block out of range")
                }
                try sequenceLocksAreMet(transaction, spent, previous, parameters)
            }
            result.sigopsCost += Sigops.cost(of: transaction, spending: spent, countsP2SH: countsP2SH)
            guard result.sigopsCost <= ConsensusLimits.maxBlockSigopsCost else {
                throw ConsensusFailure(.badBlockSigops, "too many sigops")
            }
            apply(transaction, isCoinbase: index == 0, height: height, coins: &coins)
            if index > 0 { result.undo.spentCoins.append(spent) }
        }
        try coinbasePaysNoMore(block, fees: result.fees, height, parameters)
        return result
    }

    /// Whether the block must be checked for transactions that overwrite older ones (BIP30). Once BIP34 holds on the
    /// known chain no two coinbases are alike, up to a height far ahead.
    package static func checksOverwriting(
        _ block: Block, after previous: some HeaderNode, parameters: ChainParameters
    ) -> Bool {
        let height = previous.height + 1
        if height >= 1_983_702 { return true }
        if parameters.network == .main, isOverwriting(block.header.hash, height: height) { return false }
        guard let known = previous.ancestor(at: parameters.bip34Height) else { return true }
        return known.header.hash != parameters.bip34Hash
    }

    /// Whether the coinbase of a block has overwritten that of an older one (BIP30).
    package static func isOverwriting(_ block: BlockHash, height: Int) -> Bool {
        overwritingBlocks[height] == block.description
    }

    /// The two blocks of 2010 whose coinbases overwrote older ones.
    private static let overwritingBlocks = [
        91_842: "00000000000a4d0a398161ffc163c503763b1f4360639393e0e4c8e300e0caec",
        91_880: "00000000000743f190a18c5577a3c2d2a1f610ae9601ac046a38084ccb7cd721",
    ]

    private static func overwritesNothing(_ block: Block, _ coins: some BlockCoins) throws(ConsensusFailure) {
        for transaction in block.transactions {
            for index in transaction.outputs.indices
            where coins.coin(at: OutPoint(transactionID: transaction.id, index: UInt32(index))) != nil {
                throw ConsensusFailure(.overwritesTransaction, "tried to overwrite transaction")
            }
        }
    }

    private static func spentCoins(
        of transaction: Transaction, _ coins: some BlockCoins
    ) throws(ConsensusFailure) -> [Coin] {
        var spent: [Coin] = []
        spent.reserveCapacity(transaction.inputs.count)
        for index in transaction.inputs.indices {
            guard let coin = coins.coin(at: transaction.inputs[index].previousOutput) else {
                let failure = TransactionRules.missingInputs
                throw ConsensusFailure(failure.rule, "\(failure.detail) in transaction \(transaction.id)")
            }
            spent.append(coin)
        }
        return spent
    }

    private static func fee(
        _ transaction: Transaction, _ spent: [Coin], _ height: Int
    ) throws(ConsensusFailure) -> Amount {
        do {
            return try TransactionRules.fee(of: transaction, spending: spent, height: height)
        } catch {
            throw ConsensusFailure(error.rule, "\(error.detail) in transaction \(transaction.id)")
        }
    }

    private static func sequenceLocksAreMet(
        _ transaction: Transaction, _ spent: [Coin], _ previous: some HeaderNode, _ parameters: ChainParameters
    ) throws(ConsensusFailure) {
        guard previous.height + 1 >= parameters.csvHeight else { return }
        let locks = SequenceLocks(of: transaction, coinHeights: spent.map(\.height), after: previous)
        guard locks.allow(after: previous) else {
            throw ConsensusFailure(
                .nonFinalTransaction, "contains a non-BIP68-final transaction \(transaction.id)")
        }
    }

    private static func apply(
        _ transaction: Transaction, isCoinbase: Bool, height: Int, coins: inout some BlockCoins
    ) {
        if !isCoinbase {
            for index in transaction.inputs.indices { _ = coins.spend(transaction.inputs[index].previousOutput) }
        }
        for (index, output) in transaction.outputs.enumerated() where !output.scriptPubKey.isUnspendable {
            coins.add(
                Coin(output: output, height: height, isCoinbase: isCoinbase),
                at: OutPoint(transactionID: transaction.id, index: UInt32(index)))
        }
    }

    private static func coinbasePaysNoMore(
        _ block: Block, fees: Amount, _ height: Int, _ parameters: ChainParameters
    ) throws(ConsensusFailure) {
        let limit = fees + Subsidy.at(height: height, parameters: parameters)
        let paid = block.transactions.first?.outputs.reduce(0) { $0 &+ $1.value } ?? 0
        guard paid <= limit else {
            throw ConsensusFailure(
                .badCoinbaseAmount, "coinbase pays too much (actual=\(paid) vs limit=\(limit))")
        }
    }
}
