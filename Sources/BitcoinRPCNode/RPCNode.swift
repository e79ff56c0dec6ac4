// Design note of BitcoinRPCNode.
//
// A node that knows JSON-RPC and `Mining` but none of this project's own interfaces, Bitcoin Core's above all, shown
// as the `Node`, `WalletLoader` and `Wallet` that a terminal knows. Answers come from JSON-RPC; that something has
// changed comes from waiting for the tip (`ChainWatch`). Long lists stay windows where Core has windows
// (`listtransactions`); where it has none the answer is cut here and nothing is kept. What Core does not give is an
// error that says so. No I/O: the connection belongs to whoever made the `Rpc`.

package import BitcoinInterfaces
package import BitcoinPrimitives
import BitcoinRPC
import ByteCoding
import Synchronization

/// A node behind JSON-RPC.
package final class RPCNode: Node {
    /// The most rows of one answer, as `Node` has it.
    static let maxRows = 1_000
    /// Core hands out its mempool only as a whole; beyond this many transactions nobody wants that.
    private static let maxMempool: UInt64 = 5_000
    /// Blocks are asked for in groups, so that no answer gets long.
    private static let blockGroup = 25
    private static let maxSummaries = 4_000

    private let caller: RPCCaller
    private let watch: ChainWatch
    private let processID: Int32
    private let now: @Sendable () -> Int64
    /// By hash, for good: a block never changes.
    private let summaries = Mutex<[BlockHash: BlockSummary]>([:])

    /// A node that answers through `rpc`.
    ///
    /// - Parameters:
    ///   - processID: Its process, 0 if unknown: Core does not tell.
    ///   - beat: Milliseconds after which changes without an event are looked for.
    ///   - now: The clock, seconds since 1970.
    ///   - makeMining: Makes the object that waits for the tip.
    package init(
        rpc: any Rpc, processID: Int32, beat: Double = 5_000, now: @escaping @Sendable () -> Int64,
        makeMining: @escaping @Sendable () async throws -> (any Mining)?
    ) {
        caller = RPCCaller(rpc: rpc)
        watch = ChainWatch(beat: beat, makeMining: makeMining)
        self.processID = processID
        self.now = now
    }

    /// The node's wallets; nil when it was built without.
    ///
    /// - Throws: What the connection throws.
    package func wallets() async throws -> RPCWalletLoader? {
        guard case .failure(let error) = try await caller.run([.init("listwallets")]).first,
            error.code == .methodNotFound
        else { return RPCWalletLoader(caller: caller, watch: watch) }
        return nil
    }

    /// The state of the node now. While it starts, only what it is doing.
    package func getInfo() async throws -> NodeInfo {
        let answers = try await caller.run([
            .init("getblockchaininfo"), .init("getmempoolinfo"), .init("getnetworkinfo"), .init("uptime"),
            .init("getrpcinfo"),
        ])
        if case .failure(let error) = answers[0], error.code == .inWarmup { return starting(error.message) }
        let chain = try answers[0].get()
        let mempool = try answers[1].get()
        let network = try answers[2].get()
        let time = now()
        return NodeInfo(
            process: BitcoinInterfaces.ProcessInfo(
                name: "Bitcoin Core", version: try version(network["subversion"].text()), processID: processID,
                chain: try chain["chain"].text(), startTime: time &- (try answers[3].get().integer(as: Int64.self))),
            tip: BlockRef(hash: try chain["bestblockhash"].hash(), height: try chain["blocks"].integer()),
            headersHeight: try chain["headers"].integer(), tipTime: try chain["time"].integer(),
            medianTime: try chain["mediantime"].integer(), difficulty: try chain["difficulty"].number(),
            chainWork: (try? Hex.decode(try chain["chainwork"].text())) ?? [],
            initialBlockDownload: try chain["initialblockdownload"].flag(),
            verificationProgress: try chain["verificationprogress"].number(),
            sizeOnDisk: try chain["size_on_disk"].integer(), mempoolTransactions: try mempool["size"].integer(),
            mempoolBytes: try mempool["bytes"].integer(), mempoolFees: try mempool["total_fee"].amount(),
            peers: try network["connections"].integer(), warnings: try warnings(chain["warnings"]),
            dataDirectory: folder(of: (try? answers[4].get()["logpath"].text()) ?? ""), time: time, initMessage: "")
    }

    private func starting(_ message: String) -> NodeInfo {
        NodeInfo(
            process: BitcoinInterfaces.ProcessInfo(
                name: "Bitcoin Core", version: "", processID: processID, chain: "", startTime: now()),
            tip: BlockRef(hash: .zero, height: 0), headersHeight: 0, tipTime: 0, medianTime: 0, difficulty: 0,
            chainWork: [], initialBlockDownload: true, verificationProgress: 0, sizeOnDisk: 0, mempoolTransactions: 0,
            mempoolBytes: 0, mempoolFees: 0, peers: 0, warnings: [], dataDirectory: "", time: now(),
            initMessage: message)
    }

    /// "31.99.0" of "/Satoshi:31.99.0(comment)/"; other software keeps its whole name.
    private func version(_ agent: String) -> String {
        let prefix = "/Satoshi:"
        guard agent.hasPrefix(prefix) else { return agent }
        return String(agent.dropFirst(prefix.count).prefix { $0 != "/" && $0 != "(" })
    }

    /// A list since Core 28, one text before.
    private func warnings(_ answer: RPCResult) throws -> [String] {
        if let text = answer.json.stringValue { return text.isEmpty ? [] : [text] }
        return try answer.elements().map { try $0.text() }
    }

    /// The log lies in the data directory of the network, unless it was told otherwise.
    private func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    // MARK: Blocks

    /// Blocks of the active chain from `height` downwards, at most `count`.
    package func getBlocks(height: Int32, count: UInt32) async throws -> [BlockSummary] {
        let first = Int(height)
        let last = max(0, first - Int(min(count, UInt32(Self.maxRows))) + 1)
        guard first >= last, count > 0 else { return [] }
        let heights = Array((last...first).reversed())
        let found = try await caller.run(heights.map { .init("getblockhash", [.int($0)]) })
        // Above the tip, which may have moved down meanwhile, there is nothing.
        let blocks = try zip(heights, found).compactMap { height, answer -> BlockRef? in
            guard let result = try? answer.get() else { return nil }
            return BlockRef(hash: try result.hash(), height: Int32(clamping: height))
        }
        let known = summaries.withLock { $0 }
        let missing = blocks.filter { known[$0.hash] == nil }
        var fresh: [BlockHash: BlockSummary] = [:]
        for start in stride(from: 0, to: missing.count, by: Self.blockGroup) {
            let group = missing[start..<min(start + Self.blockGroup, missing.count)]
            for summary in try await summaries(of: Array(group)) { fresh[summary.block.hash] = summary }
        }
        summaries.withLock { all in
            if all.count + fresh.count > Self.maxSummaries { all = [:] }
            all.merge(fresh) { $1 }
        }
        return blocks.compactMap { known[$0.hash] ?? fresh[$0.hash] }
    }

    private func summaries(of blocks: [BlockRef]) async throws -> [BlockSummary] {
        let answers = try await caller.run(blocks.map { .init("getblock", [.string("\($0.hash)"), 1]) })
        var result: [BlockSummary] = []
        for (block, answer) in zip(blocks, answers) {
            if let full = try? answer.get() {
                result.append(
                    BlockSummary(
                        block: block, time: try full["time"].integer(), transactions: try full["nTx"].integer(),
                        size: try full["size"].integer(), weight: try full["weight"].integer()))
            } else {
                // Pruned: the header is still there, size and weight are not.
                let header = try await caller.call("getblockheader", [.string("\(block.hash)")])
                result.append(
                    BlockSummary(
                        block: block, time: try header["time"].integer(), transactions: try header["nTx"].integer(),
                        size: 0, weight: 0))
            }
        }
        return result
    }

    /// A block by hash; nil when unknown or pruned.
    package func getBlock(hash: BlockHash) async throws -> Block? {
        // The general error is that of pruned blocks.
        let absent: Set<RPCErrorCode> = [.invalidAddressOrKey, .miscellaneous]
        let found = try await caller.find("getblock", [.string("\(hash)"), 0], absent: absent)
        guard let answer = found else { return nil }
        guard let bytes = try? Hex.decode(try answer.text()), let block = try? Block(decoding: bytes) else {
            throw RPCNodeError.unreadable(method: answer.method)
        }
        return block
    }

    // MARK: Mempool and log

    /// A window on the mempool, highest fee rate first.
    package func getMempool(offset: UInt64, count: UInt32) async throws -> MempoolWindow {
        let size = try await caller.call("getmempoolinfo")["size"].integer(as: UInt64.self)
        guard size <= Self.maxMempool else {
            throw RPCNodeError.notServed("Bitcoin Core shows its mempool only as a whole, which is too large here")
        }
        let rows = try await caller.call("getrawmempool", [true]).members().map { id, entry in
            guard let id = TransactionID(hex: id) else { throw RPCNodeError.unreadable(method: "getrawmempool") }
            return MempoolRow(
                transactionID: id, virtualSize: try entry["vsize"].integer(), fee: try entry["fees"]["base"].amount(),
                time: try entry["time"].integer())
        }
        func rate(_ row: MempoolRow) -> Double { Double(row.fee) / Double(max(1, row.virtualSize)) }
        let sorted = rows.sorted { (rate($1), $0.transactionID) < (rate($0), $1.transactionID) }
        return MempoolWindow(total: UInt64(rows.count), rows: window(sorted, offset: offset, count: count))
    }

    /// Core does not hand out its log.
    package func getLog(first: UInt64, count: UInt32) async throws -> LogWindow {
        let path = try? await caller.call("getrpcinfo")["logpath"].text()
        throw RPCNodeError.notServed("Bitcoin Core does not serve its log; it is in \(path ?? "debug.log")")
    }

    // MARK: Events

    /// Registers for events: the tip when it changes, the rest within a beat.
    package func handleEvents(events: any NodeEvents) async throws -> any Handler {
        let changes = await watch.changes()
        return TaskHandler { [self] in
            var last: NodeInfo?
            for await _ in changes {
                guard let info = try? await getInfo() else { continue }
                try? await report(info, after: last, to: events)
                last = info
            }
            if await watch.isShuttingDown { try? await events.shutdownStarted() }
        }
    }

    private func report(_ info: NodeInfo, after last: NodeInfo?, to events: any NodeEvents) async throws {
        // The chain is loaded by the time of the first signal; whoever asked before has got less.
        if info.initMessage != last?.initMessage { try await events.initMessage(message: info.initMessage) }
        guard let last, info.initMessage.isEmpty else { return }
        if info.tip != last.tip {
            try await events.blockTip(
                tip: info.tip, time: info.tipTime, initialBlockDownload: info.initialBlockDownload)
        }
        if info.headersHeight != last.headersHeight, info.headersHeight > info.tip.height {
            // Core tells the height of the best header, not its hash.
            try await events.headerTip(tip: BlockRef(hash: .zero, height: info.headersHeight), time: info.time)
        }
        if (info.mempoolTransactions, info.mempoolBytes) != (last.mempoolTransactions, last.mempoolBytes) {
            try await events.mempoolChanged(transactions: info.mempoolTransactions, bytes: info.mempoolBytes)
        }
        if info.warnings != last.warnings { try await events.warningsChanged(warnings: info.warnings) }
    }

    /// Asks the node to shut down.
    package func shutdown() async throws { try await caller.call("stop") }
}

/// The rows of a window on a whole list.
func window<Row>(_ rows: [Row], offset: UInt64, count: UInt32) -> [Row] {
    let start = Int(clamping: offset)
    guard start < rows.count else { return [] }
    return Array(rows[start...].prefix(Int(min(count, UInt32(RPCNode.maxRows)))))
}
