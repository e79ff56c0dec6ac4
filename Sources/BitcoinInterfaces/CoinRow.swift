package import BitcoinPrimitives

/// One unspent output of the wallet.
package struct CoinRow: Sendable, Equatable {
    /// Transaction id.
    package var transactionID: TransactionID
    /// Output index.
    package var output: UInt32
    /// Satoshi.
    package var amount: Int64
    /// Depth; 0 in the mempool.
    package var confirmations: Int32
    /// Address paid, empty if none.
    package var address: String
    /// Label of the address.
    package var label: String
    /// Locked by the user.
    package var locked: Bool
    /// Confirmed or from ourselves.
    package var safe: Bool
    /// Whether the wallet knows how to spend it.
    package var solvable: Bool

    /// Makes the value from its parts.
    package init(
        transactionID: TransactionID,
        output: UInt32,
        amount: Int64,
        confirmations: Int32,
        address: String,
        label: String,
        locked: Bool,
        safe: Bool,
        solvable: Bool
    ) {
        self.transactionID = transactionID
        self.output = output
        self.amount = amount
        self.confirmations = confirmations
        self.address = address
        self.label = label
        self.locked = locked
        self.safe = safe
        self.solvable = solvable
    }
}
