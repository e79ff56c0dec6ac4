import BitcoinCrypto
import BitcoinIPC
import BitcoinInterfaces
import BitcoinNode
import BitcoinPrimitives
import Foundation
import IPC
import Logging

/// The serving process.
enum BenchServer {
    /// Serves until standard input ends.
    static func run(path: String) async throws -> Int32 {
        let logger = Logger(label: "ipc") { _ in SwiftLogNoOpLogHandler() }
        let processes = IpcProcess(argumentZero: CommandLine.arguments[0], logger: logger)
        let hub = EventHub()
        let ipc = BitcoinProtocol.make(executable: "bitcoin-bench", logger: logger)
        let server = try await ipc.listen(try processes.bind(.unix(path: path))) { session in
            BenchInit(hub: hub, events: hub.makeClient(on: session.executor))
        }
        try FileHandle.standardOutput.write(contentsOf: Data("r".utf8))
        // A thread of its own, not the pool's: this read lasts as long as the process.
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                _ = try? FileHandle.standardInput.readToEnd()
                continuation.resume()
            }
        }
        server.close()
        return 0
    }
}

/// What the serving process offers: answers that cost nothing, so that only the way to them is measured.
private struct BenchInit: ProcessInit {
    let hub: EventHub
    let events: EventClient

    func getProcessInfo() async throws -> BitcoinInterfaces.ProcessInfo {
        BitcoinInterfaces.ProcessInfo(
            name: "bitcoin-bench", version: "", processID: getpid(), chain: "regtest", startTime: 0)
    }

    func makeEcho() async throws -> any Echo { BenchEcho() }
    func makeRpc() async throws -> any Rpc { BenchRpc(hub: hub) }
    func makeNode() async throws -> any Node { BenchNode(events: events) }
    func makeWallet(name: String) async throws -> any Wallet { BenchWallet() }

    func makeMining() async throws -> (any Mining)? { nil }
    func makeChain() async throws -> any Chain { throw BenchError.notServed }
    func makeWalletLoader() async throws -> any WalletLoader { throw BenchError.notServed }
    func makeChainClient(
        chain: any Chain, settings: WalletProcessSettings
    ) async throws -> any ChainClient { throw BenchError.notServed }
    func attachWallet(client: any ChainClient, info: ChainClientInfo) async throws -> any Handler {
        throw BenchError.notServed
    }
    func listClients() async throws -> [IpcClientInfo] { [] }
    func disconnectClient(id: UInt64) async throws -> Bool { false }
}

private struct BenchEcho: Echo {
    func echo(echo: String) async throws -> String { echo }
}

/// Any request makes a block known to everybody who listens, through the node's own hub.
private struct BenchRpc: Rpc {
    let hub: EventHub

    func executeRpc(request: String, uri: String, user: String) async throws -> String {
        let tip = BlockRef(hash: BlockHash(rawValue: Hash256.zero), height: 1)
        // The time of the event, for whoever wants to know how long it took.
        hub.publish(.blockTip(tip, time: monotonicNanoseconds(), initialBlockDownload: false))
        return ""
    }
}

private struct BenchNode: Node {
    let events: EventClient

    func handleEvents(events: any NodeEvents) async throws -> any Handler {
        try self.events.register(where: { _ in true }) { event in
            guard case .blockTip(let tip, let time, let download) = event else { return }
            try await events.blockTip(tip: tip, time: time, initialBlockDownload: download)
        }
    }

    func getInfo() async throws -> NodeInfo { throw BenchError.notServed }
    func getBlocks(height: Int32, count: UInt32) async throws -> [BlockSummary] { [] }
    func getBlock(hash: BlockHash) async throws -> Block? { nil }
    func getMempool(offset: UInt64, count: UInt32) async throws -> MempoolWindow { throw BenchError.notServed }
    func getLog(first: UInt64, count: UInt32) async throws -> LogWindow { throw BenchError.notServed }
    func shutdown() async throws {}
}

/// A wallet with a history, as a terminal asks for it.
private struct BenchWallet: Wallet {
    private let rows: [TransactionRow]

    init() {
        rows = (0..<Int32(IpcBenchSettings.windowRows)).map { index -> TransactionRow in
            let isSent = index % 2 == 1
            let category = isSent ? "send" : "receive"
            let label = index % 4 == 0 ? "savings account" : ""
            let fee: Int64 = isSent ? -141 : 0
            return TransactionRow(
                transactionID: TransactionID(rawValue: Hash256.zero), output: 1, time: 1_700_000_000,
                category: category, amount: Int64(index) * 12_345, fee: fee, confirmations: index,
                height: 800_000 + index, address: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", label: label,
                abandoned: false, replaced: false)
        }
    }

    func getTransactions(filter: String, offset: UInt64, count: UInt32) async throws -> TransactionWindow {
        let window = rows.dropFirst(Int(clamping: offset)).prefix(Int(clamping: count))
        return TransactionWindow(
            total: UInt64(rows.count), unfiltered: UInt64(rows.count), rows: Array(window))
    }

    func getInfo() async throws -> WalletInfo { throw BenchError.notServed }
    func getBalances() async throws -> WalletBalances {
        WalletBalances(trusted: 0, untrustedPending: 0, immature: 0, nonMempool: 0)
    }
    func getTransactionDetails(transactionID: TransactionID) async throws -> TransactionDetails? { nil }
    func getAddresses(filter: String, offset: UInt64, count: UInt32) async throws -> AddressWindow {
        AddressWindow(total: 0, rows: [])
    }
    func getCoins(filter: String, offset: UInt64, count: UInt32) async throws -> CoinWindow {
        CoinWindow(total: 0, rows: [])
    }
    func unlock(passphrase: [UInt8], seconds: Int64) async throws -> Bool { false }
    func lock() async throws {}
    func handleEvents(events: any WalletEvents) async throws -> any Handler { throw BenchError.notServed }
}

extension BenchError {
    /// The answer of methods that no measurement calls.
    fileprivate static let notServed = BenchError("not served by the bench")
}
