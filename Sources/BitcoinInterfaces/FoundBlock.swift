/// What the node knows of a block.
package struct FoundBlock: Sendable, Equatable {
    /// Hash and height.
    package var block: BlockRef
    /// Header time.
    package var time: Int64
    /// Median time past.
    package var medianTime: Int64
    /// Highest header time of the chain up to the block.
    package var maxTime: Int64
    /// Whether the block is in the active chain.
    package var inActiveChain: Bool

    /// Makes the value from its parts.
    package init(block: BlockRef, time: Int64, medianTime: Int64, maxTime: Int64, inActiveChain: Bool) {
        self.block = block
        self.time = time
        self.medianTime = medianTime
        self.maxTime = maxTime
        self.inActiveChain = inActiveChain
    }
}
