/// Draws into a grid. One painter draws one picture; what it draws where is in extensions, one a screen.
struct Painter {
    let state: AppState
    let size: Size
    let capabilities: Capabilities
    let glyphs: Glyphs
    var grid: Grid
    var hits: [HitRegion] = []
    var cursor: Position?
    var isCursorVisible = false

    init(state: AppState, size: Size, capabilities: Capabilities) {
        self.state = state
        self.size = size
        self.capabilities = capabilities
        glyphs = Glyphs.of(capabilities.frames)
        grid = Grid(size: size)
    }

    enum Alignment { case leading, trailing }

    /// Writes text that comes from anywhere: cleaned, and cut to `columns`.
    ///
    /// - Returns: The column behind it.
    @discardableResult
    mutating func put(
        _ text: String, row: Int, column: Int, columns: Int, style: Style = .plain, alignment: Alignment = .leading
    ) -> Int {
        let clean = DisplayText.clean(text, isUnicode: capabilities.isUnicode || !hasOwnGlyphs)
        let fitted = DisplayText.fit(clean, columns: columns, ellipsis: glyphs.ellipsis)
        let start = alignment == .leading ? column : column + max(0, columns - DisplayText.width(fitted))
        return grid.put(fitted, row: row, column: start, limit: columns, style: style)
    }

    /// Frames of box drawing characters imply a terminal that has them.
    private var hasOwnGlyphs: Bool { capabilities.frames == .ascii }

    /// Writes a hash or address, cut in the middle to `columns`.
    @discardableResult
    mutating func putMiddle(_ text: String, row: Int, column: Int, columns: Int, style: Style = .plain) -> Int {
        let clean = DisplayText.clean(text, isUnicode: capabilities.isUnicode)
        let fitted = DisplayText.fitMiddle(clean, columns: columns, ellipsis: glyphs.ellipsis)
        return grid.put(fitted, row: row, column: column, limit: columns, style: style)
    }

    /// A line across.
    mutating func rule(row: Int, column: Int, columns: Int) {
        grid.put(glyphs.line(columns), row: row, column: column, limit: columns, style: .frame)
    }

    /// A line down.
    mutating func bar(column: Int, row: Int, rows: Int) {
        for row in row..<max(row, row + rows) {
            grid.put(String(glyphs.vertical), row: row, column: column, limit: 1, style: .frame)
        }
    }

    /// An empty box with a title in its upper edge; clicks on it do nothing.
    ///
    /// - Returns: What is inside, with one column free at each side.
    mutating func box(_ rect: Rect, title: String) -> Rect {
        grid.clear(rect)
        hits.append(HitRegion(rect: rect, target: .nothing))
        let line = glyphs.line(rect.columns - 2)
        let last = rect.endRow - 1
        put(
            String(glyphs.topLeft) + line + String(glyphs.topRight), row: rect.row, column: rect.column,
            columns: rect.columns, style: .frame)
        put(
            String(glyphs.bottomLeft) + line + String(glyphs.bottomRight), row: last, column: rect.column,
            columns: rect.columns, style: .frame)
        bar(column: rect.column, row: rect.row + 1, rows: rect.rows - 2)
        bar(column: rect.endColumn - 1, row: rect.row + 1, rows: rect.rows - 2)
        if !title.isEmpty {
            put(" \(title) ", row: rect.row, column: rect.column + 2, columns: rect.columns - 4, style: .heading)
        }
        return Rect(column: rect.column + 2, row: rect.row + 1, columns: rect.columns - 4, rows: rect.rows - 2)
    }

    /// Remembers that a row of the list shown can be clicked.
    mutating func hitRow(_ index: Int, row: Int, rect: Rect) {
        hits.append(
            HitRegion(
                rect: Rect(column: rect.column, row: row, columns: rect.columns, rows: 1), target: .row(index)))
    }

    /// Marks a row of a rectangle as the one that keys act on.
    mutating func markSelected(row: Int, rect: Rect) {
        put(">", row: row, column: rect.column, columns: 1, style: .heading)
        grid.select(row: row, column: rect.column, columns: rect.columns)
        if cursor == nil { cursor = Position(column: rect.column, row: row) }
    }

    /// Puts the terminal's cursor where text is typed.
    mutating func showCursor(column: Int, row: Int) {
        cursor = Position(column: column, row: row)
        isCursorVisible = true
    }

    /// An amount, or as many stars when amounts are hidden.
    func amount(_ satoshi: Int64, isSigned: Bool = false) -> String {
        state.isMasked ? "*.*** *** **" : NumberText.bitcoin(satoshi, isSigned: isSigned)
    }

    /// A count of satoshi, or stars.
    func satoshi(_ count: Int64) -> String { state.isMasked ? "***" : NumberText.grouped(count) }

    /// Ordinary text, stepping back when the data may be out of date.
    var dataStyle: Style { state.isLive ? .plain : .faint }

    /// A style that steps back when the data may be out of date.
    func live(_ role: Role) -> Style { state.isLive ? Style(role) : .faint }

    /// The local date and time.
    func date(_ time: Int64) -> String { TimeText.full(time, state.configuration.localTime) }

    /// How long ago, by the node's clock.
    func age(_ time: Int64) -> String { TimeText.age(state.elapsed(since: time)) }
}
