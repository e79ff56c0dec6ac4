package import BitcoinPrimitives

/// One row of history, as RPC `listtransactions` has it.
package struct TransactionRow: Sendable, Equatable {
    /// Transaction id.
    package var transactionID: TransactionID
    /// Output index.
    package var output: UInt32
    /// Time of the transaction, seconds since 1970.
    package var time: Int64
    /// send, receive, generate, immature or orphan.
    package var category: String
    /// Satoshi, negative when sent.
    package var amount: Int64
    /// Satoshi, negative, only when sent; else 0.
    package var fee: Int64
    /// Depth; negative when conflicted.
    package var confirmations: Int32
    /// Block height, -1 if unconfirmed.
    package var height: Int32
    /// Address paid, empty if none.
    package var address: String
    /// Label of the address.
    package var label: String
    /// Abandoned by the user.
    package var abandoned: Bool
    /// Replaced by another transaction.
    package var replaced: Bool

    /// Makes the value from its parts.
    package init(
        transactionID: TransactionID,
        output: UInt32,
        time: Int64,
        category: String,
        amount: Int64,
        fee: Int64,
        confirmations: Int32,
        height: Int32,
        address: String,
        label: String,
        abandoned: Bool,
        replaced: Bool
    ) {
        self.transactionID = transactionID
        self.output = output
        self.time = time
        self.category = category
        self.amount = amount
        self.fee = fee
        self.confirmations = confirmations
        self.height = height
        self.address = address
        self.label = label
        self.abandoned = abandoned
        self.replaced = replaced
    }
}
