/// One address of the wallet.
package struct AddressRow: Sendable, Equatable {
    /// The address.
    package var address: String
    /// Label, empty if none.
    package var label: String
    /// receive, send, refund, change or empty.
    package var purpose: String
    /// Satoshi received in the active chain and the mempool.
    package var received: Int64
    /// Transactions that paid it.
    package var transactions: UInt32
    /// HD key path, empty if unknown.
    package var path: String

    /// Makes the value from its parts.
    package init(
        address: String,
        label: String,
        purpose: String,
        received: Int64,
        transactions: UInt32,
        path: String
    ) {
        self.address = address
        self.label = label
        self.purpose = purpose
        self.received = received
        self.transactions = transactions
        self.path = path
    }
}
