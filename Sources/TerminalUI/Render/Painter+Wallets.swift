import BitcoinInterfaces

extension Painter {
    mutating func drawWallets(_ layout: Layout) {
        let rect = layout.list
        let table = Table(
            [
                TableColumn(title: "Wallet", width: 12, stretch: 3, maximum: 40),
                TableColumn(title: "state", width: 11, stretch: 1, maximum: 16),
                TableColumn(title: "where", width: 7, priority: 4),
                TableColumn(title: "trusted BTC", width: 18, stretch: 1, maximum: 22, isTrailing: true),
                TableColumn(title: "pending", width: 8, isTrailing: true, priority: 3),
                TableColumn(title: "process", width: 7, isTrailing: true, priority: 5),
                TableColumn(title: "memory", width: 6, isTrailing: true, priority: 2),
            ], width: rect.columns - 1, start: 4)
        title(
            "", filter: state.filters[.wallets], count: walletCount(), in: rect)
        tableHead(table, row: rect.row + 1, column: rect.column)
        let rows = layout.listRows
        let visible = state.wallets.visible
        if visible.isEmpty {
            put(noWallets(), row: rows.row, column: rect.column + 4, columns: rect.columns - 5, style: .faint)
        }
        for (line, entry) in visible.dropFirst(state.wallets.top).prefix(rows.rows).enumerated() {
            let row = rows.row + line
            let words = walletState(entry)
            put("\(walletMark(entry))", row: row, column: rect.column + 2, columns: 1, style: live(words.role))
            tableRow(table, row: row, column: rect.column, cells: walletCells(entry))
            if entry.status == .failed, let error = entry.listing?.error {
                put(
                    error, row: row, column: rect.column + 32, columns: rect.columns - 33, style: live(.bad))
            }
            hitRow(state.wallets.top + line, row: row, rect: rows)
            if state.wallets.top + line == state.wallets.cursor { markSelected(row: row, rect: rows) }
        }
        if let detail = layout.detail {
            drawDetailFrame(layout)
            drawWalletDetail(detail)
        }
    }

    private func walletCount() -> String {
        let attached = state.wallets.attached.count
        return "\(attached) of \(state.wallets.entries.count) attached"
    }

    private func noWallets() -> String {
        if let failure = state.wallets.listings.failure { return failure }
        guard state.identity?.hasWallets ?? true else { return "this node serves no wallets" }
        return state.wallets.entries.isEmpty ? "none yet; n creates one" : "none matches"
    }

    private func walletCells(_ entry: WalletEntry) -> [TableCell] {
        let words = walletState(entry, isBrief: true)
        guard entry.status != .failed else { return [TableCell(entry.shownName), TableCell(words.text, words.role)] }
        let balances = entry.status == .attached ? entry.balances.value : nil
        let pending = balances?.untrustedPending ?? 0
        let listing = entry.listing
        return [
            TableCell(entry.shownName),
            TableCell(words.text, words.role),
            TableCell(listing.map(origin) ?? "", .faint),
            TableCell(balances.map { amount($0.trusted) } ?? ""),
            TableCell(pending == 0 ? "" : state.isMasked ? "*" : shortAmount(pending), .caution),
            TableCell(listing.map { $0.processID == 0 ? "" : String($0.processID) } ?? ""),
            TableCell(listing.map { $0.memory == 0 ? "" : NumberText.bytes($0.memory) } ?? ""),
        ]
    }

    /// The wallet under the cursor in full.
    private mutating func drawWalletDetail(_ rect: Rect) {
        guard let entry = state.wallets.selected else { return }
        let words = walletState(entry)
        var lines: [(text: String, role: Role)] = []
        if let listing = entry.listing, entry.status == .failed {
            lines += DisplayText.wrap(DisplayText.clean(listing.error), columns: rect.columns - 2).map { ($0, .bad) }
        }
        if case .broken(let reason) = entry.link {
            let text = "its own socket does not answer: " + DisplayText.clean(reason)
            lines += DisplayText.wrap(text, columns: rect.columns - 2).map { ($0, .bad) }
        }
        if let info = entry.info.value {
            let keys = info.privateKeysEnabled ? info.encrypted ? "keys here, encrypted" : "keys here" : "watch-only"
            let parts = [
                keys, NumberText.count(info.descriptors, "descriptor"),
                NumberText.count(info.transactions, "transaction"),
                info.birthTime > 1 ? "birth \(date(info.birthTime).prefix(10))" : "",
            ]
            lines.append((parts.filter { !$0.isEmpty }.joined(separator: ", "), .plain))
            var place = "last block \(NumberText.grouped(info.lastBlock.height))"
            if entry.status == .attached, let listing = entry.listing, listing.processID != 0 {
                place += ", process \(listing.processID)"
                if listing.memory != 0 { place += ", " + NumberText.bytes(listing.memory) }
            }
            lines.append((place, .plain))
            lines += info.warnings.map { ("! \($0)", .caution) }
        }
        if let balances = entry.balances.value, entry.status == .attached {
            lines.append(("trusted  \(amount(balances.trusted))", .plain))
            if balances.untrustedPending != 0 {
                lines.append(("pending  \(amount(balances.untrustedPending))", .plain))
            }
            if balances.immature != 0 { lines.append(("immature \(amount(balances.immature))", .plain)) }
            if balances.nonMempool != 0 { lines.append(("not in mempool \(amount(balances.nonMempool))", .plain)) }
        }
        if let listing = entry.listing, !listing.address.isEmpty {
            let way = listing.isInNode ? "held by the node, reached by JSON-RPC at" : "socket"
            lines.append(("\(way) \(listing.address)", .faint))
        }
        let name = DisplayText.clean(entry.shownName, isUnicode: capabilities.isUnicode)
        let end = put(name, row: rect.row, column: rect.column + 1, columns: rect.columns - 16, style: .heading)
        put("  " + words.text, row: rect.row, column: end, columns: rect.endColumn - end, style: live(words.role))
        for (index, line) in lines.prefix(rect.rows - 1).enumerated() {
            put(
                line.text, row: rect.row + 1 + index, column: rect.column + 1, columns: rect.columns - 2,
                style: live(line.role))
        }
    }
}
