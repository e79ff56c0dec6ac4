/// A window on the history, newest first.
package struct TransactionWindow: Sendable, Equatable {
    /// Rows matching the filter.
    package var total: UInt64
    /// Rows in all.
    package var unfiltered: UInt64
    /// The rows asked for.
    package var rows: [TransactionRow]

    /// Makes the value from its parts.
    package init(total: UInt64, unfiltered: UInt64, rows: [TransactionRow]) {
        self.total = total
        self.unfiltered = unfiltered
        self.rows = rows
    }
}
