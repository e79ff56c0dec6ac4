/// A snapshot of the node for status lines.
package struct NodeInfo: Sendable, Equatable {
    /// The node process.
    package var process: ProcessInfo
    /// Tip of the active chain.
    package var tip: BlockRef
    /// Height of the best known header.
    package var headersHeight: Int32
    /// Header time of the tip, seconds since 1970.
    package var tipTime: Int64
    /// Median time past of the tip.
    package var medianTime: Int64
    /// Difficulty of the tip.
    package var difficulty: Double
    /// Work of the active chain, 32 bytes, big endian.
    package var chainWork: [UInt8]
    /// Whether the chain is still being caught up.
    package var initialBlockDownload: Bool
    /// Estimated part of all transactions processed, 0 to 1.
    package var verificationProgress: Double
    /// Bytes of block files.
    package var sizeOnDisk: UInt64
    /// Transactions in the mempool.
    package var mempoolTransactions: UInt64
    /// Virtual bytes of the mempool.
    package var mempoolBytes: UInt64
    /// Sum of the fees in the mempool, satoshi.
    package var mempoolFees: Int64
    /// Connected P2P peers.
    package var peers: UInt32
    /// Warnings to show to the user, most important first.
    package var warnings: [String]
    /// Datadir of the network.
    package var dataDirectory: String
    /// The node's clock (mocked or real), seconds since 1970.
    package var time: Int64
    /// What start-up is doing now; empty when the node is ready.
    package var initMessage: String

    /// Makes the value from its parts.
    package init(
        process: ProcessInfo,
        tip: BlockRef,
        headersHeight: Int32,
        tipTime: Int64,
        medianTime: Int64,
        difficulty: Double,
        chainWork: [UInt8],
        initialBlockDownload: Bool,
        verificationProgress: Double,
        sizeOnDisk: UInt64,
        mempoolTransactions: UInt64,
        mempoolBytes: UInt64,
        mempoolFees: Int64,
        peers: UInt32,
        warnings: [String],
        dataDirectory: String,
        time: Int64,
        initMessage: String
    ) {
        self.process = process
        self.tip = tip
        self.headersHeight = headersHeight
        self.tipTime = tipTime
        self.medianTime = medianTime
        self.difficulty = difficulty
        self.chainWork = chainWork
        self.initialBlockDownload = initialBlockDownload
        self.verificationProgress = verificationProgress
        self.sizeOnDisk = sizeOnDisk
        self.mempoolTransactions = mempoolTransactions
        self.mempoolBytes = mempoolBytes
        self.mempoolFees = mempoolFees
        self.peers = peers
        self.warnings = warnings
        self.dataDirectory = dataDirectory
        self.time = time
        self.initMessage = initMessage
    }
}
