import BitcoinChain
import BitcoinConsensus
import BitcoinPrimitives
import KeyValueStore

/// Block index, coins and indexes on databases that hold anything.
enum DatabaseTarget {
    static func run(_ bytes: [UInt8]) {
        guard let kind = bytes.first else { return }
        let store = HostileStore(bytes.dropFirst())
        let indexed = IndexDatabase(path: "indexes", store: store)
        switch kind % 6 {
        case 0: try? readBlocks(BlockIndexDatabase(store: store, path: "blocks"))
        case 1: try? readCoins(store)
        case 2: try? readTransactions(TransactionIndex(database: indexed))
        case 3: try? readSpenders(SpenderIndex(database: indexed))
        case 4: try? readFilters(BlockFilterIndex(database: indexed, folder: "/dev/null"))
        default: try? readStatistics(CoinStatisticsIndex(database: indexed, parameters: .regtest))
        }
    }

    private static func readBlocks(_ database: BlockIndexDatabase) throws {
        _ = try database.lastFile
        _ = try database.flag("prunedblockfiles")
        _ = try database.file(0)
        try database.forEachBlock { _, record in _ = record.encoded }
    }

    private static func readCoins(_ store: HostileStore) throws {
        let clear = try ObfuscatedStore(store, path: "coins", newKey: [UInt8](repeating: 0, count: 8))
        let coins = try CoinsDatabase(store: clear, path: "coins")
        _ = coins.bestBlock
        _ = try coins.coin(at: OutPoint(transactionID: .zero, index: 0))
        try coins.forEachCoin { _, coin in _ = CoinRecord.encode(coin) }
    }

    private static func readTransactions(_ index: TransactionIndex) throws {
        _ = try index.database.bestBlock()
        try index.start(at: nil)
        _ = try index.candidates(for: .zero)
        _ = try index.legacyPlace(of: .zero)
        try index.append(second, genesis, undo: nil)
        try index.remove(second, genesis, undo: nil)
    }

    private static func readSpenders(_ index: SpenderIndex) throws {
        _ = try index.database.bestBlock()
        _ = try index.candidates(for: OutPoint(transactionID: .zero, index: 0))
        try index.append(second, genesis, undo: nil)
    }

    private static func readFilters(_ index: BlockFilterIndex) throws {
        _ = try index.database.bestBlock()
        try index.start(at: second)
        _ = try index.hashes(of: [first, second])
        _ = try index.header(of: second)
        _ = try? index.filter(of: second)
        try index.remove(second, nil, undo: nil)
    }

    private static func readStatistics(_ index: CoinStatisticsIndex) throws {
        _ = try index.database.bestBlock()
        let totals = try index.totals(after: second)
        _ = totals?.unspendable
        // Most databases are refused here: hash and sums have to agree.
        try? index.start(at: second)
        try? index.start(at: nil)
        try? index.append(first, genesis, undo: nil)
        try index.append(second, genesis, undo: BlockUndo(spentCoins: []))
        try index.remove(second, genesis, undo: BlockUndo(spentCoins: []))
    }

    private static let genesis = ChainParameters.regtest.genesis
    private static let first = IndexedBlock(height: 0, hash: .zero, previous: .zero)
    private static let second = IndexedBlock(
        height: 1, hash: .zero, previous: .zero, position: BlockFiles.Position(file: 0, offset: 8))
}
