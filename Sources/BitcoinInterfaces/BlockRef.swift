package import BitcoinPrimitives

/// A block by hash and height (`common.capnp`).
package struct BlockRef: Sendable, Equatable {
    /// Hash of the block.
    package var hash: BlockHash
    /// Height in its chain; the genesis block has 0.
    package var height: Int32

    /// Makes the value from its parts.
    package init(hash: BlockHash, height: Int32) {
        self.hash = hash
        self.height = height
    }
}
