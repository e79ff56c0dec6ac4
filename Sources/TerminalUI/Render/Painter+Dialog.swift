extension Painter {
    mutating func draw(_ dialog: Dialog, isTop: Bool) {
        let columns = min(size.columns - 6, 72)
        let text = DisplayText.wrap(
            DisplayText.clean(dialog.explanation, isUnicode: capabilities.isUnicode), columns: columns - 4)
        let errors = DisplayText.wrap(
            DisplayText.clean(dialog.error, isUnicode: capabilities.isUnicode), columns: columns - 6)
        let rows = 2 + text.count + 1 + dialog.fields.count + (dialog.fields.isEmpty ? 0 : 1) + max(1, errors.count) + 1
        let rect = Rect(size).centered(columns: columns, rows: min(rows, size.rows - 4))
        let inside = box(rect, title: title(of: dialog))
        var row = inside.row
        for line in text {
            put(line, row: row, column: inside.column, columns: inside.columns)
            row += 1
        }
        row += 1
        for (index, field) in dialog.fields.enumerated() {
            draw(field, index: index, isFocused: index == dialog.focus && isTop, row: row, rect: inside)
            row += 1
        }
        if !dialog.fields.isEmpty { row += 1 }
        if let job = dialog.job {
            put(
                (state.jobs[job]?.running ?? "working") + String(glyphs.ellipsis), row: row, column: inside.column,
                columns: inside.columns, style: .faint)
        }
        for (index, line) in errors.enumerated() where row < inside.endRow - 1 {
            put(
                (index == 0 ? "! " : "  ") + line, row: row, column: inside.column, columns: inside.columns,
                style: Style(.bad))
            row += 1
        }
        drawButtons(dialog, isTop: isTop, row: inside.endRow - 1, rect: inside)
    }

    private func title(of dialog: Dialog) -> String {
        let name: String? =
            switch dialog.purpose {
            case .detachWallet(let name), .restartWallet(let name), .unlockWallet(let name),
                .importDescriptor(let name):
                state.shown(name)
            default: nil
            }
        guard let name else { return dialog.title }
        return dialog.title + " \(glyphs.step) " + DisplayText.clean(name, isUnicode: capabilities.isUnicode)
    }

    private mutating func draw(_ field: Dialog.Field, index: Int, isFocused: Bool, row: Int, rect: Rect) {
        let mark = isFocused ? ">" : " "
        put("\(mark) \(field.label)", row: row, column: rect.column, columns: 14, style: isFocused ? .heading : .plain)
        let column = rect.column + 15
        let columns = rect.columns - 15
        hits.append(
            HitRegion(
                rect: Rect(column: rect.column, row: row, columns: rect.columns, rows: 1), target: .dialogField(index)))
        switch field.content {
        case .text(let editor):
            let noteColumns = field.note.isEmpty || !editor.isEmpty ? 0 : field.note.count + 2
            let part = editor.visible(columns: columns - 1, isUnicode: capabilities.isUnicode)
            grid.put(
                part.text + String(repeating: " ", count: max(0, columns - noteColumns - DisplayText.width(part.text))),
                row: row, column: column, limit: columns, style: Style(.input))
            if noteColumns > 0 {
                put(field.note, row: row, column: column, columns: columns, style: .faint, alignment: .trailing)
            }
            if isFocused { showCursor(column: column + part.cursor, row: row) }
        case .secret(let secret):
            // Neither the passphrase nor its length is drawn.
            put(
                secret.isEmpty ? "(nothing typed)" : "(hidden)", row: row, column: column, columns: columns,
                style: Style(.input))
            if isFocused { showCursor(column: column, row: row) }
        case .toggle(let isOn):
            put("[\(isOn ? "x" : " ")]", row: row, column: column, columns: 3, style: isFocused ? .heading : .plain)
            put(field.note, row: row, column: column + 4, columns: columns - 4, style: .faint)
            if isFocused { cursor = Position(column: column + 1, row: row) }
        }
    }

    private mutating func drawButtons(_ dialog: Dialog, isTop: Bool, row: Int, rect: Rect) {
        var column = rect.column
        let buttons = [(dialog.acceptIndex, dialog.acceptLabel), (dialog.cancelIndex, "Cancel")]
        for (index, label) in buttons {
            let isFocused = index == dialog.focus && isTop
            let text = "[ \(label) ]"
            let band = Rect(column: column, row: row, columns: text.count, rows: 1)
            put(text, row: row, column: column, columns: text.count, style: isFocused ? .heading : .plain)
            hits.append(HitRegion(rect: band, target: .dialogField(index)))
            if isFocused {
                grid.select(row: row, column: column, columns: text.count)
                cursor = Position(column: column, row: row)
            }
            column += text.count + 2
        }
    }
}
