import BitcoinInterfaces
import BitcoinPrimitives

struct EchoDouble: Echo {
    let stage: Stage

    func echo(echo: String) async throws -> String {
        try await stage.enter("echo", echo)
        return echo
    }
}

struct RpcDouble: Rpc {
    let stage: Stage

    func executeRpc(request: String, uri: String, user: String) async throws -> String {
        try await stage.enter("executeRpc", request, uri, user)
        return stage.pick("{\"result\": \"ä\"}", "")
    }
}

struct MiningDouble: Mining {
    let stage: Stage

    func isTestChain() async throws -> Bool {
        try await stage.enter("isTestChain")
        return stage.pick(true, false)
    }

    func isInitialBlockDownload() async throws -> Bool {
        try await stage.enter("isInitialBlockDownload")
        return stage.pick(true, false)
    }

    func getTip() async throws -> BlockRef? {
        try await stage.enter("getTip")
        return stage.pick(Sample.block(1), nil)
    }

    func waitTipChanged(currentTip: BlockHash, timeout: Double) async throws -> BlockRef? {
        try await stage.enter("waitTipChanged", currentTip, timeout)
        return stage.pick(Sample.block(2), nil)
    }

    func createNewBlock(options: BlockCreateOptions, cooldown: Bool) async throws -> (any BlockTemplate)? {
        try await stage.enter("createNewBlock", options, cooldown)
        return stage.pick(BlockTemplateDouble(stage: stage), nil)
    }

    func checkBlock(
        block: Block, options: BlockCheckOptions
    ) async throws -> (reason: String, debug: String, result: Bool) {
        try await stage.enter("checkBlock", block, options)
        return stage.pick(("high-hash", "proof of work failed", true), ("", "", false))
    }

    func interrupt() async throws { try await stage.enter("interrupt") }

    func submitBlock(block: Block) async throws -> (reason: String, debug: String, result: Bool) {
        try await stage.enter("submitBlock", block)
        return stage.pick(("duplicate", "again", true), ("", "", false))
    }

    func getTransactionsByTxID(txids: [TransactionID]) async throws -> [[UInt8]] {
        try await stage.enter("getTransactionsByTxID", txids)
        return stage.pick([[1, 2, 3], [], Sample.transaction.encoded()], [])
    }

    func getTransactionsByWitnessID(wtxids: [WitnessTransactionID]) async throws -> [[UInt8]] {
        try await stage.enter("getTransactionsByWitnessID", wtxids)
        return stage.pick([[], [4]], [])
    }
}

struct BlockTemplateDouble: BlockTemplate {
    let stage: Stage

    func getBlockHeader() async throws -> [UInt8] {
        try await stage.enter("getBlockHeader")
        return Sample.bytes(1, count: 80)
    }

    func getBlock() async throws -> Block {
        try await stage.enter("getBlock")
        return Sample.fullBlock
    }

    func getTxFees() async throws -> [Int64] {
        try await stage.enter("getTxFees")
        return [0, -1, .max]
    }

    func getTxSigops() async throws -> [Int64] {
        try await stage.enter("getTxSigops")
        return [.min, 4]
    }

    func getCoinbaseTx() async throws -> CoinbaseTx {
        try await stage.enter("getCoinbaseTx")
        return Sample.coinbase
    }

    func getCoinbaseMerklePath() async throws -> [[UInt8]] {
        try await stage.enter("getCoinbaseMerklePath")
        return [Sample.bytes(2), Sample.bytes(3)]
    }

    func submitSolution(
        version: UInt32, timestamp: UInt32, nonce: UInt32, coinbase: [UInt8]
    ) async throws -> (reason: String, debug: String, result: Bool) {
        try await stage.enter("submitSolution", version, timestamp, nonce, coinbase)
        return ("bad-txnmrklroot", "", false)
    }

    func submitSolutionOld7(
        version: UInt32, timestamp: UInt32, nonce: UInt32, coinbase: [UInt8]
    ) async throws -> Bool {
        try await stage.enter("submitSolutionOld7", version, timestamp, nonce, coinbase)
        return true
    }

    func waitNext(options: BlockWaitOptions) async throws -> (any BlockTemplate)? {
        try await stage.enter("waitNext", options)
        // The second template has no successor.
        return options.feeThreshold == 0 ? nil : BlockTemplateDouble(stage: stage)
    }

    func interruptWait() async throws { try await stage.enter("interruptWait") }
}
