package import BitcoinPrimitives

/// Events of one wallet, in order.
package protocol WalletEvents: Sendable {
    /// A transaction was added or changed.
    func transactionChanged(transactionID: TransactionID) async throws

    /// The balances changed.
    func balancesChanged(balances: WalletBalances) async throws

    /// A label was set or removed.
    func addressBookChanged(address: String, label: String) async throws

    /// Locked, unlocked, scanning or last block changed.
    func statusChanged(info: WalletInfo) async throws
}
