/// Options of a new block template.
package struct BlockCreateOptions: Sendable, Equatable {
    /// Whether to include mempool transactions.
    package var useMempool: Bool
    /// Weight units kept free for header and coinbase.
    package var blockReservedWeight: UInt64
    /// Signature operations kept free for the coinbase outputs.
    package var coinbaseOutputMaxAdditionalSigops: UInt64

    /// Makes the value from its parts.
    package init(
        useMempool: Bool = true, blockReservedWeight: UInt64 = 8000, coinbaseOutputMaxAdditionalSigops: UInt64 = 400
    ) {
        self.useMempool = useMempool
        self.blockReservedWeight = blockReservedWeight
        self.coinbaseOutputMaxAdditionalSigops = coinbaseOutputMaxAdditionalSigops
    }
}

/// Options of `BlockTemplate.waitNext`.
package struct BlockWaitOptions: Sendable, Equatable {
    /// Milliseconds; the largest `Double` waits without end.
    package var timeout: Double
    /// Satoshi by which the fees must rise.
    package var feeThreshold: Int64

    /// Makes the value from its parts.
    package init(timeout: Double, feeThreshold: Int64) {
        self.timeout = timeout
        self.feeThreshold = feeThreshold
    }
}

/// Options of `Mining.checkBlock`.
package struct BlockCheckOptions: Sendable, Equatable {
    /// Whether to check the merkle root.
    package var checkMerkleRoot: Bool
    /// Whether to check the proof of work.
    package var checkPow: Bool

    /// Makes the value from its parts.
    package init(checkMerkleRoot: Bool = true, checkPow: Bool = true) {
        self.checkMerkleRoot = checkMerkleRoot
        self.checkPow = checkPow
    }
}

/// What the coinbase transaction of a template must contain.
package struct CoinbaseTx: Sendable, Equatable {
    /// Transaction version.
    package var version: UInt32
    /// Sequence of the only input.
    package var sequence: UInt32
    /// First bytes of scriptSig (the height).
    package var scriptSigPrefix: [UInt8]
    /// Witness stack element, empty if there is none.
    package var witness: [UInt8]
    /// Satoshi that the outputs may still claim.
    package var blockRewardRemaining: Int64
    /// Serialised outputs that must be present.
    package var requiredOutputs: [[UInt8]]
    /// Lock time.
    package var lockTime: UInt32

    /// Makes the value from its parts.
    package init(
        version: UInt32, sequence: UInt32, scriptSigPrefix: [UInt8], witness: [UInt8], blockRewardRemaining: Int64,
        requiredOutputs: [[UInt8]], lockTime: UInt32
    ) {
        self.version = version
        self.sequence = sequence
        self.scriptSigPrefix = scriptSigPrefix
        self.witness = witness
        self.blockRewardRemaining = blockRewardRemaining
        self.requiredOutputs = requiredOutputs
        self.lockTime = lockTime
    }
}
