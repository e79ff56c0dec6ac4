package import BitcoinInterfaces
package import BitcoinPrimitives

/// The active chain, and what of it is open.
package struct BlocksState: Sendable {
    /// The list, newest first: row `i` is the block at height tip - `i`.
    package var list = ListWindow<BlockSummary>()
    /// The newest blocks, for the overview.
    package var latest = Slot<[BlockSummary]>()
    /// The block that is open.
    package var open: OpenBlock?

    /// Nothing known.
    package init() {}
}

/// A block that the user looks into.
package struct OpenBlock: Sendable {
    /// Its hash.
    package let hash: BlockHash
    /// Its height; nil when it was asked for by hash and is not in the list.
    package var height: Int32?
    /// Its data; nil inside when the node has none.
    package var block = Slot<Block?>()
    /// The transaction under the cursor.
    package var cursor = 0
    /// The first visible transaction.
    package var top = 0
    /// The transaction that is open.
    package var transaction: Int?
    /// The first visible line of that transaction.
    package var scroll = 0

    /// A block to be fetched.
    package init(hash: BlockHash, height: Int32?) {
        self.hash = hash
        self.height = height
    }

    /// The number of transactions; 0 while the block is not here.
    package var count: Int { (block.value ?? nil)?.transactions.count ?? 0 }

    /// Moves the cursor and scrolls so that it is visible in `height` rows.
    package mutating func move(to index: Int, height: Int) {
        cursor = max(0, min(index, count - 1))
        if cursor < top { top = cursor }
        if height > 0, cursor >= top + height { top = cursor - height + 1 }
        top = max(0, min(top, count - max(1, height)))
    }
}
