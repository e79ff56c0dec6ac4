package import BitcoinPrimitives

/// What miners and Stratum servers use (`mining.capnp`, Core's `interfaces::Mining`).
package protocol Mining: Sendable {
    /// Whether this is a chain for tests (regtest).
    func isTestChain() async throws -> Bool

    /// Whether the chain is still being caught up.
    func isInitialBlockDownload() async throws -> Bool

    /// Tip of the active chain; nil before the genesis block is loaded.
    func getTip() async throws -> BlockRef?

    /// Waits until the tip differs from `currentTip`.
    ///
    /// - Parameter timeout: Milliseconds; the largest `Double` waits without end.
    /// - Returns: The tip, the same one after a timeout; nil when interrupted or shutting down.
    func waitTipChanged(currentTip: BlockHash, timeout: Double) async throws -> BlockRef?

    /// A new block template; nil when interrupted or shutting down.
    func createNewBlock(options: BlockCreateOptions, cooldown: Bool) async throws -> (any BlockTemplate)?

    /// Checks a block without storing it.
    func checkBlock(
        block: Block, options: BlockCheckOptions
    ) async throws -> (reason: String, debug: String, result: Bool)

    /// Ends every wait on this object.
    func interrupt() async throws

    /// Submits a solved block.
    func submitBlock(block: Block) async throws -> (reason: String, debug: String, result: Bool)

    /// Mempool transactions by id, in order; empty data for those not found.
    func getTransactionsByTxID(txids: [TransactionID]) async throws -> [[UInt8]]

    /// Mempool transactions by witness id, in order; empty data for those not found.
    func getTransactionsByWitnessID(wtxids: [WitnessTransactionID]) async throws -> [[UInt8]]
}
