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
            if item.keys.isEmpty {
                put(item.text, row: row, column: inside.column, columns: inside.columns, style: .heading)
            } else {
                put(item.keys, row: row, column: inside.column, columns: 26, style: Style(.key))
                put(item.text, row: row, column: inside.column + 27, columns: inside.columns - 27)
            }
        }
        drawScroll(top: first, total: lines.count, rect: rect)
    }

    /// The keys of the screen below and the commands, made from their tables.
    private func helpLines() -> [(keys: String, text: String)] {
        let context = state.screenContext
        var own: [(keys: String, text: String)] = []
        var shared: [(keys: String, text: String)] = []
        for binding in KeyTable.bindings where binding.contexts.contains(context) {
            let item = (binding.keys.map { $0.label(glyphs) }.joined(separator: " "), binding.help)
            if binding.contexts.isSuperset(of: Context.screens) { shared.append(item) } else { own.append(item) }
        }
        let title = context == .waiting ? "Waiting for a node" : state.screen.title
        var lines = [("", title)] + own + [("", "Everywhere")] + shared + [("", "Commands after :")]
        lines += ColonCommand.all.map { (":" + $0.name + ($0.arguments.isEmpty ? "" : " " + $0.arguments), $0.help) }
        lines += [
            ("", "Filters after /"), ("word", "in label, address, id or category"),
            ("amt>0.1  amt<1", "by amount in BTC"), ("conf>5  conf<1", "by confirmations"),
            ("label~text", "in the label only"),
        ]
        return lines
    }
}
