import BitcoinInterfaces
import BitcoinPrimitives

/// A chain in memory, for wallets.
actor TestChain: Chain {
    private(set) var blocks: [Block]
    private var stale: [BlockHash: (block: Block, height: Int32)] = [:]
    private var mempool: [Transaction] = []
    private var listeners: [any ChainNotifications] = []
    var time: Int64
    /// Called before a block is given.
    private var beforeBlock: (@Sendable (BlockHash) async throws -> Void)?

    func setBeforeBlock(_ hook: (@Sendable (BlockHash) async throws -> Void)?) { beforeBlock = hook }

    /// - Parameter blocks: The active chain from the genesis block on.
    init(blocks: [Block], mempool: [Transaction] = [], time: Int64) {
        self.blocks = blocks
        self.mempool = mempool
        self.time = time
    }

    var tip: BlockRef? {
        blocks.last.map { BlockRef(hash: $0.hash, height: Int32(blocks.count - 1)) }
    }

    private func maxTime(_ height: Int) -> Int64 {
        Int64(blocks[0...height].map(\.header.time).max() ?? 0)
    }

    private func height(_ hash: BlockHash) -> Int? { blocks.firstIndex { $0.hash == hash } }

    func setTime(_ time: Int64) { self.time = time }

    /// Adds a block and tells it; its transactions leave the mempool.
    func connect(_ block: Block) async throws {
        let previous = blocks.last?.hash ?? .zero
        blocks.append(block)
        let ids = Set(block.transactions.map(\.id))
        mempool.removeAll { ids.contains($0.id) }
        let connected = ConnectedBlock(
            block: BlockRef(hash: block.hash, height: Int32(blocks.count - 1)), previous: previous,
            maxTime: maxTime(blocks.count - 1), data: block)
        for listener in listeners { try await listener.blockConnected(block: connected) }
    }

    /// Takes the last block away and tells it.
    func disconnect(telling: Bool = true) async throws {
        let time = maxTime(blocks.count - 1)
        let block = blocks.removeLast()
        stale[block.hash] = (block, Int32(blocks.count))
        let disconnected = ConnectedBlock(
            block: BlockRef(hash: block.hash, height: Int32(blocks.count)), previous: blocks.last?.hash ?? .zero,
            maxTime: time, data: block)
        guard telling else { return }
        for listener in listeners { try await listener.blockDisconnected(block: disconnected) }
    }

    /// Adds a block without telling it, as for a wallet that is not there.
    func connectSilently(_ block: Block) { blocks.append(block) }

    func addToMempool(_ transaction: Transaction) async throws {
        mempool.append(transaction)
        for listener in listeners { try await listener.transactionAddedToMempool(transaction: transaction) }
    }

    func removeFromMempool(_ id: TransactionID) async throws {
        mempool.removeAll { $0.id == id }
        for listener in listeners { try await listener.transactionRemovedFromMempool(transactionID: id) }
    }

    // MARK: Chain

    func getTip() async throws -> BlockRef? { tip }

    func getBlockHash(height: Int32) async throws -> BlockHash? {
        blocks.indices.contains(Int(height)) ? blocks[Int(height)].hash : nil
    }

    func findBlock(hash: BlockHash) async throws -> FoundBlock? {
        if let (block, height) = stale[hash], self.height(hash) == nil {
            return FoundBlock(
                block: BlockRef(hash: hash, height: height), time: Int64(block.header.time), medianTime: 0,
                maxTime: Int64(block.header.time), inActiveChain: false)
        }
        guard let height = height(hash) else { return nil }
        let times = blocks[max(0, height - 10)...height].map(\.header.time).sorted()
        return FoundBlock(
            block: BlockRef(hash: hash, height: Int32(height)), time: Int64(blocks[height].header.time),
            medianTime: Int64(times[times.count / 2]), maxTime: maxTime(height), inActiveChain: true)
    }

    func findFork(locator: [BlockHash]) async throws -> BlockRef? {
        for hash in locator {
            if let height = height(hash) { return BlockRef(hash: hash, height: Int32(height)) }
        }
        return nil
    }

    func getLocator(hash: BlockHash?) async throws -> [BlockHash] {
        guard let start = hash.map(height) ?? (blocks.count - 1) else { return [] }
        var hashes: [BlockHash] = []
        var step = 1
        var index = start
        while index > 0 {
            hashes.append(blocks[index].hash)
            index -= step
            if hashes.count > 10 { step *= 2 }
        }
        return hashes + [blocks[0].hash]
    }

    func getBlock(hash: BlockHash) async throws -> Block? {
        try await beforeBlock?(hash)
        return height(hash).map { blocks[$0] } ?? stale[hash]?.block
    }

    func isInitialBlockDownload() async throws -> Bool { false }

    func getTime() async throws -> Int64 { time }

    func getMempoolAncestry(transactionID: TransactionID) async throws -> MempoolAncestry? {
        guard let transaction = mempool.first(where: { $0.id == transactionID }) else { return nil }
        return MempoolAncestry(
            ancestors: 1, ancestorSize: UInt64(transaction.virtualSize), ancestorFees: 0, descendants: 1)
    }

    func broadcastTransaction(transaction: Transaction, maxFee: Int64) async throws -> String { "" }

    func handleNotifications(notifications: any ChainNotifications) async throws -> any Handler {
        listeners.append(notifications)
        return TestHandler()
    }

    func requestMempoolTransactions(notifications: any ChainNotifications) async throws {
        for transaction in mempool { try await notifications.transactionAddedToMempool(transaction: transaction) }
    }
}

/// A registration that nothing hangs on.
final class TestHandler: Handler {
    func disconnect() async throws {}
}
