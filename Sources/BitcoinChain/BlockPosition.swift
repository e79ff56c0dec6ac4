/// Where the data of a block lies.
package struct BlockPosition: Hashable, Sendable {
    /// Whose files hold it.
    package var store: Store
    /// The number in the file's name.
    package var file: Int
    /// Where the block itself starts, behind the record's eight bytes of header.
    package var offset: UInt64
    /// Bytes of the block.
    package var size: Int

    /// The folders with block files.
    package enum Store: Sendable {
        /// Bitcoin Core's, which are only read.
        case core
        /// This node's own.
        case own
    }
}
