extension Painter {
    mutating func drawLog(_ layout: Layout) {
        var rect = layout.body
        if let pane = layout.wallets { rect = rect.droppingLeft(pane.columns + 1) }
        let log = state.log
        let isFiltered = !log.filter.isEmpty
        let count =
            log.failure != nil
            ? ""
            : isFiltered
                ? "\(NumberText.grouped(log.matches.count)) of the newest \(NumberText.grouped(log.lines.count))"
                : "\(NumberText.grouped(log.total)) lines" + (log.isFollowing ? ", following" : "")
        title(
            "debug log" + (state.isLive ? "" : "  stale"), filter: isFiltered ? log.filter : nil, count: count, in: rect
        )
        if let failure = log.failure {
            let lines = DisplayText.wrap(DisplayText.clean(failure), columns: rect.columns - 2)
            for (index, line) in lines.prefix(rect.rows - 1).enumerated() {
                put(
                    line, row: rect.row + 1 + index, column: rect.column + 1, columns: rect.columns - 2,
                    style: Style(.caution))
            }
            return
        }
        for (index, line) in log.visible(height: rect.rows - 1).enumerated() {
            let cleaned = DisplayText.clean(line, isUnicode: capabilities.isUnicode)
            let clean = rect.columns < Layout.detailColumns ? withoutDate(cleaned) : cleaned
            let isBad = clean.contains("[error]") || clean.contains("ERROR") || clean.contains("Error:")
            let isWarning = clean.contains("[warning]") || clean.contains("Warning:")
            put(
                String(clean.dropFirst(log.left)), row: rect.row + 1 + index, column: rect.column + 1,
                columns: rect.columns - 2, style: live(isBad ? .bad : isWarning ? .caution : .plain))
        }
    }

    /// A log line with the time of day for date and time, and without the mocked time: where lines are short the
    /// text counts. `:filter` and the log file have all of it.
    private func withoutDate(_ line: String) -> String {
        let parts = line.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let stamp = parts.first, stamp.count >= 20, stamp.hasSuffix("Z"),
            let start = stamp.firstIndex(of: "T")
        else { return line }
        var text = parts[1]
        if text.hasPrefix("(mocktime: "), let end = text.firstIndex(of: ")") {
            text = text[text.index(after: end)...].drop { $0 == " " }
        }
        return stamp[stamp.index(after: start)...].prefix(8) + " " + text
    }
}
