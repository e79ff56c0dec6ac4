internal import BitcoinConsensus
internal import BitcoinPrimitives

/// A path through the tree of blocks, with the coins after its last block (Core's `Chainstate`). There is one, and a
/// second one while blocks below a loaded snapshot are still being verified.
final class CoinsChain {
    /// The folder of the coins.
    let folder: String
    let database: CoinsDatabase
    let coins: CoinsCache
    /// From the first block to the tip.
    var path: ActiveChain
    /// Blocks with data that may become the tip: at least as much work as the tip has, the tip among them.
    var candidates: [BlockIndex]
    /// The block whose coins came from a snapshot; `nil` when all blocks were connected.
    var snapshotBase: BlockIndex?

    init(folder: String, database: CoinsDatabase, genesis: BlockIndex) {
        self.folder = folder
        self.database = database
        coins = CoinsCache(over: database)
        path = ActiveChain(genesis: genesis)
        candidates = [genesis]
    }

    /// The last block.
    var tip: BlockIndex { path.tip }

    /// Whether a block may be reached without going below the snapshot.
    func mayReach(_ block: BlockIndex) -> Bool {
        guard let snapshotBase else { return true }
        return block.ancestor(at: snapshotBase.height) === snapshotBase
    }
}
