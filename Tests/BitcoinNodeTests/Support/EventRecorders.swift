import BitcoinInterfaces
import BitcoinPrimitives

/// Notes the events of a node as texts.
final class NodeEventRecorder: NodeEvents {
    let events = Recorder<String>()

    func blockTip(tip: BlockRef, time: Int64, initialBlockDownload: Bool) async throws {
        events.add("tip \(tip.height) \(tip.hash)")
    }

    func headerTip(tip: BlockRef, time: Int64) async throws { events.add("header \(tip.height) \(tip.hash)") }
    func initMessage(message: String) async throws { events.add("init \(message)") }
    func progress(title: String, percent: Int32) async throws { events.add("progress \(title) \(percent)") }

    func mempoolChanged(transactions: UInt64, bytes: UInt64) async throws {
        events.add("mempool \(transactions) \(bytes)")
    }

    func warningsChanged(warnings: [String]) async throws {
        events.add("warnings \(warnings.joined(separator: "|"))")
    }

    // How often it comes depends on time, so tests that need it look for it alone.
    func logAdvanced(total: UInt64) async throws { logTotals.add(total) }
    let logTotals = Recorder<UInt64>()

    func shutdownStarted() async throws { events.add("shutdown") }
}

/// Notes what a wallet is told of the chain.
final class ChainRecorder: ChainNotifications {
    let events = Recorder<String>()

    func transactionAddedToMempool(transaction: Transaction) async throws { events.add("+tx \(transaction.id)") }
    func transactionRemovedFromMempool(transactionID: TransactionID) async throws {
        events.add("-tx \(transactionID)")
    }

    func blockConnected(block: ConnectedBlock) async throws {
        events.add("+\(block.block.height) \(block.block.hash)")
    }

    func blockDisconnected(block: ConnectedBlock) async throws {
        events.add("-\(block.block.height) \(block.block.hash)")
    }

    func chainStateFlushed(locator: [BlockHash]) async throws {
        events.add("flushed \(locator.first?.description ?? "")")
    }
}

/// Notes wallets coming and going.
final class WalletListRecorder: WalletLoaderEvents {
    let events = Recorder<String>()
    let listings = Recorder<WalletListing>()

    func walletLoaded(listing: WalletListing) async throws {
        listings.add(listing)
        events.add("loaded \(listing.name)")
    }

    func walletUnloaded(listing: WalletListing, reason: String) async throws {
        listings.add(listing)
        events.add("unloaded \(listing.name): \(reason)")
    }

    func walletFailed(listing: WalletListing) async throws {
        listings.add(listing)
        events.add("failed \(listing.name): \(listing.error)")
    }
}
