/// A stretch of one row, to be written at once.
package struct GridRun: Sendable, Equatable {
    /// The row.
    package var row: Int
    /// The first column.
    package var column: Int
    /// The text, all in one style.
    package var text: String
    /// How it is shown.
    package var style: Style
}

extension Grid {
    /// The runs that turn `old` into this grid; all of this grid when the sizes differ or nothing is shown yet.
    ///
    /// A run ends where the style changes and behind every character whose width terminals disagree about, so that
    /// a wrong width harms no more than that character: what follows is placed absolutely again.
    package func changes(from old: Grid?) -> [GridRun] {
        let base = old?.size == size ? old : nil
        var runs: [GridRun] = []
        for row in 0..<size.rows {
            var current: GridRun?
            for column in 0..<size.columns {
                let cell = self[row, column]
                if cell.width == 0 { continue }
                let isSame = base.map { $0[row, column] == cell && sameTail(of: $0, row, column, cell) } ?? false
                if isSame || current?.style != cell.style {
                    if let run = current { runs.append(run) }
                    current = nil
                }
                if isSame { continue }
                if current == nil { current = GridRun(row: row, column: column, text: "", style: cell.style) }
                current?.text.append(cell.character)
                if !DisplayText.hasCertainWidth(cell.character), let run = current {
                    runs.append(run)
                    current = nil
                }
            }
            if let run = current { runs.append(run) }
        }
        return runs
    }

    private func sameTail(of old: Grid, _ row: Int, _ column: Int, _ cell: Cell) -> Bool {
        cell.width < 2 || old[row, column + 1] == self[row, column + 1]
    }
}
