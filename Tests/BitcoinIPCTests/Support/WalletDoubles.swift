import BitcoinInterfaces
import BitcoinPrimitives
import Synchronization

struct ChainClientDouble: ChainClient {
    let stage: Stage

    func getInfo() async throws -> ChainClientInfo {
        try await stage.enter("getInfo")
        return Sample.client
    }

    func start() async throws { try await stage.enter("start") }

    func executeRpc(request: String, uri: String, user: String) async throws -> String {
        try await stage.enter("executeRpc", request, uri, user)
        return stage.pick("{}", "")
    }

    func stop() async throws { try await stage.enter("stop") }
}

final class WalletDouble: Wallet {
    let stage: Stage
    let listener = Mutex<(any WalletEvents)?>(nil)

    init(stage: Stage) { self.stage = stage }

    func getInfo() async throws -> WalletInfo {
        try await stage.enter("getInfo")
        return stage.pick(Sample.walletInfo, Sample.emptyWalletInfo)
    }

    func getBalances() async throws -> WalletBalances {
        try await stage.enter("getBalances")
        return stage.pick(
            Sample.balances, WalletBalances(trusted: 0, untrustedPending: 0, immature: 0, nonMempool: 0))
    }

    func getTransactions(filter: String, offset: UInt64, count: UInt32) async throws -> TransactionWindow {
        try await stage.enter("getTransactions", filter, offset, count)
        return stage.pick(Sample.transactions, TransactionWindow(total: 0, unfiltered: 0, rows: []))
    }

    func getTransactionDetails(transactionID: TransactionID) async throws -> TransactionDetails? {
        try await stage.enter("getTransactionDetails", transactionID)
        if transactionID == Sample.transactionID(11) { return stage.pick(Sample.details, Sample.unconfirmed) }
        return nil
    }

    func getAddresses(filter: String, offset: UInt64, count: UInt32) async throws -> AddressWindow {
        try await stage.enter("getAddresses", filter, offset, count)
        return stage.pick(Sample.addresses, AddressWindow(total: 0, rows: []))
    }

    func getCoins(filter: String, offset: UInt64, count: UInt32) async throws -> CoinWindow {
        try await stage.enter("getCoins", filter, offset, count)
        return stage.pick(Sample.coins, CoinWindow(total: 0, rows: []))
    }

    func unlock(passphrase: [UInt8], seconds: Int64) async throws -> Bool {
        try await stage.enter("unlock", passphrase, seconds)
        return stage.pick(true, false)
    }

    func lock() async throws { try await stage.enter("lock") }

    func handleEvents(events: any WalletEvents) async throws -> any Handler {
        try await stage.enter("handleEvents")
        listener.withLock { $0 = events }
        return HandlerDouble("wallet registration", stage)
    }
}

final class WalletLoaderDouble: WalletLoader {
    let stage: Stage
    let listener = Mutex<(any WalletLoaderEvents)?>(nil)

    init(stage: Stage) { self.stage = stage }

    func listWallets() async throws -> [WalletListing] {
        try await stage.enter("listWallets")
        return stage.pick([Sample.listing, Sample.listing], [])
    }

    func listWalletDirectory() async throws -> [String] {
        try await stage.enter("listWalletDirectory")
        return stage.pick(["", "main", "sp ace-é"], [])
    }

    func loadWallet(name: String) async throws -> WalletListing {
        try await stage.enter("loadWallet", name)
        return Sample.listing
    }

    func createWallet(name: String, options: CreateWalletOptions) async throws -> WalletListing {
        try await stage.enter("createWallet", name, options)
        return Sample.listing
    }

    func unloadWallet(name: String) async throws { try await stage.enter("unloadWallet", name) }

    func handleEvents(events: any WalletLoaderEvents) async throws -> any Handler {
        try await stage.enter("handleEvents")
        listener.withLock { $0 = events }
        return HandlerDouble("list registration", stage)
    }
}
