/// Place of a transaction in the mempool's graph.
package struct MempoolAncestry: Sendable, Equatable {
    /// Number of in-mempool ancestors, itself included.
    package var ancestors: UInt64
    /// Virtual bytes of these.
    package var ancestorSize: UInt64
    /// Fees of these, satoshi.
    package var ancestorFees: Int64
    /// Number of in-mempool descendants, itself included.
    package var descendants: UInt64

    /// Makes the value from its parts.
    package init(ancestors: UInt64, ancestorSize: UInt64, ancestorFees: Int64, descendants: UInt64) {
        self.ancestors = ancestors
        self.ancestorSize = ancestorSize
        self.ancestorFees = ancestorFees
        self.descendants = descendants
    }
}
