// Design note of BitcoinChain.
//
// The chain of blocks as this node sees it: which blocks there are, which of them form the chain with the most work,
// which coins that chain leaves, and which transactions wait for a block.
//
// - `BlockTree` holds the headers of all blocks as `BlockIndex` nodes; `ActiveChain` is the path to the tip.
// - `BlockFiles` holds the blocks and what they spent, `BlockIndexDatabase` what is known of each block, and
//   `CoinsDatabase` the unspent coins: all in Core's formats, so that Core can go on where this node stopped.
// - `CoinsView` is the set of unspent coins behind a small protocol. `CoinsCache` keeps what was used lately in memory.
//   Blocks change the set through `CoinsOverlay`, a layer that is thrown away when the block is bad.
// - `Mempool` holds transactions without blocks; `BlockAssembler` makes a block of them.
// - `ChainState` owns all of these and is the only one that changes them. It is not Sendable: one thread or actor owns
//   it, calls it, and gets its events in order through `onEvent`, during the call that caused them.
// - What is on disk is always older than what is in memory and never contradicts itself: block files are written before
//   the index that points into them, and the index before the coins. After a crash the blocks between are connected
//   again.
// - A failure of the disk is never a verdict on a block. It ends the work with an error, and the node stops.
// - Scripts are verified by `ScriptChecks`, on several threads, after all other rules of a block; no thread works on
//   a block any more when its verdict is there.

package import BitcoinConsensus
package import BitcoinPrimitives

/// A block in the tree of all blocks, with what is known of it (Core's `CBlockIndex`).
///
/// Nodes belong to their `BlockTree`; like it they belong to one thread.
package final class BlockIndex: HeaderNode {
    /// The header.
    package let header: BlockHeader
    /// Blocks before it; 0 for the first.
    package let height: Int
    /// The sum of the work of this block and all before it.
    package let chainWork: UInt256
    /// The latest time of this block and all before it, in Unix seconds.
    package let latestTime: UInt32
    /// The block before; `nil` for the first.
    package private(set) var parent: BlockIndex?
    /// Some block further back, so that far ancestors are found in few steps.
    private var skip: BlockIndex?

    /// Where the block's data lies; `nil` while only its header is known, or when it was pruned.
    package internal(set) var position: BlockFiles.Position?
    /// Where the data to disconnect it lies, in the file with the same number; `nil` while it was never connected.
    package internal(set) var undoOffset: UInt32?
    /// Transactions in the block; 0 while its data was never there.
    package internal(set) var transactionCount = 0
    /// Transactions in this block and all before it; 0 while some of their data was never there.
    package internal(set) var chainTransactionCount: UInt64 = 0
    /// How far the block was checked.
    package internal(set) var validity = BlockIndexRecord.Validity.tree
    /// Whether it was checked with knowledge of witnesses; Core asks for such blocks to be fetched anew.
    package internal(set) var knowsWitnesses = true
    /// Whether it was never there because a snapshot stands for it.
    package internal(set) var isAssumed = false
    /// Why the block, or one before it, is invalid; `nil` for a good one.
    package internal(set) var failure: ConsensusFailure?
    /// When the block and all before it were there: of two chains with equal work the earlier wins. What is loaded from
    /// disk counts as there from the start, the active chain before the others.
    package internal(set) var sequence = 1

    /// The hash of the header.
    package var hash: BlockHash { header.hash }

    /// Whether the block's data is there.
    package var hasData: Bool { position != nil }

    /// Whether the block was part of the active chain once, so that everything about it was checked.
    package var wasConnected: Bool { validity >= .scripts && failure == nil }

    /// Whether the data of this block and all before it is there, or was once, so that it can become the tip.
    package var isLinked: Bool { chainTransactionCount != 0 }

    init(header: BlockHeader, parent: BlockIndex?, proof: UInt256) {
        self.header = header
        self.parent = parent
        height = parent.map { $0.height + 1 } ?? 0
        chainWork = (parent?.chainWork ?? .zero) &+ proof
        latestTime = max(parent?.latestTime ?? 0, header.time)
        skip = parent?.ancestor(at: Self.skipHeight(of: height))
    }

    /// The block's record for the index.
    var record: BlockIndexRecord {
        var status = BlockIndexRecord.Status(validity)
        if position != nil { status.insert(.hasData) }
        if undoOffset != nil { status.insert(.hasUndo) }
        if failure != nil { status.insert(.failed) }
        if (knowsWitnesses && transactionCount > 0) || isAssumed { status.insert(.hasWitness) }
        return BlockIndexRecord(
            height: height, status: status, transactionCount: transactionCount, file: position?.file ?? 0,
            dataPosition: position?.offset ?? 0, undoPosition: undoOffset ?? 0, header: header)
    }

    /// Cuts the links to other nodes. A long list of strong links would be freed by recursion, too deep for any stack.
    func unlink() {
        parent = nil
        skip = nil
    }

    package func ancestor(at height: Int) -> BlockIndex? {
        guard height >= 0, height <= self.height else { return nil }
        var node = self
        while node.height > height {
            let skipHeight = Self.skipHeight(of: node.height)
            let parentSkipHeight = Self.skipHeight(of: node.height - 1)
            // Take the long step unless one short step leads to a longer one that does not overshoot.
            let parentIsBetter = parentSkipHeight < skipHeight - 2 && parentSkipHeight >= height
            if let skip = node.skip, skipHeight == height || (skipHeight > height && !parentIsBetter) {
                node = skip
            } else if let parent = node.parent {
                node = parent
            } else {
                return nil
            }
        }
        return node
    }

    /// The height to which the long link of a block at `height` leads; any lower height would do, this choice keeps the
    /// number of steps logarithmic.
    private static func skipHeight(of height: Int) -> Int {
        func clearLowestBit(_ value: Int) -> Int { value & (value - 1) }
        guard height >= 2 else { return 0 }
        return height % 2 == 1 ? clearLowestBit(clearLowestBit(height - 1)) + 1 : clearLowestBit(height)
    }
}

extension BlockIndex: Hashable {
    package static func == (left: BlockIndex, right: BlockIndex) -> Bool { left === right }

    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
