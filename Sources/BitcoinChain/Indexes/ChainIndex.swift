// Design note of the indexes.
//
// An index answers questions about the chain that the coins cannot: which block holds a transaction, which one spends
// an output, what a light client wants to know. Any of them may be switched on late, or be behind.
//
// - `ChainIndex` is what makes one index different from another: what it writes for a block, and how it takes that
// back.
// - `IndexFollower` keeps an index at the chain's tip. While it is behind, a thread of its own brings it forward: the
//   chain hands out `IndexSteps`, the thread reads the blocks with a `BlockReader` of its own and the index takes them
// in. Once it has caught up, it takes in every block as it is connected, in the same call.
// - Blocks that left the chain are taken back when the next block comes that does not follow them, as Core does it.
// - Where an index stands is written only after the coins, and only up to where they are: after a crash it is behind
// the chain, never ahead of it.

package import BitcoinConsensus
package import BitcoinPrimitives
package import KeyValueStore

/// A block as an index sees it: a value that may leave the chain's thread.
package struct IndexedBlock: Hashable, Sendable {
    /// The block's height.
    package var height: Int
    /// The block's hash.
    package var hash: BlockHash
    /// The hash of the block before; zero for the first.
    package var previous: BlockHash
    /// Where its data lies; `nil` when there is none, or none any more.
    package var position: BlockFiles.Position?
    /// Where the data on what it spent lies, in the file with the same number.
    package var undoOffset: UInt32?

    /// A block whose data is nowhere unless `position` says where.
    package init(
        height: Int, hash: BlockHash, previous: BlockHash, position: BlockFiles.Position? = nil,
        undoOffset: UInt32? = nil
    ) {
        (self.height, self.hash, self.previous) = (height, hash, previous)
        (self.position, self.undoOffset) = (position, undoOffset)
    }
}

extension BlockIndex {
    /// The block as an index sees it.
    package var indexed: IndexedBlock {
        IndexedBlock(
            height: height, hash: hash, previous: header.previousBlockHash, position: position, undoOffset: undoOffset)
    }
}

/// Records about each block of the active chain (Core's `BaseIndex`), in a database of Core's form.
///
/// One thread at a time calls what changes it, any thread what only looks things up.
package protocol ChainIndex: AnyObject, Sendable {
    /// Its name in logs and in `getindexinfo`.
    var name: String { get }
    /// What it wants to see of blocks.
    var needs: IndexNeeds { get }
    /// Where it keeps its records.
    var database: IndexDatabase { get }

    /// Brings back what is in memory.
    ///
    /// - Parameter best: the block that the records on disk belong to; `nil` when there are none.
    /// - Throws: `StorageError` when they do not fit.
    func start(at best: IndexedBlock?) throws(StorageError)

    /// Takes in the block after the last one.
    ///
    /// - Parameters:
    ///   - block: the block.
    ///   - data: its data.
    ///   - undo: what it spent, when `needs` says so; nothing for the first block.
    func append(_ block: IndexedBlock, _ data: Block, undo: BlockUndo?) throws(StorageError)

    /// Takes back the last block.
    ///
    /// - Parameters:
    ///   - block: the block.
    ///   - data: its data, when `needs` says so.
    ///   - undo: what it spent, when `needs` says so.
    func remove(_ block: IndexedBlock, _ data: Block?, undo: BlockUndo?) throws(StorageError)

    /// Makes its files safe on disk, and adds to `batch` what is to be written together with the place where it stands.
    func prepareCommit(_ batch: inout WriteBatch) throws(StorageError)
}

/// What an index wants to see of blocks.
package struct IndexNeeds: Equatable, Sendable {
    /// What a block spent, to take it in.
    package var undoToAppend = false
    /// A block's data, to take it back.
    package var dataToRemove = false
    /// What a block spent, to take it back.
    package var undoToRemove = false
    /// Whether it works when old blocks are deleted.
    package var allowsPruning = true
}

extension ChainIndex {
    package func remove(_ block: IndexedBlock, _ data: Block?, undo: BlockUndo?) throws(StorageError) {}

    package func prepareCommit(_ batch: inout WriteBatch) throws(StorageError) {}

    package func start(at best: IndexedBlock?) throws(StorageError) {}
}
