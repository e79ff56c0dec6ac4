import BitcoinCrypto
import BitcoinInterfaces
package import BitcoinPrimitives
import BitcoinScript

// What belongs to the wallet.
extension WalletEngine {
    /// Whether an output script is one of the wallet's.
    package func isMine(_ script: Script) -> Bool { scripts[script] != nil }

    /// Whether a transaction pays the wallet.
    func pays(_ transaction: Transaction) -> Bool { transaction.outputs.contains { isMine($0.scriptPubKey) } }

    /// Whether a transaction spends outputs of the wallet.
    func isFromMe(_ transaction: Transaction) -> Bool {
        transaction.inputs.contains { ownOutputs[$0.previousOutput] != nil }
    }

    /// Satoshi that a transaction takes from the wallet.
    func debit(_ transaction: Transaction) -> Amount {
        transaction.inputs.reduce(0) { $0 + (ownOutputs[$1.previousOutput]?.value ?? 0) }
    }

    /// Satoshi that a transaction brings the wallet.
    func credit(_ transaction: Transaction) -> Amount {
        transaction.outputs.reduce(0) { $0 + (isMine($1.scriptPubKey) ? $1.value : 0) }
    }

    /// Whether an output that pays the wallet is change: the address book does not know it.
    package func isChange(_ script: Script) -> Bool {
        guard isMine(script) else { return false }
        guard let destination = Destination(scriptPubKey: script) else { return true }
        return addressBook.labelled(destination) == nil
    }

    /// Notes which outputs of a transaction belong to the wallet.
    func addOwnOutputs(of transaction: WalletTransaction) {
        for (index, output) in transaction.transaction.outputs.enumerated() where isMine(output.scriptPubKey) {
            ownOutputs[OutPoint(transactionID: transaction.id, index: UInt32(index))] = output
        }
    }

    /// Looks through all transactions for outputs that belong to the wallet since descriptors were added.
    func refreshOwnOutputs() {
        for transaction in ordered { addOwnOutputs(of: transaction) }
        changes.balances = true
    }

    /// Notes which outputs a transaction spends. What is spent needs no lock any more.
    func addSpends(of transaction: WalletTransaction) {
        guard !transaction.isCoinbase else { return }
        for input in transaction.transaction.inputs {
            spends[input.previousOutput, default: []].append(transaction.id)
            copyDetails(between: spends[input.previousOutput] ?? [])
        }
    }

    /// Transactions that differ only in signatures share what the user said about the oldest.
    private func copyDetails(between ids: [TransactionID]) {
        guard ids.count > 1 else { return }
        let all = ids.compactMap { transactions[$0] }
        guard let oldest = all.min(by: { $0.details.orderPosition < $1.details.orderPosition }) else { return }
        for other in all where other !== oldest && oldest.isEquivalent(to: other) {
            let kept = other.details
            other.details = oldest.details
            other.details.timeReceived = kept.timeReceived
            other.details.orderPosition = kept.orderPosition
        }
    }

    /// Other transactions of the wallet that spend an output which this one spends, in Core's order.
    package func conflicts(of transaction: WalletTransaction) -> [TransactionID] {
        var ids: Set<TransactionID> = []
        for input in transaction.transaction.inputs { ids.formUnion(spends[input.previousOutput] ?? []) }
        ids.remove(transaction.id)
        return ids.sorted { $0.rawValue.precedesInByteOrder($1.rawValue) }
    }

    /// How an output of the wallet was spent.
    package enum Spending: Sendable {
        /// Not at all, or only by transactions that do not count.
        case unspent
        /// By one that is in neither a block nor the mempool.
        case outsideMempool
        /// By one in the mempool.
        case inMempool
        /// By one in a block.
        case confirmed
    }

    /// How an output was spent.
    package func spending(of output: OutPoint) -> Spending {
        var result = Spending.unspent
        for transaction in (spends[output] ?? []).compactMap({ transactions[$0] }) {
            if transaction.state.isConfirmed { return .confirmed }
            if transaction.state == .inMempool {
                result = .inMempool
            } else if transaction.isSpending, case .unspent = result {
                result = .outsideMempool
            }
        }
        return result
    }

    /// Whether a transaction that counts spends an output.
    package func isSpent(_ output: OutPoint) -> Bool {
        (spends[output] ?? []).contains { transactions[$0]?.isSpending ?? false }
    }

    /// Whether an output went to an address that was spent from before; only wallets that avoid reuse know.
    package func isSpentKey(_ script: Script) -> Bool {
        guard let destination = Destination(scriptPubKey: script) else { return false }
        return addressBook.entries[destination]?.isPreviouslySpent ?? false
    }

    /// Confirmations of a transaction: 0 outside blocks, negative when a block contradicts it.
    package func depth(of transaction: WalletTransaction) -> Int32 {
        let tip = lastBlock?.height ?? -1
        switch transaction.state {
        case .confirmed(let block, _, _): return tip - block.height + 1
        case .conflicted(let block): return -(tip - block.height + 1)
        case .inMempool, .inactive, .unresolved: return 0
        }
    }

    /// Blocks until a coinbase may be spent; 0 for others.
    package func blocksToMaturity(of transaction: WalletTransaction) -> Int32 {
        guard transaction.isCoinbase else { return 0 }
        return max(0, 101 - depth(of: transaction))
    }

    /// Whether the outputs of a coinbase may not be spent yet.
    package func isImmature(_ transaction: WalletTransaction) -> Bool { blocksToMaturity(of: transaction) > 0 }
}
