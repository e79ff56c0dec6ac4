internal import BitcoinConsensus
internal import BitcoinPrimitives
internal import BitcoinScript

// Where scripts come into connecting blocks.

extension ChainState {
    /// Checks and applies all that must hold when a block is connected, its scripts last (Core's `ConnectBlock`).
    ///
    /// - Parameters:
    ///   - coins: left half changed when the block is bad.
    ///   - index: the block in the tree; nil for one that is only proposed, whose scripts are always verified.
    /// - Throws: the first rule broken.
    func connect(
        _ block: Block, _ index: BlockIndex?, after parent: BlockIndex, coins: inout some BlockCoins
    ) throws(ConsensusFailure) -> ConnectRules.Result {
        let result = try ConnectRules.connect(block, after: parent, coins: &coins, parameters: parameters)
        if let run = beginScripts(block, index, after: parent, result) { try scriptChecks.finish(run) }
        return result
    }

    /// Begins to verify the scripts of a block; nil when they are taken for valid.
    ///
    /// - Parameter index: as above.
    func beginScripts(
        _ block: Block, _ index: BlockIndex?, after parent: BlockIndex, _ result: ConnectRules.Result
    ) -> ScriptRun? {
        if let index, !verifiesScripts(of: index) { return nil }
        let flags = ScriptFlags.forBlock(block.header.hash, height: parent.height + 1, parameters: parameters)
        return scriptChecks.begin(block, spending: result.undo.spentCoins, flags: flags)
    }

    /// The script rules of the tip, by which the mempool remembers transactions for the next block.
    var tipScriptFlags: ScriptFlags {
        ScriptFlags.forBlock(tip.hash, height: tip.height, parameters: parameters)
    }

    /// Whether the scripts of a block must be verified.
    ///
    /// They are taken for valid only below a block that the user assumes to be valid, in the chain with the most work,
    /// which must be worth as much as the chain is known to have been, and more than two weeks of work deep: so nobody
    /// can slip in blocks with a good ancestry and bad scripts (`-assumevalid`).
    func verifiesScripts(of index: BlockIndex) -> Bool {
        let assumed = configuration.assumedValid ?? parameters.assumeValid
        guard assumed != .zero, let valid = tree[assumed], valid.ancestor(at: index.height) === index else {
            return true
        }
        let best = tree.bestHeader
        guard best.ancestor(at: index.height) === index, best.chainWork >= parameters.minimumChainWork else {
            return true
        }
        return Self.equivalentTime(of: best.chainWork &- index.chainWork, at: best, parameters: parameters)
            <= UInt256(14 * 24 * 60 * 60)
    }

    /// The seconds that miners need for some work at the difficulty of a block (Core's `GetBlockProofEquivalentTime`).
    private static func equivalentTime(
        of work: UInt256, at block: BlockIndex, parameters: ChainParameters
    ) -> UInt256 {
        let proof = block.parent.map { block.chainWork &- $0.chainWork } ?? block.chainWork
        return (work &* UInt64(parameters.targetSpacing)).divided(by: proof) ?? .zero
    }
}
