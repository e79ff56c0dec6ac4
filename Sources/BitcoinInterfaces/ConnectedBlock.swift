package import BitcoinPrimitives

/// A block that joined or left the active chain.
package struct ConnectedBlock: Sendable {
    /// Hash and height.
    package var block: BlockRef
    /// Hash of the block before.
    package var previous: BlockHash
    /// Highest header time of the chain up to the block.
    package var maxTime: Int64
    /// The block itself.
    package var data: Block

    /// Makes the value from its parts.
    package init(block: BlockRef, previous: BlockHash, maxTime: Int64, data: Block) {
        self.block = block
        self.previous = previous
        self.maxTime = maxTime
        self.data = data
    }
}
