extension Painter {
    /// No node was ever reached: what was tried, why it failed, and what can be done.
    mutating func drawWaiting() {
        let rect = Rect(size).droppingTop(2).droppingBottom(Layout.footRows)
        var row = rect.row + 1
        let columns = rect.columns - 4
        let title = state.nodeStart == .starting ? "Starting a node in the background" : "Waiting for a node"
        put(title, row: row, column: 2, columns: columns, style: .heading)
        row += 2
        if state.attempts.isEmpty {
            put("connecting" + String(glyphs.ellipsis), row: row, column: 2, columns: columns, style: .faint)
            row += 2
        } else {
            put("Tried so far:", row: row, column: 2, columns: columns)
            row += 1
        }
        let last = rect.endRow - 5
        for attempt in state.attempts.suffix(8) where row < last {
            putMiddle(attempt.address, row: row, column: 4, columns: columns - 2, style: .heading)
            row += 1
            let reasons = [(attempt.reason, Role.caution), (attempt.remedy, Role.plain)].filter { !$0.0.isEmpty }
            for (text, role) in reasons {
                for line in DisplayText.wrap(DisplayText.clean(text), columns: columns - 4) where row < last {
                    put(line, row: row, column: 6, columns: columns - 4, style: Style(role))
                    row += 1
                }
            }
        }
        row = min(row + 1, last)
        if case .failed(let reason) = state.nodeStart {
            for line in DisplayText.wrap("! The node did not start: " + DisplayText.clean(reason), columns: columns)
            where row < rect.endRow {
                put(line, row: row, column: 2, columns: columns, style: Style(.bad))
                row += 1
            }
        }
        var lines = ["It is tried again by itself, and goes on as soon as a node answers."]
        if state.holds(.canStart) {
            lines.append("s starts a node in the background:  \(state.configuration.startCommand)")
        }
        for line in lines where row < rect.endRow {
            put(line, row: row, column: 2, columns: columns)
            row += 1
        }
    }
}
