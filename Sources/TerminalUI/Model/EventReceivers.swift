import BitcoinInterfaces
import BitcoinPrimitives

/// Passes a node's events on to the queue.
struct NodeEventReceiver: NodeEvents {
    let queue: EventQueue

    func blockTip(tip: BlockRef, time: Int64, initialBlockDownload: Bool) async throws {
        queue.post(.blockTip(tip, time: time, initialBlockDownload: initialBlockDownload))
    }

    func headerTip(tip: BlockRef, time: Int64) async throws { queue.post(.headerTip(tip)) }

    func initMessage(message: String) async throws { queue.post(.initMessage(message)) }

    func progress(title: String, percent: Int32) async throws {
        queue.post(.progress(title: title, percent: percent))
    }

    func mempoolChanged(transactions: UInt64, bytes: UInt64) async throws {
        queue.post(.mempoolChanged(transactions: transactions, bytes: bytes))
    }

    func warningsChanged(warnings: [String]) async throws { queue.post(.warningsChanged(warnings)) }

    func logAdvanced(total: UInt64) async throws { queue.post(.logAdvanced(total: total)) }

    func shutdownStarted() async throws { queue.post(.shutdownStarted) }
}

/// Passes the comings and goings of wallets on to the queue.
struct WalletLoaderEventReceiver: WalletLoaderEvents {
    let queue: EventQueue

    func walletLoaded(listing: WalletListing) async throws { queue.post(.walletLoaded(listing)) }

    func walletUnloaded(listing: WalletListing, reason: String) async throws {
        queue.post(.walletUnloaded(listing, reason: reason))
    }

    func walletFailed(listing: WalletListing) async throws { queue.post(.walletFailed(listing)) }
}

/// Passes one wallet's events on to the queue.
struct WalletEventReceiver: WalletEvents {
    let wallet: String
    let queue: EventQueue

    func transactionChanged(transactionID: TransactionID) async throws {
        queue.post(.transactionChanged(wallet: wallet, transactionID))
    }

    func balancesChanged(balances: WalletBalances) async throws {
        queue.post(.balancesChanged(wallet: wallet, balances))
    }

    func addressBookChanged(address: String, label: String) async throws {
        queue.post(.addressBookChanged(wallet: wallet))
    }

    func statusChanged(info: WalletInfo) async throws { queue.post(.walletStatusChanged(wallet: wallet, info)) }
}
