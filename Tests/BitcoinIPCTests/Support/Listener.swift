import BitcoinInterfaces
import BitcoinPrimitives

/// Listens to everything and notes it on a stage, which also decides whether it throws.
final class Listener: NodeEvents, ChainNotifications, WalletEvents, WalletLoaderEvents {
    let stage: Stage

    init(_ stage: Stage) { self.stage = stage }

    deinit { stage.note("listener dropped") }

    // MARK: NodeEvents

    func blockTip(tip: BlockRef, time: Int64, initialBlockDownload: Bool) async throws {
        try await stage.enter("blockTip", tip, time, initialBlockDownload)
    }

    func headerTip(tip: BlockRef, time: Int64) async throws { try await stage.enter("headerTip", tip, time) }
    func initMessage(message: String) async throws { try await stage.enter("initMessage", message) }
    func progress(title: String, percent: Int32) async throws { try await stage.enter("progress", title, percent) }

    func mempoolChanged(transactions: UInt64, bytes: UInt64) async throws {
        try await stage.enter("mempoolChanged", transactions, bytes)
    }

    func warningsChanged(warnings: [String]) async throws { try await stage.enter("warningsChanged", warnings) }
    func logAdvanced(total: UInt64) async throws { try await stage.enter("logAdvanced", total) }
    func shutdownStarted() async throws { try await stage.enter("shutdownStarted") }

    // MARK: ChainNotifications

    func transactionAddedToMempool(transaction: Transaction) async throws {
        try await stage.enter("transactionAddedToMempool", transaction)
    }

    func transactionRemovedFromMempool(transactionID: TransactionID) async throws {
        try await stage.enter("transactionRemovedFromMempool", transactionID)
    }

    func blockConnected(block: ConnectedBlock) async throws { try await stage.enter("blockConnected", block) }
    func blockDisconnected(block: ConnectedBlock) async throws { try await stage.enter("blockDisconnected", block) }
    func chainStateFlushed(locator: [BlockHash]) async throws { try await stage.enter("chainStateFlushed", locator) }

    // MARK: WalletEvents

    func transactionChanged(transactionID: TransactionID) async throws {
        try await stage.enter("transactionChanged", transactionID)
    }

    func balancesChanged(balances: WalletBalances) async throws { try await stage.enter("balancesChanged", balances) }

    func addressBookChanged(address: String, label: String) async throws {
        try await stage.enter("addressBookChanged", address, label)
    }

    func statusChanged(info: WalletInfo) async throws { try await stage.enter("statusChanged", info) }

    // MARK: WalletLoaderEvents

    func walletLoaded(listing: WalletListing) async throws { try await stage.enter("walletLoaded", listing) }

    func walletUnloaded(listing: WalletListing, reason: String) async throws {
        try await stage.enter("walletUnloaded", listing, reason)
    }

    func walletFailed(listing: WalletListing) async throws { try await stage.enter("walletFailed", listing) }
}
