import BitcoinInterfaces
import BitcoinPrimitives
import Synchronization

/// A registration: notes its end, and how it came.
final class HandlerDouble: Handler {
    private let stage: Stage
    private let name: String

    init(_ name: String, _ stage: Stage) {
        self.name = name
        self.stage = stage
    }

    func disconnect() async throws { try await stage.enter("\(name) disconnected") }

    deinit { stage.note("\(name) dropped") }
}

final class NodeDouble: Node {
    let stage: Stage
    /// Who registered last.
    let listener = Mutex<(any NodeEvents)?>(nil)

    init(stage: Stage) { self.stage = stage }

    func getInfo() async throws -> NodeInfo {
        try await stage.enter("getInfo")
        return stage.pick(Sample.nodeInfo, Sample.emptyNodeInfo)
    }

    func getBlocks(height: Int32, count: UInt32) async throws -> [BlockSummary] {
        try await stage.enter("getBlocks", height, count)
        return stage.pick(Sample.summaries, [])
    }

    func getBlock(hash: BlockHash) async throws -> Block? {
        try await stage.enter("getBlock", hash)
        return stage.pick(Sample.fullBlock, nil)
    }

    func getMempool(offset: UInt64, count: UInt32) async throws -> MempoolWindow {
        try await stage.enter("getMempool", offset, count)
        return stage.pick(Sample.mempool, MempoolWindow(total: 0, rows: []))
    }

    func getLog(first: UInt64, count: UInt32) async throws -> LogWindow {
        try await stage.enter("getLog", first, count)
        return stage.pick(Sample.log, LogWindow(first: 0, total: 0, lines: []))
    }

    func handleEvents(events: any NodeEvents) async throws -> any Handler {
        try await stage.enter("handleEvents")
        listener.withLock { $0 = events }
        return HandlerDouble("node registration", stage)
    }

    func shutdown() async throws { try await stage.enter("shutdown") }
}

final class ChainDouble: Chain {
    let stage: Stage
    let listener = Mutex<(any ChainNotifications)?>(nil)

    init(stage: Stage) { self.stage = stage }

    func getTip() async throws -> BlockRef? {
        try await stage.enter("getTip")
        return stage.pick(Sample.block(3), nil)
    }

    func getBlockHash(height: Int32) async throws -> BlockHash? {
        try await stage.enter("getBlockHash", height)
        return stage.pick(Sample.hash(4), nil)
    }

    func findBlock(hash: BlockHash) async throws -> FoundBlock? {
        try await stage.enter("findBlock", hash)
        return stage.pick(Sample.foundBlock, nil)
    }

    func findFork(locator: [BlockHash]) async throws -> BlockRef? {
        try await stage.enter("findFork", locator)
        return stage.pick(Sample.block(5), nil)
    }

    func getLocator(hash: BlockHash?) async throws -> [BlockHash] {
        try await stage.enter("getLocator", hash as Any)
        return stage.pick([Sample.hash(6), Sample.hash(7)], [])
    }

    func getBlock(hash: BlockHash) async throws -> Block? {
        try await stage.enter("getBlock", hash)
        return stage.pick(Sample.fullBlock, nil)
    }

    func isInitialBlockDownload() async throws -> Bool {
        try await stage.enter("isInitialBlockDownload")
        return stage.pick(true, false)
    }

    func getTime() async throws -> Int64 {
        try await stage.enter("getTime")
        return stage.pick(-5, 0)
    }

    func getMempoolAncestry(transactionID: TransactionID) async throws -> MempoolAncestry? {
        try await stage.enter("getMempoolAncestry", transactionID)
        return stage.pick(Sample.ancestry, nil)
    }

    func broadcastTransaction(transaction: Transaction, maxFee: Int64) async throws -> String {
        try await stage.enter("broadcastTransaction", transaction, maxFee)
        return stage.pick("txn-mempool-conflict", "")
    }

    func handleNotifications(notifications: any ChainNotifications) async throws -> any Handler {
        try await stage.enter("handleNotifications")
        listener.withLock { $0 = notifications }
        return HandlerDouble("chain registration", stage)
    }

    func requestMempoolTransactions(notifications: any ChainNotifications) async throws {
        try await stage.enter("requestMempoolTransactions")
        // Called back while the call runs.
        try await notifications.transactionAddedToMempool(transaction: Sample.transaction)
        try await notifications.transactionRemovedFromMempool(transactionID: Sample.transactionID(8))
        try await notifications.blockConnected(block: Sample.connected)
        try await notifications.blockDisconnected(block: Sample.connected)
        try await notifications.chainStateFlushed(locator: [Sample.hash(9)])
        try await notifications.chainStateFlushed(locator: [])
    }
}
