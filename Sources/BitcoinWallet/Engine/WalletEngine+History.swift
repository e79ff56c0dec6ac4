package import BitcoinPrimitives
package import BitcoinScript

// History: what a transaction means to the wallet.
extension WalletEngine {
    /// One row of history.
    package struct HistoryEntry {
        /// What happened.
        package enum Category: String, Sendable {
            case send
            case receive
            /// Mined and mature.
            case generate
            /// Mined and not yet mature.
            case immature
            /// Mined in a block that is in no chain any more.
            case orphan
        }

        /// The transaction.
        package let transaction: WalletTransaction
        /// Index of the output.
        package let output: Int
        /// Where it leads; nil for scripts without address.
        package let destination: Destination?
        /// What happened.
        package let category: Category
        /// Satoshi, negative when sent.
        package let amount: Amount
        /// Satoshi, negative, of the whole transaction; nil unless sent.
        package let fee: Amount?
    }

    /// The rows of a transaction: what was sent, then what was received, in the order of outputs (Core's
    /// `ListTransactions`).
    package func history(of entry: WalletTransaction) -> [HistoryEntry] {
        let transaction = entry.transaction
        let debit = debit(transaction)
        var fee: Amount?
        if debit > 0 { fee = transaction.outputs.reduce(0) { $0 + $1.value } - debit }
        var sent: [HistoryEntry] = []
        var received: [HistoryEntry] = []
        for (index, output) in transaction.outputs.enumerated() {
            let isMine = isMine(output.scriptPubKey)
            guard debit > 0 ? !isChange(output.scriptPubKey) : isMine else { continue }
            let destination = Destination(scriptPubKey: output.scriptPubKey)
            if debit > 0 {
                sent.append(
                    HistoryEntry(
                        transaction: entry, output: index, destination: destination, category: .send,
                        amount: -output.value, fee: fee))
            }
            if isMine {
                received.append(
                    HistoryEntry(
                        transaction: entry, output: index, destination: destination, category: category(of: entry),
                        amount: output.value, fee: nil))
            }
        }
        // Received rows of contradicted transactions are not shown.
        return depth(of: entry) >= 0 ? sent + received : sent
    }

    /// What a received output is: of a mined transaction this changes with its depth.
    func category(of entry: WalletTransaction) -> HistoryEntry.Category {
        guard entry.isCoinbase else { return .receive }
        if depth(of: entry) < 1 { return .orphan }
        return isImmature(entry) ? .immature : .generate
    }

    /// The label of a row: nil where the address book has none.
    package func label(of entry: HistoryEntry) -> String? {
        entry.destination.flatMap { addressBook.label(of: $0) }
    }
}
