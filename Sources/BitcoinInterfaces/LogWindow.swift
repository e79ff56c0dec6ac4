/// A window on the log lines that the node keeps in memory.
package struct LogWindow: Sendable, Equatable {
    /// Number of the first line in `lines`, counted from the start of the process.
    package var first: UInt64
    /// Number of lines written so far.
    package var total: UInt64
    /// The lines.
    package var lines: [String]

    /// Makes the value from its parts.
    package init(first: UInt64, total: UInt64, lines: [String]) {
        self.first = first
        self.total = total
        self.lines = lines
    }
}
