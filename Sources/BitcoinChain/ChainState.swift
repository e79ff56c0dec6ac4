package import BitcoinConsensus
package import BitcoinPrimitives
internal import KeyValueStore

/// The chain as this node sees it, with its coins and its mempool: the one place where they change.
///
/// Not Sendable. Its owner calls it from one thread or actor; the `BlockIndex` nodes it hands out belong there too.
package final class ChainState {
    /// The network's parameters.
    package let parameters: ChainParameters
    /// All blocks whose headers are known.
    package let tree: BlockTree
    /// The path to the tip.
    package var activeChain: ActiveChain { current.path }
    /// The data of the blocks, and what they spent.
    package let files: BlockFiles
    /// The unspent coins after the tip.
    package var coins: CoinsCache { current.coins }
    /// Transactions that wait for a block.
    package let mempool: Mempool
    /// The time in Unix seconds, as everything here sees it (`-mocktime`).
    package let now: @Sendable () -> Int64
    /// Told of every change, in order, during the call that makes it. Nothing may be called back from inside except
    /// what only reads.
    package var onEvent: ((ChainEvent) -> Void)? {
        didSet { mempool.onEvent = onEvent }
    }

    /// Verifies scripts, with what it remembers of them.
    let scriptChecks: ScriptChecks
    let index: BlockIndexDatabase
    /// The active chain and its coins.
    var current: CoinsChain
    /// The chain that verifies the blocks below a snapshot which the active one began with; `nil` without one.
    var historical: CoinsChain?
    /// Whether the two have changed places for a moment, while a block is connected below the snapshot.
    var isBackground = false
    /// Whether a snapshot is being read somewhere else, into the folder that there is for one.
    var isLoadingSnapshot = false
    /// Told when the blocks below the snapshot are verified: indexes have blocks to catch up with then.
    package var onSnapshotVerified: (() -> Void)?
    /// Told when the tip has reached `Configuration.stopHeight`. No block is connected after that.
    package var onStopHeight: (() -> Void)?
    /// Whether the tip has reached it.
    var isStopped = false
    /// The block that was made last, by anybody who mines on this chain; `nil` before the first.
    package internal(set) var lastAssembled: AssembledBlock?
    let configuration: Configuration
    /// Blocks whose records in the index are out of date.
    var changedBlocks: Set<BlockIndex> = []
    /// Whether many blocks are being taken at once, so that not each of them is made safe on disk.
    var isBulkLoading = false
    var lastFlush = ContinuousClock.now
    /// Whether whoever watches the progress asked to stop.
    var isInterrupted = false
    /// Told how far long work is; false ends it early.
    var reportProgress: ((LoadProgress) -> Bool)?
    /// How far taking in blocks from elsewhere is, which connecting each of them is a part of.
    var importProgress: LoadProgress?
    /// Blocks with data whose parent's data is missing, by the parent.
    var unlinked: [BlockHash: [BlockIndex]] = [:]
    var lastSequence = 1
    /// Below what is loaded from disk: for blocks that the user prefers.
    var firstSequence = 0
    /// Keep indexes at the tip.
    var followers: [IndexFollower] = []
    /// Heights from which on blocks must stay, by who asked for it.
    package var pruneLocks: [String: Int] = [:]
    /// Whether the index is being built anew.
    var isReindexing = false
    /// Whether old blocks were ever deleted.
    package internal(set) var hasPruned = false
    private var leftInitialDownload = false

    /// Where the chain's data lies, and how it is kept.
    package struct Configuration: Sendable {
        /// The network's parameters.
        package var parameters: ChainParameters
        /// The folder of block and undo files and, in `index`, of their index; made when missing.
        package var blocksFolder: String
        /// The folder of the coins; made when missing.
        package var chainStateFolder: String
        /// The time in Unix seconds.
        package var now: @Sendable () -> Int64
        /// What is to be built anew from the block files.
        package var rebuild = Rebuild.nothing
        /// Bytes of memory for coins and databases (`-dbcache`).
        package var cacheSize = 450 << 20
        /// Eight bytes to mix into the files of a new folder; random ones, or zeros for none (`-blocksxor`).
        package var newKey: [UInt8]
        /// How large block files become.
        package var sizes = BlockFiles.Sizes()
        /// Whether old blocks are deleted (`-prune`).
        package var pruning = Pruning.none
        /// Bytes after which a batch of coins is written (`-dbbatchsize`). A batch is in memory three times on its way
        /// to the disk; coins come in order, so that small ones cost little.
        package var batchSize = 2 << 20
        /// Threads that may verify scripts at once (`-par`).
        package var scriptThreads = ScriptChecks.processorCount
        /// Threads that read the coins of a block, beside the one that connects it (`-prevoutfetchthreads`).
        package var fetchThreads = 8
        /// Bytes for the memories of what was verified (`-maxsigcachesize`).
        package var signatureCacheSize = 32 << 20
        /// A block below which scripts are taken for valid, or zero for none; `nil` for the network's own
        /// (`-assumevalid`).
        package var assumedValid: BlockHash?
        /// Height at which no further block is connected (`-stopatheight`); 0 for none.
        package var stopHeight = 0
        /// Seconds that the tip may be old before the node takes itself to be catching up (`-maxtipage`).
        package var maxTipAge: Int64 = 24 * 60 * 60

        /// What is to be built anew.
        package enum Rebuild: Sendable {
            /// Nothing.
            case nothing
            /// The coins (`-reindex-chainstate`).
            case coins
            /// The index of the blocks, and the coins (`-reindex`).
            case everything
        }

        /// A configuration of the folders in Core's places: `blocks` and `chainstate` in `directory`.
        ///
        /// - Parameter blocksDirectory: the folder that holds `blocks` (`-blocksdir`); `directory` when `nil`.
        package init(
            parameters: ChainParameters, directory: String, blocksDirectory: String? = nil,
            now: @escaping @Sendable () -> Int64
        ) {
            self.parameters = parameters
            blocksFolder = (blocksDirectory ?? directory) + "/blocks"
            chainStateFolder = directory + "/chainstate"
            self.now = now
            newKey = (0..<8).map { _ in .random(in: .min ... .max) }
        }
    }

    /// Opens the databases. The chain is nothing but the first block until `load(progress:)` brings the rest.
    ///
    /// - Throws: `StorageError` when something cannot be opened or made.
    package init(_ configuration: Configuration) throws(StorageError) {
        self.configuration = configuration
        parameters = configuration.parameters
        now = configuration.now
        index = try Self.openIndex(configuration)
        files = try BlockFiles(
            folder: configuration.blocksFolder, parameters: parameters, records: try Self.fileRecords(of: index),
            newKey: configuration.newKey, sizes: configuration.sizes)
        if configuration.newKey.allSatisfy({ $0 == 0 }), files.folder.obfuscation != .none {
            throw .unknownFormat(
                path: configuration.blocksFolder + "/xor.dat",
                reason: "the files were begun with a key, which cannot be taken out of them any more (-blocksxor)")
        }
        tree = BlockTree(genesis: parameters.genesis.header)
        let isReindexing = try index.isReindexing
        try Self.settleSnapshot(configuration, isReindexing: isReindexing)
        let folder = configuration.chainStateFolder
        let isRebuilt = configuration.rebuild != .nothing || isReindexing
        current = CoinsChain(
            folder: folder, database: try Self.openCoins(configuration, folder: folder, isRebuilt: isRebuilt),
            genesis: tree.genesis)
        if Self.snapshotBlock(configuration) != nil {
            let folder = folder + Self.snapshotSuffix
            historical = current
            current = CoinsChain(
                folder: folder, database: try Self.openCoins(configuration, folder: folder, isRebuilt: false),
                genesis: tree.genesis)
        }
        mempool = Mempool()
        scriptChecks = ScriptChecks(
            threadCount: configuration.scriptThreads, cacheSize: configuration.signatureCacheSize)
    }

    /// Whether the user asked for all to be built anew from the block files.
    package var isRebuilt: Bool { configuration.rebuild == .everything }

    /// The last block of the active chain.
    package var tip: BlockIndex { activeChain.tip }

    /// The data of a block, read from its file.
    ///
    /// - Throws: `StorageError`; `missing` when only the header is known.
    package func block(_ index: BlockIndex) throws(StorageError) -> Block {
        guard let position = index.position else { throw .missing(block: index.hash.description) }
        return try files.readBlock(at: position, hash: index.hash)
    }

    /// The serialised block, read from its file.
    ///
    /// - Throws: `StorageError`; `missing` when only the header is known.
    package func blockBytes(_ index: BlockIndex) throws(StorageError) -> [UInt8] {
        guard let position = index.position else { throw .missing(block: index.hash.description) }
        return try files.readBytes(at: position)
    }

    /// What a block spent: the coin of each input, for every transaction but the coinbase. `nil` for a block that was
    /// never connected, and for the first block.
    ///
    /// - Throws: `StorageError` when it cannot be read.
    package func undo(of index: BlockIndex) throws(StorageError) -> BlockUndo? {
        guard let position = index.position, let offset = index.undoOffset, let parent = index.parent else {
            return nil
        }
        return try files.readUndo(at: .init(file: position.file, offset: offset), previous: parent.hash)
    }

    /// Bytes that blocks and undo data take in the files, as `getblockchaininfo` shows them.
    package var sizeOnDisk: UInt64 { files.bytesInUse }

    /// Bytes that the database of the coins takes, estimated, as `gettxoutsetinfo` shows them.
    package var coinsSizeOnDisk: UInt64 { current.database.estimatedSize }

    /// Whether the node is still catching up: less work than the chain is known to have, or a tip that is older than
    /// `Configuration.maxTipAge`. Once it is over it stays so.
    package func isInitialBlockDownload() -> Bool {
        if leftInitialDownload { return false }
        let (oldest, overflow) = now().subtractingReportingOverflow(configuration.maxTipAge)
        let isRecent = overflow ? configuration.maxTipAge > 0 : Int64(tip.header.time) >= oldest
        guard tip.chainWork >= parameters.minimumChainWork, isRecent else { return true }
        leftInitialDownload = true
        return false
    }

    func emit(_ event: ChainEvent) { onEvent?(event) }
}

