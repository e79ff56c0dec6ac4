import BitcoinInterfaces
import BitcoinPrimitives
import Synchronization
import TerminalUI

/// A node, its wallets and the way to them, in memory. Tests make it disappear and come back.
final class FakeWorld: NodeConnector {
    struct State {
        var data = SampleData()
        var isUp = true
        var connections = 0
        var closers: [CheckedContinuation<String, Never>] = []
        var nodeEvents: (any NodeEvents)?
        var loaderEvents: (any WalletLoaderEvents)?
        var walletEvents: [String: any WalletEvents] = [:]
        var passphrases: [[UInt8]] = []
        var isStarted = false
        var stuckWallet: String?
    }

    let state = Mutex(State())

    func connect(failed: @Sendable (ConnectionAttempt) -> Void) async -> NodeConnection? {
        guard state.withLock({ $0.isUp }) else {
            failed(ConnectionAttempt(address: "unix:fake", reason: "nobody listens", remedy: ""))
            return nil
        }
        state.withLock { $0.connections += 1 }
        return NodeConnection(
            address: "unix:fake", node: FakeNode(world: self), wallets: FakeLoader(world: self), rpc: FakeRpc(),
            connectWallet: { [self] name, _ in wallet(name) },
            waitUntilClosed: { [self] in await closed() }, close: {})
    }

    private func wallet(_ name: String) -> WalletConnection {
        WalletConnection(
            wallet: FakeWallet(world: self, name: name), waitUntilClosed: { [self] in await closed() }, close: {})
    }

    func startNode() async throws { state.withLock { ($0.isStarted, $0.isUp) = (true, true) } }

    func describe(_ error: any Error) -> String { "\(error)" }

    private func closed() async -> String {
        await withCheckedContinuation { continuation in
            let isUp = state.withLock { state in
                if state.isUp { state.closers.append(continuation) }
                return state.isUp
            }
            if !isUp { continuation.resume(returning: "killed") }
        }
    }

    /// The node dies, and with it every connection.
    func die(staysDown: Bool = true) {
        let closers = state.withLock { state in
            defer { state.closers = [] }
            state.isUp = !staysDown
            return state.closers
        }
        for closer in closers { closer.resume(returning: "killed") }
    }
}

struct FakeHandler: Handler {
    func disconnect() async throws {}
}

struct FakeRpc: Rpc {
    func executeRpc(request: String, uri: String, user: String) async throws -> String {
        #"{"result":"\#(uri)","error":null,"id":1}"#
    }
}

struct FakeNode: Node {
    let world: FakeWorld

    func getInfo() async throws -> NodeInfo { world.state.withLock { $0.data.info } }

    func getBlocks(height: Int32, count: UInt32) async throws -> [BlockSummary] {
        let data = world.state.withLock { $0.data }
        return (max(0, height - Int32(count) + 1)...height).reversed().map { data.block(Int($0)) }
    }

    func getBlock(hash: BlockHash) async throws -> Block? { world.state.withLock { $0.data.fullBlock } }

    func getMempool(offset: UInt64, count: UInt32) async throws -> MempoolWindow { MempoolWindow(total: 0, rows: []) }

    func getLog(first: UInt64, count: UInt32) async throws -> LogWindow { LogWindow(first: 0, total: 1, lines: ["x"]) }

    func handleEvents(events: any NodeEvents) async throws -> any Handler {
        world.state.withLock { $0.nodeEvents = events }
        return FakeHandler()
    }

    func shutdown() async throws { world.die() }
}

struct FakeLoader: WalletLoader {
    let world: FakeWorld

    func listWallets() async throws -> [WalletListing] { world.state.withLock { $0.data.listings } }

    func listWalletDirectory() async throws -> [String] { world.state.withLock { $0.data.directory } }

    func loadWallet(name: String) async throws -> WalletListing {
        let listing = SampleData.listing(name, 6000)
        let events = world.state.withLock { state in
            state.data.listings.append(listing)
            return state.loaderEvents
        }
        try await events?.walletLoaded(listing: listing)
        return listing
    }

    func createWallet(name: String, options: CreateWalletOptions) async throws -> WalletListing {
        try await loadWallet(name: name)
    }

    func unloadWallet(name: String) async throws {
        world.state.withLock { $0.data.listings.removeAll { $0.name == name } }
    }

    func handleEvents(events: any WalletLoaderEvents) async throws -> any Handler {
        world.state.withLock { $0.loaderEvents = events }
        return FakeHandler()
    }
}

struct FakeWallet: Wallet {
    let world: FakeWorld
    let name: String

    func getInfo() async throws -> WalletInfo { world.state.withLock { $0.data.walletInfo(name) } }

    func getBalances() async throws -> WalletBalances {
        // A wallet that does not answer must hold up nobody else.
        while world.state.withLock({ $0.stuckWallet == name }) { try await Task.sleep(for: .milliseconds(5)) }
        let trusted = world.state.withLock { $0.data.trusted[name] ?? 0 }
        return WalletBalances(trusted: trusted, untrustedPending: 0, immature: 0, nonMempool: 0)
    }

    func getTransactions(filter: String, offset: UInt64, count: UInt32) async throws -> TransactionWindow {
        let data = world.state.withLock { $0.data }
        return TransactionWindow(total: 3, unfiltered: 3, rows: (0..<3).map(data.transaction))
    }

    func getTransactionDetails(transactionID: TransactionID) async throws -> TransactionDetails? { nil }

    func getAddresses(filter: String, offset: UInt64, count: UInt32) async throws -> AddressWindow {
        AddressWindow(total: 0, rows: [])
    }

    func getCoins(filter: String, offset: UInt64, count: UInt32) async throws -> CoinWindow {
        CoinWindow(total: 0, rows: [])
    }

    func unlock(passphrase: [UInt8], seconds: Int64) async throws -> Bool {
        world.state.withLock { $0.passphrases.append(passphrase) }
        return passphrase == Array("right".utf8)
    }

    func lock() async throws {}

    func handleEvents(events: any WalletEvents) async throws -> any Handler {
        world.state.withLock { $0.walletEvents[name] = events }
        return FakeHandler()
    }
}
