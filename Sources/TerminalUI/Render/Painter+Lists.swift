import BitcoinInterfaces

extension Painter {
    /// The line above a list's column titles: what it shows, its filter, how many rows.
    mutating func title(_ text: String, filter: String?, count: String, in rect: Rect) {
        let end = put(text, row: rect.row, column: rect.column + 1, columns: rect.columns / 2, style: .heading)
        if let filter, !filter.isEmpty {
            let start = put("  filter ", row: rect.row, column: end, columns: 9, style: .faint)
            put(
                filter, row: rect.row, column: start, columns: rect.endColumn - start - count.count - 3,
                style: Style(.input))
        }
        put(count, row: rect.row, column: rect.column, columns: rect.columns - 1, style: .faint, alignment: .trailing)
    }

    /// The line between a list and its details.
    mutating func drawDetailFrame(_ layout: Layout) {
        guard let detail = layout.detail else { return }
        if layout.isDetailBelow {
            rule(row: detail.row - 1, column: detail.column, columns: detail.columns)
        } else {
            bar(column: detail.column - 1, row: detail.row, rows: detail.rows)
        }
    }

    /// The wallet whose list is shown, or why there is none.
    ///
    /// - Returns: False when there is nothing to list.
    mutating func walletTitle<Row>(_ window: ListWindow<Row>, noun: String, in rect: Rect) -> Bool {
        guard let entry = state.currentEntry else {
            let text =
                state.wallets.attached.isEmpty ? "no wallet is attached; 2 shows the wallets" : "w chooses a wallet"
            put(text, row: rect.row + 1, column: rect.column + 2, columns: rect.columns - 3, style: .faint)
            return false
        }
        let filter = state.filters[state.screen]
        let total = window.total.map { NumberText.grouped($0) } ?? String(glyphs.ellipsis)
        var count = window.total.map { NumberText.count($0, noun) } ?? total
        if filter != nil, let all = window.unfiltered { count = "\(total) of \(NumberText.grouped(all))" }
        let stale = state.isLive && entry.isReachable ? "" : "  stale"
        title("wallet \(entry.shownName)\(stale)", filter: filter, count: count, in: rect)
        return true
    }

    mutating func drawAddresses(_ layout: Layout) {
        let rect = layout.list
        guard walletTitle(state.addresses, noun: "address", in: rect) else { return }
        let table = Table(
            [
                TableColumn(title: "address", width: 20, stretch: 3, maximum: 62),
                TableColumn(title: "label", width: 12, stretch: 2, maximum: 40),
                TableColumn(title: "purpose", width: 7, priority: 3),
                TableColumn(title: "received BTC", width: 18, stretch: 1, maximum: 22, isTrailing: true),
                TableColumn(title: "tx", width: 4, isTrailing: true, priority: 4),
                TableColumn(title: "path", width: 24, priority: 1),
            ], width: rect.columns - 1)
        tableHead(table, row: rect.row + 1, column: rect.column)
        list(state.addresses, in: layout.listRows, table: table, empty: "no address has a label or was paid") {
            painter, row in
            [
                TableCell(row.address, isMiddle: true), TableCell(row.label), TableCell(row.purpose, .faint),
                TableCell(painter.amount(row.received)), TableCell(NumberText.grouped(row.transactions)),
                TableCell(row.path, .faint),
            ]
        }
        drawDetailFrame(layout)
        guard let detail = layout.detail, let row = state.addresses.selected else { return }
        drawLines(state.addressLines(row), in: detail)
    }

    mutating func drawCoins(_ layout: Layout) {
        let rect = layout.list
        guard walletTitle(state.coins, noun: "coin", in: rect) else { return }
        let table = Table(
            [
                TableColumn(title: "output", width: 15, stretch: 1, maximum: 69),
                TableColumn(title: "amount BTC", width: 18, stretch: 1, maximum: 22, isTrailing: true),
                TableColumn(title: "conf", width: 5, isTrailing: true),
                TableColumn(title: "label / address", width: 12, stretch: 3, maximum: 62),
                TableColumn(title: "state", width: 8, priority: 4),
            ], width: rect.columns - 1)
        tableHead(table, row: rect.row + 1, column: rect.column)
        list(state.coins, in: layout.listRows, table: table, empty: "no coins") { painter, row in
            [
                TableCell("\(row.transactionID):\(row.output)", .faint, isMiddle: true),
                TableCell(painter.amount(row.amount)),
                TableCell(row.confirmations > 0 ? NumberText.grouped(row.confirmations) : "pend"),
                row.label.isEmpty ? TableCell(row.address, isMiddle: true) : TableCell(row.label),
                TableCell(row.stateWord, .caution),
            ]
        }
        drawDetailFrame(layout)
        guard let detail = layout.detail, let row = state.coins.selected else { return }
        drawLines(state.coinLines(row), in: detail)
    }

    /// Lines of text, long ones broken.
    mutating func drawLines(_ lines: [String], in rect: Rect) {
        var row = rect.row
        for line in lines {
            let clean = DisplayText.clean(line, isUnicode: capabilities.isUnicode)
            let fits = DisplayText.width(clean) <= rect.columns - 2
            for part in fits ? [clean] : DisplayText.wrap(clean, columns: rect.columns - 2) {
                guard row < rect.endRow else { return }
                put(part, row: row, column: rect.column + 1, columns: rect.columns - 2, style: dataStyle)
                row += 1
            }
        }
    }
}

extension CoinRow {
    /// What is special about a coin, in a word.
    var stateWord: String {
        if locked { return "locked" }
        if !solvable { return "foreign" }
        return safe ? "" : "unsafe"
    }
}

extension AppState {
    /// An address in full.
    func addressLines(_ row: AddressRow) -> [String] {
        let received = isMasked ? "***" : NumberText.bitcoin(row.received)
        return [
            row.address, row.label.isEmpty ? "no label" : "label \"\(row.label)\"",
            "received \(received) BTC in \(NumberText.count(row.transactions, "transaction"))"
                + (row.purpose.isEmpty ? "" : ", purpose \(row.purpose)")
                + (row.path.isEmpty ? "" : ", path \(row.path)"),
        ]
    }

    /// A coin in full.
    func coinLines(_ row: CoinRow) -> [String] {
        let amount = isMasked ? "***" : NumberText.bitcoin(row.amount)
        var parts = ["\(amount) BTC", NumberText.count(row.confirmations, "confirmation")]
        if row.locked { parts.append("locked by the user") }
        if !row.safe { parts.append("unsafe: unconfirmed and not from this wallet") }
        if !row.solvable { parts.append("this wallet cannot spend it") }
        return [
            "\(row.transactionID):\(row.output)", parts.joined(separator: ", "),
            row.address + (row.label.isEmpty ? "" : "  \"\(row.label)\""),
        ]
    }
}
