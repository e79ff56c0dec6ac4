package import BitcoinPrimitives

/// What a transaction must obey (Core's consensus/tx_check.cpp and tx_verify.cpp).
package enum TransactionRules {
    /// Checks what can be seen from the transaction alone (Core's `CheckTransaction`).
    ///
    /// - Throws: the first rule broken.
    package static func check(_ transaction: Transaction) throws(ConsensusFailure) {
        try hasInputsAndOutputs(transaction)
        try fitsIntoABlock(transaction)
        try outputValuesAreInRange(transaction)
        try inputsAreDistinct(transaction)
        try coinbaseScriptHasAllowedLength(transaction)
        try inputsNameOutputs(transaction)
    }

    private static func hasInputsAndOutputs(_ transaction: Transaction) throws(ConsensusFailure) {
        guard !transaction.inputs.isEmpty else { throw ConsensusFailure(.noInputs) }
        guard !transaction.outputs.isEmpty else { throw ConsensusFailure(.noOutputs) }
    }

    private static func fitsIntoABlock(_ transaction: Transaction) throws(ConsensusFailure) {
        let weight = transaction.strippedSize * ConsensusLimits.witnessScaleFactor
        guard weight <= ConsensusLimits.maxBlockWeight else { throw ConsensusFailure(.transactionOversize) }
    }

    private static func outputValuesAreInRange(_ transaction: Transaction) throws(ConsensusFailure) {
        var total: Amount = 0
        for output in transaction.outputs {
            guard output.value >= 0 else { throw ConsensusFailure(.outputNegative) }
            guard output.value <= Amount.maxMoney else { throw ConsensusFailure(.outputTooLarge) }
            // Both numbers are at most maxMoney here, so the sum cannot overflow.
            total += output.value
            guard total <= Amount.maxMoney else { throw ConsensusFailure(.outputTotalTooLarge) }
        }
    }

    /// Without this rule a transaction could spend one coin twice (CVE-2018-17144).
    private static func inputsAreDistinct(_ transaction: Transaction) throws(ConsensusFailure) {
        guard transaction.inputs.count > 1 else { return }
        var seen = Set<OutPoint>(minimumCapacity: transaction.inputs.count)
        for input in transaction.inputs {
            guard seen.insert(input.previousOutput).inserted else { throw ConsensusFailure(.duplicateInputs) }
        }
    }

    private static func coinbaseScriptHasAllowedLength(_ transaction: Transaction) throws(ConsensusFailure) {
        guard transaction.isCoinbase else { return }
        guard (2...100).contains(transaction.inputs[0].scriptSig.count) else {
            throw ConsensusFailure(.badCoinbaseLength)
        }
    }

    private static func inputsNameOutputs(_ transaction: Transaction) throws(ConsensusFailure) {
        guard !transaction.isCoinbase else { return }
        for input in transaction.inputs where input.previousOutput.isNull {
            throw ConsensusFailure(.nullPreviousOutput)
        }
    }

    /// Whether the lock time allows the transaction in a block of this height and time (Core's `IsFinalTx`).
    ///
    /// - Parameters:
    ///   - height: the height of the block.
    ///   - time: the time that lock times are compared with, in Unix seconds: the median time of the block before
    ///     once BIP113 holds, else the time of the block.
    package static func isFinal(_ transaction: Transaction, height: Int, time: Int64) -> Bool {
        let lockTime = transaction.lockTime
        if lockTime == 0 { return true }
        let limit = lockTime < ConsensusLimits.lockTimeThreshold ? Int64(height) : time
        if Int64(lockTime) < limit { return true }
        return transaction.inputs.allSatisfy { $0.sequence == TransactionInput.finalSequence }
    }

    /// Checks the values of a transaction against the coins it spends (Core's `CheckTxInputs`).
    ///
    /// - Parameters:
    ///   - transaction: not a coinbase, and found right by `check(_:)`.
    ///   - coins: the coin of each input, in order.
    ///   - height: the height of the block that spends them.
    /// - Returns: the fee.
    /// - Throws: the first rule broken.
    package static func fee(
        of transaction: Transaction, spending coins: [Coin], height: Int
    ) throws(ConsensusFailure) -> Amount {
        guard coins.count == transaction.inputs.count else { throw missingInputs }
        var valueIn: Amount = 0
        for coin in coins {
            try isMature(coin, height)
            guard coin.output.value.isInMoneyRange else {
                throw ConsensusFailure(.inputValuesOutOfRange)
            }
            valueIn += coin.output.value
            guard valueIn <= Amount.maxMoney else { throw ConsensusFailure(.inputValuesOutOfRange) }
        }
        let valueOut = transaction.outputs.reduce(0) { $0 &+ $1.value }
        guard valueIn >= valueOut else {
            throw ConsensusFailure(
                .inputsBelowOutputs, "value in (\(money(valueIn))) < value out (\(money(valueOut)))")
        }
        let fee = valueIn - valueOut
        guard fee <= Amount.maxMoney else { throw ConsensusFailure(.feeOutOfRange) }
        return fee
    }

    /// The failure of a transaction that spends what is not there.
    package static let missingInputs = ConsensusFailure(
        .inputsMissingOrSpent, "CheckTxInputs: inputs missing/spent")

    private static func isMature(_ coin: Coin, _ height: Int) throws(ConsensusFailure) {
        guard coin.isCoinbase, height - coin.height < ConsensusLimits.coinbaseMaturity else { return }
        throw ConsensusFailure(
            .prematureCoinbaseSpend, "tried to spend coinbase at depth \(height - coin.height)")
    }

    /// A value in coins, with at least two decimals (Core's `FormatMoney`).
    private static func money(_ value: Amount) -> String {
        var decimals = String(value % Amount.coin)
        decimals = String(repeating: "0", count: 8 - decimals.count) + decimals
        while decimals.count > 2, decimals.last == "0" { decimals.removeLast() }
        return "\(value / Amount.coin).\(decimals)"
    }
}
