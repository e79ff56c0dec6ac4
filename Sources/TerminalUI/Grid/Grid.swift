/// One cell of the terminal.
package struct Cell: Sendable, Hashable {
    /// What stands there; a space behind a wide character.
    package var character: Character
    /// How it is shown.
    package var style: Style
    /// 1, or 2 for a wide character, or 0 for the cell that a wide character to the left covers.
    package var width: UInt8

    /// Makes the value from its parts.
    package init(_ character: Character, style: Style = .plain, width: UInt8 = 1) {
        self.character = character
        self.style = style
        self.width = width
    }

    /// An empty cell.
    package static let blank = Cell(" ")
}

/// A screen as a value: what render makes, tests compare, and a terminal shows.
package struct Grid: Sendable, Equatable {
    /// Columns and rows.
    package let size: Size

    /// The cells, row by row.
    private var cells: [Cell]

    /// An empty grid.
    package init(size: Size) {
        self.size = Size(columns: max(0, size.columns), rows: max(0, size.rows))
        cells = Array(repeating: .blank, count: self.size.columns * self.size.rows)
    }

    /// The cell at a place inside the grid.
    package subscript(row: Int, column: Int) -> Cell {
        get { cells[row * size.columns + column] }
        set { cells[row * size.columns + column] = newValue }
    }

    /// Whether the grid has that cell.
    package func has(row: Int, column: Int) -> Bool {
        row >= 0 && row < size.rows && column >= 0 && column < size.columns
    }

    /// Writes text from a cell to the right, no further than `limit` columns or the edge. Text outside the grid is
    /// dropped.
    ///
    /// - Parameter text: Text that `DisplayText.clean` has made safe.
    /// - Returns: The column behind the last one written.
    @discardableResult
    package mutating func put(_ text: String, row: Int, column: Int, limit: Int, style: Style) -> Int {
        var column = column
        let end = min(column + max(0, limit), size.columns)
        guard row >= 0, row < size.rows else { return column }
        for character in text {
            let width = DisplayText.width(character)
            guard column + width <= end else { break }
            if column >= 0 { place(Cell(character, style: style, width: UInt8(width)), row: row, column: column) }
            column += width
        }
        return column
    }

    private mutating func place(_ cell: Cell, row: Int, column: Int) {
        // Half a wide character is no character: whichever half is overwritten, the other becomes a space.
        if self[row, column].width == 0, column > 0 {
            self[row, column - 1] = Cell(" ", style: self[row, column - 1].style)
        }
        let last = column + Int(cell.width) - 1
        if self[row, last].width == 2, last + 1 < size.columns {
            self[row, last + 1] = Cell(" ", style: self[row, last + 1].style)
        }
        self[row, column] = cell
        if cell.width == 2 { self[row, column + 1] = Cell(" ", style: cell.style, width: 0) }
    }

    /// Fills the part of a rectangle that lies in the grid with blanks.
    package mutating func clear(_ rect: Rect) {
        for row in max(0, rect.row)..<max(0, min(rect.endRow, size.rows), rect.row) {
            for column in max(0, rect.column)..<max(0, min(rect.endColumn, size.columns), rect.column) {
                place(.blank, row: row, column: column)
            }
        }
    }

    /// Marks cells of a row as selected.
    package mutating func select(row: Int, column: Int, columns: Int) {
        guard row >= 0, row < size.rows else { return }
        for column in max(0, column)..<max(0, min(column + columns, size.columns), column) {
            self[row, column].style.isSelected = true
        }
    }

    /// The rows as text without trailing spaces.
    package var lines: [String] {
        (0..<size.rows).map { row in
            var line = ""
            for column in 0..<size.columns where self[row, column].width > 0 {
                line.append(self[row, column].character)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// The roles as text, one letter a cell, upper-case `S` where a cell is selected.
    package var styleLines: [String] {
        (0..<size.rows).map { row in
            var line = ""
            for column in 0..<size.columns {
                let style = self[row, column].style
                line.append(style.isSelected ? "S" : style.role.letter)
            }
            while line.last == "." { line.removeLast() }
            return line
        }
    }
}
