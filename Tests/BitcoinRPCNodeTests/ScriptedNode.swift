import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC
import Synchronization

/// A node behind JSON-RPC that answers from a table, and a `Mining` whose tip tests move.
final class ScriptedNode: Rpc, Mining {
    typealias Answer = @Sendable (_ parameters: JSONValue, _ uri: String) throws(RPCError) -> JSONValue

    private struct State {
        var answers: [String: Answer] = [:]
        var raw: String?
        var asked: [(method: String, parameters: JSONValue, uri: String)] = []
        var texts: [String] = []
        var tip = BlockRef(hash: ScriptedNode.hash(1), height: 208)
        var waiter: (hash: BlockHash, continuation: CheckedContinuation<BlockRef?, any Error>)?
        var isDown = false
        var isLost = false
    }

    private let state = Mutex(State())

    struct Lost: Error {}

    static func hash(_ number: Int) -> BlockHash {
        let digits = String(number, radix: 16)
        return BlockHash(hex: String(repeating: "0", count: 64 - digits.count) + digits) ?? .zero
    }

    /// Every request so far.
    var asked: [(method: String, parameters: JSONValue, uri: String)] { state.withLock { $0.asked } }
    /// The requests as sent.
    var texts: [String] { state.withLock { $0.texts } }

    func calls(_ method: String) -> [JSONValue] { asked.filter { $0.method == method }.map(\.parameters) }

    /// What a method answers from now on: JSON text.
    func answer(_ method: String, _ text: String) throws {
        let json = try JSONValue(parsing: text)
        answer(method) { (_, _) throws(RPCError) in json }
    }

    func answer(_ method: String, _ body: @escaping Answer) { state.withLock { $0.answers[method] = body } }

    func refuse(_ method: String, _ error: RPCError) {
        answer(method) { (_, _) throws(RPCError) in throw error }
    }

    /// What comes back whatever was asked.
    func answerAll(_ text: String) { state.withLock { $0.raw = text } }

    // MARK: Rpc

    func executeRpc(request: String, uri: String, user: String) async throws -> String {
        state.withLock { $0.texts.append(request) }
        if state.withLock({ $0.isLost }) { throw Lost() }
        if let raw = state.withLock({ $0.raw }) { return raw }
        return await RPCResponse.respond(to: request, uri: uri, user: user) { request in
            let answer = self.state.withLock { state in
                state.asked.append((request.method, request.parameters, uri))
                return state.answers[request.method]
            }
            guard let answer else { throw RPCError(.methodNotFound, "Method not found") }
            return try answer(request.parameters, uri)
        }
    }

    // MARK: Mining

    func getTip() async throws -> BlockRef? { state.withLock { $0.tip } }

    func waitTipChanged(currentTip: BlockHash, timeout: Double) async throws -> BlockRef? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let done: Result<BlockRef?, any Error>? = state.withLock { state in
                    if state.isLost { return .failure(Lost()) }
                    if state.isDown { return .success(nil) }
                    if state.tip.hash != currentTip { return .success(state.tip) }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waiter = (currentTip, continuation)
                    return nil
                }
                if let done { continuation.resume(with: done) }
            }
        } onCancel: {
            resume(throwing: CancellationError())
        }
    }

    private func takeWaiter() -> CheckedContinuation<BlockRef?, any Error>? {
        state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter?.continuation
        }
    }

    private func resume(throwing error: any Error) { takeWaiter()?.resume(throwing: error) }

    /// A wait that ran into its time limit: the tip stays.
    func beat() {
        let tip = state.withLock { $0.tip }
        takeWaiter()?.resume(returning: tip)
    }

    func connect(_ tip: BlockRef) {
        state.withLock { $0.tip = tip }
        takeWaiter()?.resume(returning: tip)
    }

    func shutDown() {
        state.withLock { $0.isDown = true }
        takeWaiter()?.resume(returning: nil)
    }

    func lose() {
        state.withLock { $0.isLost = true }
        resume(throwing: Lost())
    }

    var isWaitedFor: Bool { state.withLock { $0.waiter != nil } }

    func isTestChain() async throws -> Bool { true }
    func isInitialBlockDownload() async throws -> Bool { false }
    func interrupt() async throws {}

    func createNewBlock(options: BlockCreateOptions, cooldown: Bool) async throws -> (any BlockTemplate)? { nil }

    func checkBlock(
        block: Block, options: BlockCheckOptions
    ) async throws -> (reason: String, debug: String, result: Bool) { ("", "", false) }

    func submitBlock(block: Block) async throws -> (reason: String, debug: String, result: Bool) { ("", "", false) }

    func getTransactionsByTxID(txids: [TransactionID]) async throws -> [[UInt8]] { [] }

    func getTransactionsByWitnessID(wtxids: [WitnessTransactionID]) async throws -> [[UInt8]] { [] }
}

extension ScriptedNode {
    /// What a node of Core's answers when all is well.
    static func core() throws -> ScriptedNode {
        let node = ScriptedNode()
        try node.answer(
            "getblockchaininfo",
            """
            {"chain":"regtest","blocks":208,"headers":210,"bestblockhash":"\(hash(1))","bits":"207fffff",
             "difficulty":4.656542373906925e-10,"time":1700103937,"mediantime":1700099754,"verificationprogress":1,
             "initialblockdownload":false,
             "chainwork":"00000000000000000000000000000000000000000000000000000000000001a2","size_on_disk":260808,
             "pruned":false,"warnings":["This is a pre-release test build"]}
            """)
        try node.answer(
            "getmempoolinfo", #"{"loaded":true,"size":6,"bytes":4607,"usage":21168,"total_fee":0.00023129}"#)
        try node.answer("getnetworkinfo", #"{"version":319900,"subversion":"/Satoshi:31.99.0/","connections":3}"#)
        try node.answer("uptime", "1200")
        try node.answer("getrpcinfo", #"{"active_commands":[],"logpath":"/srv/bitcoin/regtest/debug.log"}"#)
        try node.answer("listwallets", #"["main","sp ace-é"]"#)
        return node
    }
}
