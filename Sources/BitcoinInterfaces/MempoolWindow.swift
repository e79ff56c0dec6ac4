/// A window on the mempool, highest fee rate first.
package struct MempoolWindow: Sendable, Equatable {
    /// Number of transactions in the mempool.
    package var total: UInt64
    /// The rows asked for.
    package var rows: [MempoolRow]

    /// Makes the value from its parts.
    package init(total: UInt64, rows: [MempoolRow]) {
        self.total = total
        self.rows = rows
    }
}
