package import BitcoinConsensus
internal import BitcoinCrypto
package import BitcoinPrimitives
internal import BitcoinScript
package import KeyValueStore
internal import Synchronization

/// Core's `indexes/coinstatsindex` (index/coinstatsindex.cpp): sums over the set of coins after every block, and its
/// hash as a set, of which `M` keeps the state that the last block left.
package final class CoinStatisticsIndex: ChainIndex {
    package let name = "coinstatsindex"
    package let needs: IndexNeeds
    package let database: IndexDatabase
    private let records: RecordsByHeight
    private let parameters: ChainParameters
    private let state = Mutex(State())

    private static let setKey: [UInt8] = [UInt8(ascii: "M")]

    private struct State: ~Copyable {
        var set = MuHash3072()
        var totals = CoinTotals()
        /// The block that they belong to.
        var block = BlockHash.zero
    }

    /// Opens the index in the folder `indexes/coinstatsindex` of `directory`.
    ///
    /// - Throws: `StorageError`.
    package convenience init(
        directory: String, parameters: ChainParameters, cacheSize: Int = 1 << 20, isRebuilt: Bool = false
    ) throws(StorageError) {
        self.init(
            database: try IndexDatabase(
                path: directory + "/indexes/coinstatsindex/db", cacheSize: cacheSize, isRebuilt: isRebuilt),
            parameters: parameters)
    }

    /// An index with the records of `database`.
    package init(database: IndexDatabase, parameters: ChainParameters) {
        self.parameters = parameters
        var needs = IndexNeeds()
        needs.undoToAppend = true
        needs.dataToRemove = true
        needs.undoToRemove = true
        self.needs = needs
        self.database = database
        records = RecordsByHeight(database: database)
    }

    package func start(at best: IndexedBlock?) throws(StorageError) {
        var set = MuHash3072()
        if let bytes = try database.value(for: Self.setKey) {
            guard let stored = MuHash3072(decoding: bytes) else {
                throw database.damaged("the set's hash has an unknown form")
            }
            set = stored
        }
        var totals = CoinTotals()
        if let best {
            guard let stored = try self.totals(after: best), stored.setHash == set.finalize() else {
                throw database.damaged("the set's hash is not that of block \(best.hash)")
            }
            totals = stored
        } else {
            // Without a place where it stands nothing counts.
            set = MuHash3072()
        }
        state.withLock { ($0.set, $0.totals, $0.block) = (set, totals, best?.hash ?? .zero) }
    }

    package func append(_ block: IndexedBlock, _ data: Block, undo: BlockUndo?) throws(StorageError) {
        try state.withLock { state throws(StorageError) in
            guard state.block == block.previous else {
                throw database.damaged("block \(block.hash) does not follow \(state.block)")
            }
            var (set, totals) = (state.set, state.totals)
            totals.subsidy &+= Subsidy.at(height: block.height, parameters: parameters)
            if block.height == 0 {
                totals.unspendableGenesis &+= Subsidy.at(height: 0, parameters: parameters)
            } else {
                guard let undo, undo.spentCoins.count + 1 == data.transactions.count else {
                    throw .missing(block: block.hash.description)
                }
                add(block, data, undo, &set, &totals)
            }
            guard totals.settleUnclaimed() else {
                throw database.damaged("the sums of block \(block.hash) do not add up")
            }
            totals.setHash = set.finalize()
            var batch = WriteBatch()
            records.put(totals.encoded, of: block, in: &batch)
            try database.write(batch)
            (state.set, state.totals, state.block) = (set, totals, block.hash)
        }
    }

    private func add(
        _ block: IndexedBlock, _ data: Block, _ undo: BlockUndo, _ set: inout MuHash3072, _ totals: inout CoinTotals
    ) {
        var (made, spent): ([[UInt8]], [[UInt8]]) = ([], [])
        forEachMade(block, data) { outPoint, coin in
            guard let outPoint else {
                totals.unspendableBIP30 &+= Subsidy.at(height: block.height, parameters: parameters)
                return
            }
            let value = coin.output.value
            guard !coin.output.scriptPubKey.isUnspendable else {
                totals.unspendableScripts &+= value
                return
            }
            made.append(CoinsStatistics.element(outPoint, coin))
            if coin.isCoinbase {
                totals.coinbase = totals.coinbase &+ UInt256(UInt64(bitPattern: value))
            } else {
                totals.newOutputs = totals.newOutputs &+ UInt256(UInt64(bitPattern: value))
            }
            totals.outputCount &+= 1
            totals.amount &+= value
            totals.bogoSize &+= UInt64(CoinsStatistics.bogoSize(of: coin))
        }
        forEachSpent(data, undo) { outPoint, coin in
            spent.append(CoinsStatistics.element(outPoint, coin))
            totals.spent = totals.spent &+ UInt256(UInt64(bitPattern: coin.output.value))
            totals.outputCount &-= 1
            totals.amount &-= coin.output.value
            totals.bogoSize &-= UInt64(CoinsStatistics.bogoSize(of: coin))
        }
        set.insert(many: made)
        set.remove(many: spent)
    }

    package func remove(_ block: IndexedBlock, _ data: Block?, undo: BlockUndo?) throws(StorageError) {
        guard let data, let undo, block.height > 0 else { throw .missing(block: block.hash.description) }
        try state.withLock { state throws(StorageError) in
            let parent = IndexedBlock(height: block.height - 1, hash: block.previous, previous: .zero)
            var batch = WriteBatch()
            try records.moveAside(block, in: &batch)
            try records.restore(parent, in: &batch)
            try database.write(batch)
            guard let totals = try self.totals(after: parent) else {
                throw database.damaged("the record of block \(parent.hash) is missing")
            }
            var set = state.set
            var (made, spent): ([[UInt8]], [[UInt8]]) = ([], [])
            forEachMade(block, data) { outPoint, coin in
                guard let outPoint, !coin.output.scriptPubKey.isUnspendable else { return }
                made.append(CoinsStatistics.element(outPoint, coin))
            }
            forEachSpent(data, undo) { spent.append(CoinsStatistics.element($0, $1)) }
            set.insert(many: spent)
            set.remove(many: made)
            guard set.finalize() == totals.setHash else {
                throw database.damaged("the set's hash is not that of block \(parent.hash)")
            }
            (state.set, state.totals, state.block) = (set, totals, parent.hash)
        }
    }

    package func prepareCommit(_ batch: inout WriteBatch) throws(StorageError) {
        batch.put(state.withLock { $0.set.encoded }, at: Self.setKey)
    }

    /// The sums after a block; `nil` when it was not taken in.
    ///
    /// - Throws: `StorageError`.
    package func totals(after block: IndexedBlock) throws(StorageError) -> CoinTotals? {
        guard let bytes = try records.record(of: block) else { return nil }
        guard let totals = CoinTotals(decoding: bytes) else {
            throw database.damaged("the record of block \(block.hash) has an unknown form")
        }
        return totals
    }

    /// Calls `body` with every output that a block makes, unspendable ones included; without an outpoint for a coinbase
    /// that an equal one overwrote before anybody could spend it (BIP30).
    private func forEachMade(_ block: IndexedBlock, _ data: Block, _ body: (OutPoint?, Coin) -> Void) {
        for transaction in data.transactions {
            let isCoinbase = transaction.isCoinbase
            if isCoinbase, Self.overwritten.contains(where: { $0 == (block.height, block.hash) }) {
                body(nil, Coin(output: transaction.outputs[0], height: block.height, isCoinbase: true))
                continue
            }
            for (number, output) in transaction.outputs.enumerated() {
                body(
                    OutPoint(transactionID: transaction.id, index: UInt32(number)),
                    Coin(output: output, height: block.height, isCoinbase: isCoinbase))
            }
        }
    }

    private func forEachSpent(_ data: Block, _ undo: BlockUndo, _ body: (OutPoint, Coin) -> Void) {
        for (transaction, coins) in zip(data.transactions.dropFirst(), undo.spentCoins) {
            for (input, coin) in zip(transaction.inputs, coins) { body(input.previousOutput, coin) }
        }
    }

    /// The blocks of the main network whose coinbases were overwritten.
    private static let overwritten: [(Int, BlockHash?)] = [
        (91_722, BlockHash(hex: "00000000000271a2dc26e7667f8419f2e15416dc6955e5a6c6cdf3f2574dd08e")),
        (91_812, BlockHash(hex: "00000000000af0aed4792b1acee3d966af36cf5def14935db8de83d6f9306f2f")),
    ]
}
