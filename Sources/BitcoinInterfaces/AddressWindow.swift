/// A window on the addresses.
package struct AddressWindow: Sendable, Equatable {
    /// Rows matching the filter.
    package var total: UInt64
    /// The rows asked for.
    package var rows: [AddressRow]

    /// Makes the value from its parts.
    package init(total: UInt64, rows: [AddressRow]) {
        self.total = total
        self.rows = rows
    }
}
