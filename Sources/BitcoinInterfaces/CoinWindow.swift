/// A window on the unspent outputs, largest first.
package struct CoinWindow: Sendable, Equatable {
    /// Rows matching the filter.
    package var total: UInt64
    /// The rows asked for.
    package var rows: [CoinRow]

    /// Makes the value from its parts.
    package init(total: UInt64, rows: [CoinRow]) {
        self.total = total
        self.rows = rows
    }
}