/// What changed.
package enum ChainEvent {
    /// The header with the most work is another one.
    case headerTipChanged(BlockIndex)
    /// A block was added to the active chain; with what it spent.
    case blockConnected(BlockIndex, Block, BlockUndo)
    /// A block was taken from the tip of the active chain.
    case blockDisconnected(BlockIndex, Block)
    /// The chain has come to rest at another tip. `fork` is the last block that the old and the new chain share.
    case tipChanged(BlockIndex, fork: BlockIndex)
    /// A transaction entered the mempool.
    case transactionAdded(MempoolEntry)
    /// A transaction left the mempool.
    case transactionRemoved(MempoolEntry, MempoolRemovalReason)
}

/// Why a block was not taken.
package enum BlockAcceptanceError: Error, Equatable, CustomStringConvertible {
    /// It breaks a rule.
    case invalid(ConsensusFailure)
    /// It does not follow the tip, which a proposed block must.
    case notOnTip
    /// Its data, or that of another block that it needs, could not be read or written.
    case storage(StorageError)
    /// The coins do not fit the blocks: something is damaged.
    case inconsistent(DisconnectRules.Failure)

    package var description: String {
        switch self {
        case .invalid(let failure): failure.description
        case .notOnTip: "inconclusive-not-best-prevblk"
        case .storage(let error): error.description
        case .inconsistent(let failure): failure.rawValue
        }
    }
}
