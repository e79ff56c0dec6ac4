/// A column of a table.
struct TableColumn {
    /// In the first row.
    var title: String
    /// The columns it needs.
    var width: Int
    /// Its share of what is left over; 0 for a fixed width.
    var stretch = 0
    /// The most columns it takes; nil for no bound.
    var maximum: Int?
    /// Numbers stand right.
    var isTrailing = false
    /// Columns with the lowest priority are left out when there is no room.
    var priority = 9
}

/// One cell of a table.
struct TableCell {
    var text: String
    var role = Role.plain
    /// Whether it is cut in the middle.
    var isMiddle = false

    init(_ text: String, _ role: Role = .plain, isMiddle: Bool = false) {
        self.text = text
        self.role = role
        self.isMiddle = isMiddle
    }
}

/// Columns placed in a width.
struct Table {
    fileprivate let placed: [(index: Int, column: TableColumn, offset: Int, width: Int)]

    /// Places the columns from `start`, `gap` columns apart, and leaves out what does not fit.
    init(_ columns: [TableColumn], width: Int, start: Int = 2, gap: Int = 2) {
        var kept = Array(columns.enumerated())
        func needed() -> Int { start + kept.reduce(0) { $0 + $1.element.width } + gap * max(0, kept.count - 1) }
        while needed() > width, kept.count > 1,
            let lowest = kept.indices.min(by: { kept[$0].element.priority < kept[$1].element.priority })
        {
            kept.remove(at: lowest)
        }
        var spare = max(0, width - needed())
        var widths = kept.map(\.element.width)
        // Twice, because what a bounded column leaves over goes to the others.
        for _ in 0..<2 {
            let open = kept.indices.filter {
                kept[$0].element.stretch > 0 && widths[$0] < kept[$0].element.maximum ?? .max
            }
            let shares = open.reduce(0) { $0 + kept[$1].element.stretch }
            guard shares > 0, spare > 0 else { break }
            let total = spare
            for index in open {
                let share = total * kept[index].element.stretch / shares
                let most = kept[index].element.maximum.map { $0 - widths[index] } ?? share
                let extra = min(share, most)
                widths[index] += extra
                spare -= extra
            }
        }
        var offset = start
        placed = zip(kept, widths).map { item, width in
            defer { offset += width + gap }
            return (item.offset, item.element, offset, width)
        }
    }
}

extension Painter {
    /// The titles of a table.
    mutating func tableHead(_ table: Table, row: Int, column: Int) {
        for item in table.placed {
            put(
                item.column.title, row: row, column: column + item.offset, columns: item.width, style: .heading,
                alignment: item.column.isTrailing ? .trailing : .leading)
        }
    }

    /// A row of a table.
    mutating func tableRow(_ table: Table, row: Int, column: Int, cells: [TableCell]) {
        for item in table.placed where item.index < cells.count {
            let cell = cells[item.index]
            if cell.isMiddle {
                putMiddle(
                    cell.text, row: row, column: column + item.offset, columns: item.width, style: live(cell.role))
            } else {
                put(
                    cell.text, row: row, column: column + item.offset, columns: item.width, style: live(cell.role),
                    alignment: item.column.isTrailing ? .trailing : .leading)
            }
        }
    }

    /// A list of which only a window is here.
    ///
    /// - Parameters:
    ///   - empty: What is said when there is nothing.
    ///   - cells: The cells of a row; gets the painter, which it would else take for itself while this draws.
    mutating func list<Row>(
        _ window: ListWindow<Row>, in rect: Rect, table: Table, empty: String, cells: (Painter, Row) -> [TableCell]
    ) {
        guard let total = window.total else {
            let text = window.failure ?? (state.isLive ? "loading" + String(glyphs.ellipsis) : "not loaded")
            put(text, row: rect.row, column: rect.column + 2, columns: rect.columns - 2, style: .faint)
            return
        }
        if total == 0 { put(empty, row: rect.row, column: rect.column + 2, columns: rect.columns - 2, style: .faint) }
        for line in 0..<rect.rows {
            let index = window.top + line
            guard index < total else { break }
            let row = rect.row + line
            if let item = window.row(at: index) {
                tableRow(table, row: row, column: rect.column, cells: cells(self, item))
            } else {
                put(String(glyphs.ellipsis), row: row, column: rect.column + 2, columns: 2, style: .faint)
            }
            hitRow(index, row: row, rect: rect)
            if index == window.cursor { markSelected(row: row, rect: rect) }
        }
        if let failure = window.failure {
            put(
                "! \(failure)", row: rect.endRow - 1, column: rect.column + 2, columns: rect.columns - 2,
                style: Style(.bad))
        }
    }
}
