package import BitcoinPrimitives

/// One wallet, served by its own process on its own socket.
package protocol Wallet: Sendable {
    /// The state of the wallet now.
    func getInfo() async throws -> WalletInfo

    /// The balances now.
    func getBalances() async throws -> WalletBalances

    /// A window on the history, newest first. `filter` as the terminal's `/` filter: words matched in label,
    /// address, id and category, `amt>0.1`, `amt<1`, `conf>5`, `label~text`; at most 1,000 rows.
    func getTransactions(filter: String, offset: UInt64, count: UInt32) async throws -> TransactionWindow

    /// One transaction in full, nil if it is not the wallet's.
    func getTransactionDetails(transactionID: TransactionID) async throws -> TransactionDetails?

    /// A window on the addresses that have a label or were paid; at most 1,000 rows.
    func getAddresses(filter: String, offset: UInt64, count: UInt32) async throws -> AddressWindow

    /// A window on the unspent outputs, largest first; at most 1,000 rows.
    func getCoins(filter: String, offset: UInt64, count: UInt32) async throws -> CoinWindow

    /// Unlocks the keys for a time. False when the passphrase is wrong. The bytes are wiped after use.
    func unlock(passphrase: [UInt8], seconds: Int64) async throws -> Bool

    /// Locks the keys at once.
    func lock() async throws

    /// Registers for events until the handler is dropped or disconnected.
    func handleEvents(events: any WalletEvents) async throws -> any Handler
}
