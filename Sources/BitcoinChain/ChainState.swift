package import BitcoinConsensus
package import BitcoinPrimitives

/// The chain as this node sees it, with its coins and its mempool: the one place where they change.
///
/// Not Sendable. Its owner calls it from one thread or actor; the `BlockIndex` nodes it hands out belong there too.
package final class ChainState {
    /// The network's parameters.
    package let parameters: ChainParameters
    /// All blocks whose headers are known.
    package let tree: BlockTree
    /// The path to the tip.
    package internal(set) var activeChain: ActiveChain
    /// The data of the blocks.
    package let storage: BlockStorage
    /// The unspent coins after the tip.
    package let coins: any CoinsView
    /// Transactions that wait for a block.
    package let mempool: Mempool
    /// The time in Unix seconds, as everything here sees it (`-mocktime`).
    package let now: @Sendable () -> Int64
    /// Told of every change, in order, during the call that makes it. Nothing may be called back from inside except
    /// what only reads.
    package var onEvent: ((ChainEvent) -> Void)? {
        didSet { mempool.onEvent = onEvent }
    }

    /// What each connected block spent. Kept for all blocks that were ever connected, as `getblock` shows fees from it.
    var undo: [BlockHash: BlockUndo] = [:]
    /// Blocks with data that may become the tip: at least as much work as the tip has, the tip among them.
    var candidates: [BlockIndex]
    /// Blocks with data whose parent's data is missing, by the parent.
    var unlinked: [BlockHash: [BlockIndex]] = [:]
    var lastSequence = 1
    /// Bytes that blocks and undo data take in the files, as `getblockchaininfo` shows them.
    package internal(set) var sizeOnDisk: UInt64 = 0
    private var leftInitialDownload = false

    /// Where the chain's data lies.
    package struct Configuration: Sendable {
        /// The network's parameters.
        package var parameters: ChainParameters
        /// Core's `blocks` folder; it may be missing.
        package var coreBlocksFolder: String?
        /// The folder for new blocks, made when missing: `<netdir>/blocks-unverified`.
        package var ownBlocksFolder: String?
        /// Bytes after which a new own block file is begun.
        package var maximumFileSize: UInt64 = 1 << 27
        /// The time in Unix seconds.
        package var now: @Sendable () -> Int64

        /// A configuration.
        package init(
            parameters: ChainParameters, coreBlocksFolder: String?, ownBlocksFolder: String?,
            now: @escaping @Sendable () -> Int64
        ) {
            self.parameters = parameters
            self.coreBlocksFolder = coreBlocksFolder
            self.ownBlocksFolder = ownBlocksFolder
            self.now = now
        }
    }

    /// A chain of nothing but the first block; `load(progress:)` brings the rest.
    ///
    /// - Throws: `StorageError` when a folder cannot be opened or made.
    package init(_ configuration: Configuration) throws(StorageError) {
        parameters = configuration.parameters
        now = configuration.now
        storage = try BlockStorage(
            coreFolder: configuration.coreBlocksFolder, ownFolder: configuration.ownBlocksFolder,
            parameters: configuration.parameters, maximumFileSize: configuration.maximumFileSize)
        tree = BlockTree(genesis: parameters.genesis.header)
        activeChain = ActiveChain(genesis: tree.genesis)
        coins = MemoryCoinsView(genesis: tree.genesis.hash)
        mempool = Mempool()
        candidates = [tree.genesis]
        let genesis = tree.genesis
        genesis.describe(parameters.genesis)
        genesis.chainTransactionCount = UInt64(genesis.transactionCount)
        genesis.validity = .chain
        genesis.sequence = 1
    }

    /// The last block of the active chain.
    package var tip: BlockIndex { activeChain.tip }

    /// The data of a block, read from its file.
    ///
    /// - Throws: `StorageError`; `missing` when only the header is known.
    package func block(_ index: BlockIndex) throws(StorageError) -> Block {
        // The first block is known without any file.
        index === tree.genesis ? parameters.genesis : try storage.readBlock(index)
    }

    /// What a block spent: the coin of each input, for every transaction but the coinbase. `nil` for a block that was
    /// never connected, and for the first block.
    package func undo(of index: BlockIndex) -> BlockUndo? { undo[index.hash] }

    /// Whether the node is still catching up: less work than the chain is known to have, or a tip more than
    /// `maxTipAge` seconds old. Once it is over it stays so.
    package func isInitialBlockDownload(maxTipAge: Int64 = 24 * 60 * 60) -> Bool {
        if leftInitialDownload { return false }
        if tip.chainWork < parameters.minimumChainWork || Int64(tip.header.time) < now() - maxTipAge { return true }
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
