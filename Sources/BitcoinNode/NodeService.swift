import BitcoinChain
import BitcoinCommon
import BitcoinConsensus
package import BitcoinInterfaces
package import BitcoinPrimitives

/// The node for terminals and monitors.
package struct NodeService: Node {
    /// Rows that one window may have.
    package static let windowLimit = 1000

    private let context: NodeContext
    private let events: EventClient

    /// Serves `context`.
    ///
    /// - Parameter events: The share of the client that is served.
    package init(_ context: NodeContext, events: EventClient) {
        self.context = context
        self.events = events
    }

    package func getInfo() async throws -> NodeInfo {
        let status = (context.initMessage, context.warnings, context.clock.now)
        let identity = context.identity
        do {
            return try await context.manager.withState { state in
                let tip = state.tip
                let target = CompactTarget(rawValue: tip.header.bits)
                return NodeInfo(
                    process: identity.process, tip: tip.reference,
                    headersHeight: Int32(clamping: state.tree.bestHeader.height), tipTime: Int64(tip.header.time),
                    medianTime: tip.medianTimePast, difficulty: target.difficulty,
                    chainWork: tip.chainWork.littleEndianBytes.reversed(),
                    initialBlockDownload: state.isInitialBlockDownload(),
                    verificationProgress: state.guessVerificationProgress(of: tip),
                    sizeOnDisk: state.sizeOnDisk,
                    mempoolTransactions: UInt64(state.mempool.count),
                    mempoolBytes: UInt64(state.mempool.totalVirtualSize), mempoolFees: state.mempool.totalFee,
                    peers: 0, warnings: status.1, dataDirectory: identity.dataDirectory, time: status.2,
                    initMessage: status.0)
            }
        } catch NodeError.loading {
            let genesis = context.parameters.genesis.header
            return NodeInfo(
                process: identity.process, tip: BlockRef(hash: genesis.hash, height: 0), headersHeight: 0,
                tipTime: Int64(genesis.time), medianTime: Int64(genesis.time),
                difficulty: CompactTarget(rawValue: genesis.bits).difficulty,
                chainWork: [UInt8](repeating: 0, count: 32), initialBlockDownload: true, verificationProgress: 0,
                sizeOnDisk: 0, mempoolTransactions: 0, mempoolBytes: 0, mempoolFees: 0, peers: 0, warnings: status.1,
                dataDirectory: identity.dataDirectory, time: status.2, initMessage: status.0)
        }
    }

    package func getBlocks(height: Int32, count: UInt32) async throws -> [BlockSummary] {
        try await context.manager.withState { state in
            let top = min(Int(height), state.activeChain.height)
            guard top >= 0 else { return [] }
            let number = min(Int(clamping: count), Self.windowLimit, top + 1)
            return try (0..<number).compactMap { offset in
                guard let index = state.activeChain[top - offset] else { return nil }
                let block = try state.block(index)
                return BlockSummary(
                    block: index.reference, time: Int64(index.header.time),
                    transactions: UInt32(clamping: block.transactions.count), size: UInt32(clamping: block.size),
                    weight: UInt32(clamping: block.weight))
            }
        }
    }

    package func getBlock(hash: BlockHash) async throws -> Block? {
        try await context.manager.withState { state in
            guard let index = state.tree[hash], index.hasData || index.height == 0 else { return nil }
            return try state.block(index)
        }
    }

    package func getMempool(offset: UInt64, count: UInt32) async throws -> MempoolWindow {
        try await context.manager.withState { state in
            let sorted = state.mempool.entriesInOrder.sorted { left, right in
                // Fee rates compared without division; a product may need more than 64 bits.
                let first = left.fee.multipliedFullWidth(by: Int64(right.virtualSize))
                let second = right.fee.multipliedFullWidth(by: Int64(left.virtualSize))
                return (first.high, first.low) != (second.high, second.low)
                    ? (first.high, first.low) > (second.high, second.low) : left.time < right.time
            }
            let rows = sorted.dropFirst(Int(clamping: offset)).prefix(min(Int(clamping: count), Self.windowLimit))
            return MempoolWindow(
                total: UInt64(sorted.count),
                rows: rows.map {
                    MempoolRow(
                        transactionID: $0.transaction.id, virtualSize: UInt32(clamping: $0.virtualSize), fee: $0.fee,
                        time: $0.time)
                })
        }
    }

    package func getLog(first: UInt64, count: UInt32) async throws -> LogWindow {
        let window = context.log.window(first: first, count: min(Int(clamping: count), Self.windowLimit))
        return LogWindow(first: window.first, total: window.total, lines: window.lines)
    }

    package func handleEvents(events: any NodeEvents) async throws -> any Handler {
        try self.events.register(where: \.isForTerminals) { event in
            switch event {
            case .blockTip(let tip, let time, let download):
                try await events.blockTip(tip: tip, time: time, initialBlockDownload: download)
            case .headerTip(let tip, let time): try await events.headerTip(tip: tip, time: time)
            case .initMessage(let message): try await events.initMessage(message: message)
            case .progress(let title, let percent): try await events.progress(title: title, percent: percent)
            case .mempoolChanged(let transactions, let bytes):
                try await events.mempoolChanged(transactions: transactions, bytes: bytes)
            case .warningsChanged(let warnings): try await events.warningsChanged(warnings: warnings)
            case .logAdvanced(let total): try await events.logAdvanced(total: total)
            case .shutdownStarted: try await events.shutdownStarted()
            default: break
            }
        }
    }

    package func shutdown() async throws { context.beginShutdown() }
}

extension NodeEvent {
    fileprivate var isForTerminals: Bool {
        switch self {
        case .blockTip, .headerTip, .initMessage, .progress, .mempoolChanged, .warningsChanged, .logAdvanced,
            .shutdownStarted:
            true
        default: false
        }
    }
}
