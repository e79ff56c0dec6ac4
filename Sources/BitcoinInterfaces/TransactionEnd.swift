/// One input or output of a transaction.
package struct TransactionEnd: Sendable, Equatable {
    /// Address or script type.
    package var address: String
    /// Satoshi; -1 if unknown.
    package var amount: Int64
    /// Label of the address.
    package var label: String
    /// Whether it belongs to the wallet.
    package var isMine: Bool
    /// Whether it is change of the wallet.
    package var isChange: Bool

    /// Makes the value from its parts.
    package init(address: String, amount: Int64, label: String, isMine: Bool, isChange: Bool) {
        self.address = address
        self.amount = amount
        self.label = label
        self.isMine = isMine
        self.isChange = isChange
    }
}
