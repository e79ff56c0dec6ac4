package import BitcoinInterfaces
package import BitcoinPrimitives
import BitcoinScript

// What the wallet can spend.
extension WalletEngine {
    /// Whether the outputs of a transaction are as good as spendable: it is in a block, or in the mempool and made of
    /// nothing but our own such outputs (Core's `CachedTxIsTrusted`).
    ///
    /// - Parameter known: Transactions that were found to be trusted already; more are added.
    package func isTrusted(_ transaction: WalletTransaction, known: inout Set<TransactionID>) -> Bool {
        if known.contains(transaction.id) || transaction.state.isConfirmed { return true }
        guard transaction.state == .inMempool, isFromMe(transaction.transaction) else { return false }
        for input in transaction.transaction.inputs {
            guard let parent = transactions[input.previousOutput.transactionID],
                ownOutputs[input.previousOutput] != nil
            else { return false }
            if known.contains(parent.id) { continue }
            // The mempool limits how deep this goes.
            guard isTrusted(parent, known: &known) else { return false }
            known.insert(parent.id)
        }
        return true
    }

    /// As `isTrusted(_:known:)`, for one transaction.
    package func isTrusted(_ transaction: WalletTransaction) -> Bool {
        var known: Set<TransactionID> = []
        return isTrusted(transaction, known: &known)
    }

    /// The balances, and what lies on addresses that were spent from before.
    package func balances() -> (amounts: WalletBalances, used: Amount) {
        var amounts = WalletBalances(trusted: 0, untrustedPending: 0, immature: 0, nonMempool: 0)
        var used: Amount = 0
        var known: Set<TransactionID> = []
        for (outPoint, output) in ownOutputs {
            guard let transaction = transactions[outPoint.transactionID] else { continue }
            let spending = spending(of: outPoint)
            switch spending {
            case .confirmed, .inMempool: continue
            case .unspent, .outsideMempool: break
            }
            let bucket: WritableKeyPath<WalletBalances, Int64>
            let isTrusted = isTrusted(transaction, known: &known)
            if transaction.state.isConfirmed, isImmature(transaction) {
                bucket = \.immature
            } else if isTrusted, depth(of: transaction) >= 0 {
                bucket = \.trusted
            } else if !isTrusted, transaction.state == .inMempool {
                bucket = \.untrustedPending
            } else {
                continue
            }
            if flags.contains(.avoidReuse), isSpentKey(output.scriptPubKey) {
                used += output.value
            } else {
                amounts[keyPath: bucket] += output.value
            }
            if case .outsideMempool = spending { amounts.nonMempool -= output.value }
        }
        return (amounts, used)
    }

    /// What is spendable now of outputs with so many confirmations, satoshi.
    ///
    /// - Parameter avoidReuse: Leave out addresses that were spent from before.
    package func trustedBalance(minimumDepth: Int32, avoidReuse: Bool) -> Amount {
        var sum: Amount = 0
        var known: Set<TransactionID> = []
        for (outPoint, output) in ownOutputs {
            guard let transaction = transactions[outPoint.transactionID], !isSpent(outPoint),
                !(transaction.state.isConfirmed && isImmature(transaction)),
                isTrusted(transaction, known: &known), depth(of: transaction) >= minimumDepth,
                !(avoidReuse && isSpentKey(output.scriptPubKey))
            else { continue }
            sum += output.value
        }
        return sum
    }

    /// An output that could be spent.
    package struct AvailableCoin {
        /// The output.
        package let outPoint: OutPoint
        /// Its value and script.
        package let output: TransactionOutput
        /// Its transaction.
        package let transaction: WalletTransaction
        /// Confirmations of its transaction.
        package let depth: Int32
        /// Whether its transaction is trusted and has nothing to do with a replacement.
        package let isSafe: Bool
    }

    /// Which outputs are wanted.
    package struct CoinFilter {
        /// Least confirmations.
        package var minimumDepth: Int32 = 0
        /// Most confirmations.
        package var maximumDepth: Int32 = 9_999_999
        /// Also those of transactions that are not safe.
        package var includesUnsafe = true
        /// Also those of coinbases that are not mature.
        package var includesImmature = false
        /// Also locked ones.
        package var includesLocked = false
        /// Least value, satoshi.
        package var minimumAmount: Amount = 0
        /// Most value, satoshi.
        package var maximumAmount: Amount = .maxMoney
        /// Stop when the sum reaches this, satoshi.
        package var minimumSum: Amount = .maxMoney
        /// Stop after so many; 0 for never.
        package var maximumCount = 0

        /// Every coin that Core lists when nothing is asked for but depth 0.
        package init() {}
    }

    /// The outputs that could be spent, oldest transaction first (Core's `AvailableCoins`).
    package func availableCoins(_ filter: CoinFilter) -> [AvailableCoin] {
        var coins: [AvailableCoin] = []
        var sum: Amount = 0
        var known: Set<TransactionID> = []
        for transaction in ordered {
            let depth = depth(of: transaction)
            if isImmature(transaction), !filter.includesImmature { continue }
            if depth < 0 || (depth == 0 && transaction.state != .inMempool) { continue }
            let details = transaction.details
            let isReplacement = depth == 0 && (details.replaces != nil || details.replacedBy != nil)
            let isSafe = !isReplacement && isTrusted(transaction, known: &known)
            guard isSafe || filter.includesUnsafe,
                (filter.minimumDepth...max(filter.minimumDepth, filter.maximumDepth))
                    .contains(depth), depth <= filter.maximumDepth
            else { continue }
            for index in transaction.transaction.outputs.indices {
                let outPoint = OutPoint(transactionID: transaction.id, index: UInt32(index))
                guard let output = ownOutputs[outPoint],
                    output.value >= filter.minimumAmount, output.value <= filter.maximumAmount,
                    filter.includesLocked || lockedCoins[outPoint] == nil, !isSpent(outPoint)
                else { continue }
                coins.append(
                    AvailableCoin(
                        outPoint: outPoint, output: output, transaction: transaction, depth: depth, isSafe: isSafe))
                sum += output.value
                if filter.minimumSum != .maxMoney, sum >= filter.minimumSum { return coins }
                if filter.maximumCount > 0, coins.count >= filter.maximumCount { return coins }
            }
        }
        return coins
    }
}
