/// One row of a list of blocks.
package struct BlockSummary: Sendable, Equatable {
    /// Hash and height.
    package var block: BlockRef
    /// Header time, seconds since 1970.
    package var time: Int64
    /// Number of transactions.
    package var transactions: UInt32
    /// Serialised size in bytes with witness.
    package var size: UInt32
    /// Weight units.
    package var weight: UInt32

    /// Makes the value from its parts.
    package init(block: BlockRef, time: Int64, transactions: UInt32, size: UInt32, weight: UInt32) {
        self.block = block
        self.time = time
        self.transactions = transactions
        self.size = size
        self.weight = weight
    }
}
