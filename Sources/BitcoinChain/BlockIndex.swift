// Design note of BitcoinChain.
//
// The chain of blocks as this node sees it: which blocks there are, which of them form the chain with the most work,
// which coins that chain leaves, and which transactions wait for a block.
//
// - `BlockTree` holds the headers of all blocks as `BlockIndex` nodes; `ActiveChain` is the path to the tip.
// - `BlockStorage` finds the data: Core's block files, which are only ever read, and a folder of this node's own with
//   the same record format, to which new blocks are appended.
// - `CoinsView` is the set of unspent coins behind a small protocol. Blocks change it through `CoinsOverlay`, a layer
//   that is thrown away when the block is bad. Today's set lives in memory.
// - `Mempool` holds transactions without blocks; `BlockAssembler` makes a block of them.
// - `ChainState` owns all of these and is the only one that changes them. It is not Sendable: one thread or actor owns
//   it, calls it, and gets its events in order through `onEvent`, during the call that caused them.
// - Loading reads every header first and then replays the blocks in the order in which they lie in the files, so that
//   the first seen of two equal chains wins again after a restart, and a branch that was the best once is known as such.
// - Scripts are not verified here yet, and nothing in this module claims that they are.

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

    /// Where the block's data lies; `nil` while only its header is known.
    package internal(set) var position: BlockPosition?
    /// Transactions in the block; 0 while its data is not known.
    package internal(set) var transactionCount = 0
    /// Bytes of the block with witnesses; 0 while its data is not known.
    package internal(set) var size = 0
    /// Weight of the block (BIP141); 0 while its data was not looked at.
    package internal(set) var weight = 0
    /// Transactions in this block and all before it; 0 while some of their data is missing.
    package internal(set) var chainTransactionCount: UInt64 = 0
    /// How far the block was checked.
    package internal(set) var validity = Validity.tree
    /// Why the block, or one before it, is invalid; `nil` for a good one.
    package internal(set) var failure: ConsensusFailure?
    /// When the block and all before it were there, counting from 1: of two chains with equal work the earlier wins.
    package internal(set) var sequence = 0

    /// How far a block was checked; each step includes the ones before it (Core's `BlockStatus`).
    package enum Validity: Int, Comparable, Sendable {
        /// The header is right, and those before it.
        case tree
        /// The transactions are right by themselves.
        case transactions
        /// The coins it spends were there, and it was part of the best chain once. Scripts are not included.
        case chain

        package static func < (left: Validity, right: Validity) -> Bool { left.rawValue < right.rawValue }
    }

    /// The hash of the header.
    package var hash: BlockHash { header.hash }

    /// Whether the block's data is there. The first block's always is.
    package var hasData: Bool { position != nil || height == 0 }

    /// Whether the data of this block and all before it is there, so that it can become the tip.
    package var isLinked: Bool { chainTransactionCount != 0 }

    init(header: BlockHeader, parent: BlockIndex?, proof: UInt256) {
        self.header = header
        self.parent = parent
        height = parent.map { $0.height + 1 } ?? 0
        chainWork = (parent?.chainWork ?? .zero) &+ proof
        latestTime = max(parent?.latestTime ?? 0, header.time)
        skip = parent?.ancestor(at: Self.skipHeight(of: height))
    }

    /// Notes what the block's data shows once it was checked.
    func describe(_ block: Block) {
        transactionCount = block.transactions.count
        size = block.size
        weight = block.weight
        validity = max(validity, .transactions)
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
