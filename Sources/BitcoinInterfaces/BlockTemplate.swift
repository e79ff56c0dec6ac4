package import BitcoinPrimitives

/// A block being built (`mining.capnp`, Core's `interfaces::BlockTemplate`).
package protocol BlockTemplate: Sendable {
    /// Header, 80 bytes.
    func getBlockHeader() async throws -> [UInt8]

    /// The block with a placeholder coinbase.
    func getBlock() async throws -> Block

    /// Fees per transaction in satoshi, without the coinbase.
    func getTxFees() async throws -> [Int64]

    /// Signature operation cost per transaction, without the coinbase.
    func getTxSigops() async throws -> [Int64]

    /// What the coinbase must contain.
    func getCoinbaseTx() async throws -> CoinbaseTx

    /// Merkle path of the coinbase, hashes of 32 bytes.
    func getCoinbaseMerklePath() async throws -> [[UInt8]]

    /// Submits the template with a solution.
    func submitSolution(
        version: UInt32, timestamp: UInt32, nonce: UInt32, coinbase: [UInt8]
    ) async throws -> (reason: String, debug: String, result: Bool)

    /// `submitSolution` as it was before it told a reason: what clients made for Core up to 31 call. Has a default.
    func submitSolutionOld7(
        version: UInt32, timestamp: UInt32, nonce: UInt32, coinbase: [UInt8]
    ) async throws -> Bool

    /// Waits for a template that is better by `options.feeThreshold` or builds on a new tip; nil after the timeout.
    func waitNext(options: BlockWaitOptions) async throws -> (any BlockTemplate)?

    /// Ends every wait on this object.
    func interruptWait() async throws
}

extension BlockTemplate {
    /// Submits the template with a solution by the method of today.
    package func submitSolutionOld7(
        version: UInt32, timestamp: UInt32, nonce: UInt32, coinbase: [UInt8]
    ) async throws -> Bool {
        try await submitSolution(version: version, timestamp: timestamp, nonce: nonce, coinbase: coinbase).result
    }
}
