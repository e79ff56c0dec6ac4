/// Balances in satoshi (RPC `getbalances`).
package struct WalletBalances: Sendable, Equatable {
    /// Spendable now.
    package var trusted: Int64
    /// Unconfirmed from others.
    package var untrustedPending: Int64
    /// Coinbase outputs not yet mature.
    package var immature: Int64
    /// In transactions of ours that are neither in a block nor in the mempool.
    package var nonMempool: Int64

    /// Makes the value from its parts.
    package init(trusted: Int64, untrustedPending: Int64, immature: Int64, nonMempool: Int64) {
        self.trusted = trusted
        self.untrustedPending = untrustedPending
        self.immature = immature
        self.nonMempool = nonMempool
    }
}
