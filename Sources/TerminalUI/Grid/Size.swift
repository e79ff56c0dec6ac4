/// A number of columns and rows of a terminal.
package struct Size: Sendable, Hashable {
    /// Cells from left to right.
    package var columns: Int
    /// Cells from top to bottom.
    package var rows: Int

    /// Makes the value from its parts.
    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    /// The smallest terminal that the screens are laid out for.
    package static let minimum = Size(columns: 80, rows: 24)
}

/// A cell's place, counted from the upper left corner, which is 0, 0.
package struct Position: Sendable, Hashable {
    /// Cells from the left.
    package var column: Int
    /// Cells from the top.
    package var row: Int

    /// Makes the value from its parts.
    package init(column: Int, row: Int) {
        self.column = column
        self.row = row
    }
}

/// A rectangle of cells.
package struct Rect: Sendable, Hashable {
    /// The leftmost column.
    package var column: Int
    /// The topmost row.
    package var row: Int
    /// Width; never negative.
    package var columns: Int
    /// Height; never negative.
    package var rows: Int

    /// Makes the value from its parts; a negative extent counts as none.
    package init(column: Int, row: Int, columns: Int, rows: Int) {
        self.column = column
        self.row = row
        self.columns = max(0, columns)
        self.rows = max(0, rows)
    }

    /// The whole of a terminal.
    package init(_ size: Size) { self.init(column: 0, row: 0, columns: size.columns, rows: size.rows) }

    /// The column behind the last one.
    package var endColumn: Int { column + columns }

    /// The row below the last one.
    package var endRow: Int { row + rows }

    /// Whether a cell lies inside.
    package func contains(_ position: Position) -> Bool {
        position.column >= column && position.column < endColumn && position.row >= row && position.row < endRow
    }

    /// The rectangle without its first rows.
    func droppingTop(_ count: Int) -> Rect {
        Rect(column: column, row: row + count, columns: columns, rows: rows - count)
    }

    /// The rectangle without its last rows.
    func droppingBottom(_ count: Int) -> Rect {
        Rect(column: column, row: row, columns: columns, rows: rows - count)
    }

    /// The last rows of the rectangle.
    func bottom(_ count: Int) -> Rect {
        Rect(column: column, row: endRow - count, columns: columns, rows: count)
    }

    /// The rectangle without its first columns.
    func droppingLeft(_ count: Int) -> Rect {
        Rect(column: column + count, row: row, columns: columns - count, rows: rows)
    }

    /// The first columns of the rectangle.
    func left(_ count: Int) -> Rect {
        Rect(column: column, row: row, columns: min(count, columns), rows: rows)
    }

    /// A rectangle of that size in the middle of this one.
    func centered(columns width: Int, rows height: Int) -> Rect {
        Rect(
            column: column + max(0, (columns - width) / 2), row: row + max(0, (rows - height) / 2),
            columns: min(width, columns), rows: min(height, rows))
    }
}
