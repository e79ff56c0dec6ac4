package import BitcoinInterfaces
package import BitcoinPrimitives

/// What an update takes.
package enum AppEvent: Sendable {
    /// From the terminal.
    case input(InputEvent)
    /// From the node, the wallets, or the tasks that talk to them.
    case model(ModelEvent)
    /// The time, seconds since 1970. Comes before other events, and alone when a shown age changes.
    case time(Int64)
}

/// What happened elsewhere.
package enum ModelEvent: Sendable {
    /// A node could not be reached.
    case attemptFailed(ConnectionAttempt)
    /// A node answers.
    case connected(NodeIdentity)
    /// The connection is gone.
    case disconnected(reason: String)
    /// The node that was to be started runs, or did not start.
    case nodeStarted(failure: String?)
    /// An answer to a query.
    case answer(Query, generation: UInt64, Answer)
    /// The end of an action.
    case finished(job: UInt64, ActionResult)

    /// The active chain has a new tip.
    case blockTip(BlockRef, time: Int64, initialBlockDownload: Bool)
    /// The best known header changed.
    case headerTip(BlockRef)
    /// Start-up reached a new step; empty when done.
    case initMessage(String)
    /// Long work advances.
    case progress(title: String, percent: Int32)
    /// Transactions entered or left the mempool.
    case mempoolChanged(transactions: UInt64, bytes: UInt64)
    /// The list of warnings changed.
    case warningsChanged([String])
    /// The log has grown.
    case logAdvanced(total: UInt64)
    /// The node is going down.
    case shutdownStarted

    /// A wallet was attached.
    case walletLoaded(WalletListing)
    /// A wallet was detached.
    case walletUnloaded(WalletListing, reason: String)
    /// A wallet could not be loaded or its process died.
    case walletFailed(WalletListing)
    /// The terminal's own connection to a wallet works.
    case walletConnected(String)
    /// The terminal's own connection to a wallet could not be made, or is gone.
    case walletDisconnected(String, reason: String)
    /// A wallet's transaction was added or changed.
    case transactionChanged(wallet: String, TransactionID)
    /// A wallet's balances changed.
    case balancesChanged(wallet: String, WalletBalances)
    /// A label was set or removed.
    case addressBookChanged(wallet: String)
    /// A wallet was locked, unlocked, scans, or processed a block.
    case walletStatusChanged(wallet: String, WalletInfo)
}
