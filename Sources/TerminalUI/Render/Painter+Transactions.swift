import BitcoinInterfaces

extension Painter {
    mutating func drawTransactions(_ layout: Layout) {
        let rect = layout.list
        guard walletTitle(state.transactions, noun: "transaction", in: rect) else { return }
        let isRoomy = rect.columns >= 90
        let table = Table(
            [
                TableColumn(title: "date", width: isRoomy ? 16 : 11),
                TableColumn(title: "conf", width: 5, isTrailing: true),
                TableColumn(title: "kind", width: 8, priority: 6),
                TableColumn(title: "label / to", width: 10, stretch: 3, maximum: 64),
                TableColumn(title: "amount BTC", width: 18, stretch: 1, maximum: 23, isTrailing: true),
                TableColumn(title: "fee sat", width: 8, isTrailing: true, priority: 3),
            ], width: rect.columns - 1)
        tableHead(table, row: rect.row + 1, column: rect.column)
        let empty = state.filters[.transactions] == nil ? "no transactions yet" : "none matches"
        list(state.transactions, in: layout.listRows, table: table, empty: empty) { painter, row in
            let isDead = row.confirmations < 0 || row.replaced || row.abandoned
            let local = painter.state.configuration.localTime
            let now = painter.state.nodeTime
            let when = isRoomy ? TimeText.full(row.time, local) : TimeText.short(row.time, now: now, local)
            let text = painter.label(row)
            return [
                TableCell(when, isDead ? .faint : .plain),
                TableCell(painter.confirmations(row, isBrief: true), row.confirmations > 0 ? .plain : .caution),
                TableCell(row.category, .faint),
                TableCell(text.text, isDead ? .faint : .plain, isMiddle: text.isAddress),
                TableCell(
                    painter.amount(row.amount, isSigned: true), isDead ? .faint : row.amount < 0 ? .outgoing : .incoming
                ),
                TableCell(row.fee == 0 ? "" : painter.satoshi(0 &- row.fee), .faint),
            ]
        }
        drawDetailFrame(layout)
        guard let detail = layout.detail, let row = state.transactions.selected else { return }
        let columns = detail.columns - 2
        let lines = state.transactionLines(row, columns: columns)
        // Addresses in full where there is room for them.
        let fits = lines.count <= detail.rows
        drawLines(fits ? lines : state.transactionLines(row, columns: columns, isBrief: true), in: detail)
    }

    /// A depth in a word or number. In its brief form no longer than five columns.
    func confirmations(_ row: TransactionRow, isBrief: Bool) -> String {
        if row.abandoned { return isBrief ? "aband" : "abandoned" }
        if row.confirmations < 0 { return isBrief ? "confl" : "conflicted" }
        if row.confirmations == 0 { return isBrief ? "pend" : "pending" }
        let count = Int(row.confirmations)
        if isBrief, count >= 10_000 { return "\(count / 1000)k" }
        return isBrief ? String(count) : NumberText.grouped(count)
    }

    private func label(_ row: TransactionRow) -> (text: String, isAddress: Bool) {
        let mark = row.replaced ? "R " : ""
        if !row.label.isEmpty { return (mark + row.label, false) }
        if !row.address.isEmpty { return (mark + row.address, true) }
        return (mark.isEmpty ? "(no address)" : mark + "(no address)", false)
    }
}

extension AppState {
    /// A transaction of the wallet in lines, the most important first.
    ///
    /// - Parameter isBrief: Whether addresses are cut rather than given a line of their own.
    func transactionLines(_ row: TransactionRow, columns: Int, isBrief: Bool = false) -> [String] {
        let id = "\(row.transactionID)"
        guard let answer = details.value(for: row.transactionID) else {
            return [id, details.failure(for: row.transactionID) ?? "loading"]
        }
        guard let transaction = answer else { return [id, "the wallet does not know this transaction any more"] }
        var lines = [id]
        var parts: [String] = []
        if let block = transaction.block {
            parts.append("block \(NumberText.grouped(block.height))")
            parts.append(DisplayText.fitMiddle("\(block.hash)", columns: 17))
        } else {
            parts.append(transaction.confirmations < 0 ? "conflicted" : "not in a block")
        }
        parts.append("\(transaction.inputs.count) in")
        parts.append("\(transaction.outputs.count) out")
        parts.append("vsize \(NumberText.grouped(transaction.virtualSize))")
        if transaction.fee >= 0 {
            let rate = NumberText.feeRate(satoshi: transaction.fee, virtualBytes: transaction.virtualSize)
            parts.append("\(rate) sat/vB")
        }
        lines.append(parts.joined(separator: "  "))
        if !transaction.replacedBy.isEmpty { lines.append("replaced by \(transaction.replacedBy)") }
        lines += transaction.inputs.flatMap { endLines($0, "  in  ", columns: columns, isBrief: isBrief) }
        lines += transaction.outputs.flatMap { endLines($0, "  out ", columns: columns, isBrief: isBrief) }
        return lines
    }

    /// An input or output: how much, whose, where, what for. Where there is little room the address has its own line.
    private func endLines(
        _ end: TransactionEnd, _ direction: String, columns: Int, isBrief: Bool
    ) -> [String] {
        let whose = end.isChange ? "change" : end.isMine ? "mine" : ""
        let amount = end.amount < 0 ? "?" : isMasked ? "***" : NumberText.bitcoin(end.amount)
        let padding = String(repeating: " ", count: max(0, 16 - amount.count))
        let start = direction + padding + amount + "  " + whose
        let label = end.label.isEmpty ? "" : "  \"\(DisplayText.clean(end.label))\""
        let address = DisplayText.clean(end.address)
        let startColumns = direction.count + 26
        let room = columns - startColumns - DisplayText.width(label)
        if room < (isBrief ? 20 : DisplayText.width(address)) {
            let own = String(repeating: " ", count: direction.count)
            let gap = label.isEmpty ? "" : String(repeating: " ", count: 6 - whose.count)
            return [
                DisplayText.fit(start + gap + label, columns: columns),
                own + DisplayText.fitMiddle(address, columns: max(12, columns - own.count)),
            ]
        }
        let gap = String(repeating: " ", count: max(2, startColumns - start.count))
        return [start + gap + DisplayText.fitMiddle(address, columns: min(62, room)) + label]
    }

    /// Opens the transaction under the cursor in full.
    mutating func showDetails() {
        guard let row = transactions.selected else { return }
        var lines = transactionLines(row, columns: size.columns - 4)
        if let answer = details.value(for: row.transactionID), let transaction = answer {
            let hex = transaction.raw.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            lines.insert("time \(TimeText.full(transaction.time, configuration.localTime))", at: 1)
            if transaction.fee >= 0, !isMasked { lines.insert("fee \(NumberText.grouped(transaction.fee)) sat", at: 2) }
            lines += ["", "raw"] + DisplayText.wrap(hex, columns: 72)
        }
        show(title: "Transaction", lines: lines.joined(separator: "\n"))
    }
}
