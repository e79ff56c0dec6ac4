extension Painter {
    /// What lies over the screen, from the lowest up.
    mutating func drawPopups() {
        for (index, popup) in state.popups.enumerated() {
            let isTop = index == state.popups.count - 1 && state.line == nil
            if isTop { cursor = nil }
            switch popup {
            case .menu(let menu): draw(menu)
            case .help(let top): drawHelp(top)
            case .viewer(let viewer): draw(viewer)
            case .dialog(let dialog): draw(dialog, isTop: isTop)
            }
        }
    }

    private mutating func draw(_ menu: Menu) {
        let widest = menu.items.map { DisplayText.width($0.label) + DisplayText.width($0.key) + 3 }.max() ?? 10
        let columns = min(size.columns - 4, max(20, widest + 4, DisplayText.width(menu.title) + 8))
        let rows = min(size.rows - 5, menu.items.count + 2)
        // At the right edge, clear of the names that menus are about.
        let rect = Rect(
            column: size.columns - columns - 1, row: size.rows - Layout.footRows - rows, columns: columns, rows: rows)
        let inside = box(rect, title: menu.title)
        let top = max(0, menu.cursor - inside.rows + 1)
        for (line, item) in menu.items.dropFirst(top).prefix(inside.rows).enumerated() {
            let row = inside.row + line
            guard item.command != nil else {
                put(
                    String(glyphs.leftTee) + glyphs.line(columns - 2) + String(glyphs.rightTee), row: row,
                    column: rect.column, columns: columns, style: .frame)
                continue
            }
            put(item.label, row: row, column: inside.column, columns: inside.columns)
            put(
                item.key, row: row, column: inside.column, columns: inside.columns, style: .faint, alignment: .trailing)
            let band = Rect(column: rect.column + 1, row: row, columns: columns - 2, rows: 1)
            hits.append(HitRegion(rect: band, target: .menuItem(top + line)))
            if top + line == menu.cursor { markSelected(row: row, rect: band) }
        }
    }

    private mutating func draw(_ viewer: Viewer) {
        let rect = Rect(size).droppingTop(2).droppingBottom(Layout.footRows)
        let inside = box(rect, title: DisplayText.clean(viewer.title, isUnicode: capabilities.isUnicode))
        for (line, text) in viewer.lines.dropFirst(viewer.top).prefix(inside.rows).enumerated() {
            put(
                String(text.dropFirst(viewer.left)), row: inside.row + line, column: inside.column,
                columns: inside.columns)
        }
        drawScroll(top: viewer.top, total: viewer.lines.count, rect: rect)
    }

    /// How far a text is scrolled, in its lower edge.
    private mutating func drawScroll(top: Int, total: Int, rect: Rect) {
        let shown = rect.rows - 2
        guard total > shown else { return }
        put(
            " \(top + 1)-\(min(total, top + shown)) of \(total) ", row: rect.endRow - 1, column: rect.column + 2,
            columns: rect.columns - 4, style: .faint, alignment: .trailing)
    }

    private mutating func drawHelp(_ top: Int) {
        let rect = Rect(size).droppingTop(2).droppingBottom(Layout.footRows)
        let lines = helpLines()
        let inside = box(rect, title: "Help")
        let first = max(0, min(top, lines.count - inside.rows))
        for (line, item) in lines.dropFirst(first).prefix(inside.rows).enumerated() {
            let row = inside.row + line
            switch item {
            case .heading(let text):
                put(text, row: row, column: inside.column, columns: inside.columns, style: .heading)
            case .entry(let keys, let text):
                put(keys, row: row, column: inside.column, columns: inside.columns, style: Style(.key))
                put(
                    text, row: row, column: inside.column + Self.helpKeyColumns + 1,
                    columns: inside.columns - Self.helpKeyColumns - 1)
            }
        }
        drawScroll(top: first, total: lines.count, rect: rect)
    }

    private enum HelpLine {
        case heading(String)
        case entry(keys: String, text: String)
    }

    private static let helpKeyColumns = 26

    /// What keys do; long ones have a line of their own.
    private func helpEntry(_ keys: String, _ text: String) -> [HelpLine] {
        guard DisplayText.width(keys) > Self.helpKeyColumns else { return [.entry(keys: keys, text: text)] }
        return [.entry(keys: keys, text: ""), .entry(keys: "", text: text)]
    }

    /// The keys of the screen below and the commands, made from their tables.
    private func helpLines() -> [HelpLine] {
        let context = state.screenContext
        var own: [HelpLine] = []
        var shared: [HelpLine] = []
        for binding in KeyTable.bindings where binding.contexts.contains(context) {
            let lines = helpEntry(binding.keys.map { $0.label(glyphs) }.joined(separator: " "), binding.help)
            if binding.contexts.isSuperset(of: Context.screens) { shared += lines } else { own += lines }
        }
        let title = context == .waiting ? "Waiting for a node" : state.screen.title
        var lines = [.heading(title)] + own + [.heading("Everywhere")] + shared + [.heading("Commands after :")]
        lines += ColonCommand.all.flatMap {
            helpEntry(":" + $0.name + ($0.arguments.isEmpty ? "" : " " + $0.arguments), $0.help)
        }
        lines += [
            .heading("Filters after /"), .entry(keys: "word", text: "in label, address, id or category"),
            .entry(keys: "amt>0.1  amt<1", text: "by amount in BTC"),
            .entry(keys: "conf>5  conf<1", text: "by confirmations"),
            .entry(keys: "label~text", text: "in the label only"),
        ]
        return lines
    }
}
