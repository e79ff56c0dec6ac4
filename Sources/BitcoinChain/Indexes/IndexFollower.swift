internal import BitcoinConsensus
package import BitcoinPrimitives
internal import KeyValueStore
internal import Synchronization

/// Keeps an index at the tip of the chain.
///
/// The chain's thread calls it for every block once it `isSynchronized`; until then one other thread works through
/// `IndexSteps`. What it knows of its state may be asked from anywhere.
package final class IndexFollower: Sendable {
    /// The index.
    package let index: any ChainIndex
    private let state: Mutex<State>

    private struct State {
        /// The last block taken in; `nil` for none.
        var best: IndexedBlock?
        /// The last block that was written down; `nil` for none.
        var committed: IndexedBlock?
        var isSynchronized: Bool
        var lastCommit: ContinuousClock.Instant = .now
    }

    /// A follower of `index`, which has started at `best`.
    init(_ index: any ChainIndex, best: IndexedBlock?, isSynchronized: Bool) {
        self.index = index
        state = Mutex(State(best: best, committed: best, isSynchronized: isSynchronized))
    }

    /// The last block taken in; `nil` for none.
    package var best: IndexedBlock? { state.withLock(\.best) }

    /// The last block that was written down: where it goes on after a crash. `nil` for none.
    var committed: IndexedBlock? { state.withLock(\.committed) }

    /// Whether it has caught up with the chain once, and takes in blocks as they are connected.
    package var isSynchronized: Bool { state.withLock(\.isSynchronized) }

    /// Takes blocks back and others in.
    ///
    /// - Parameter reader: reads their data.
    /// - Throws: `StorageError`; what was done before stays done.
    package func take(_ steps: IndexSteps, from reader: BlockReader) throws(StorageError) {
        for block in steps.removed { try remove(block, from: reader, parent: steps.parents[block.previous]) }
        for block in steps.appended { try append(block, try reader.block(block), from: reader) }
    }

    /// Takes in a block that was just connected, whose parent is the last one.
    func append(_ block: IndexedBlock, _ data: Block, undo: BlockUndo) throws(StorageError) {
        try index.append(block, data, undo: index.needs.undoToAppend ? undo : nil)
        setBest(block)
    }

    private func append(_ block: IndexedBlock, _ data: Block, from reader: BlockReader) throws(StorageError) {
        try index.append(block, data, undo: index.needs.undoToAppend ? try reader.undo(block) : nil)
        setBest(block)
    }

    private func remove(
        _ block: IndexedBlock, from reader: BlockReader, parent: IndexedBlock?
    ) throws(StorageError) {
        let data = index.needs.dataToRemove ? try reader.block(block) : nil
        let undo = index.needs.undoToRemove ? try reader.undo(block) : nil
        try index.remove(block, data, undo: undo)
        setBest(parent)
    }

    private func setBest(_ block: IndexedBlock?) { state.withLock { $0.best = block } }

    func setSynchronized(_ isSynchronized: Bool = true) { state.withLock { $0.isSynchronized = isSynchronized } }

    /// Whether it is time to write down how far catching up is.
    var isCommitDue: Bool { state.withLock { ContinuousClock.now - $0.lastCommit >= .seconds(30) } }

    /// Writes down that the index stands at `block`.
    func commit(_ block: IndexedBlock, _ locator: BlockLocator) throws(StorageError) {
        var batch = WriteBatch()
        try index.prepareCommit(&batch)
        try index.database.commit(batch, bestBlock: locator)
        state.withLock { ($0.committed, $0.lastCommit) = (block, .now) }
    }
}

/// Blocks that an index is to take back, and such that it is to take in after that.
package struct IndexSteps: Sendable {
    /// Blocks that have left the chain, the last first.
    package var removed: [IndexedBlock] = []
    /// Blocks that follow, the first first.
    package var appended: [IndexedBlock] = []
    /// The parents of the removed blocks.
    var parents: [BlockHash: IndexedBlock] = [:]
    /// The height of the tip.
    package var tipHeight = 0

    /// Whether there is nothing to do.
    package var isEmpty: Bool { removed.isEmpty && appended.isEmpty }
}

/// How far an index is, as `getindexinfo` shows it.
package struct IndexSummary: Equatable, Sendable {
    /// The index's name.
    package var name: String
    /// Whether it has caught up with the chain.
    package var isSynchronized: Bool
    /// The height of the last block taken in; 0 for none.
    package var height: Int
    /// The last block taken in; `nil` for none.
    package var block: BlockHash?
}

extension IndexFollower {
    /// How far it is.
    package var summary: IndexSummary {
        state.withLock {
            IndexSummary(
                name: index.name, isSynchronized: $0.isSynchronized, height: $0.best?.height ?? 0, block: $0.best?.hash)
        }
    }
}
