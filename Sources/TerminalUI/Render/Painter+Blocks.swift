import BitcoinInterfaces
import BitcoinPrimitives

extension Painter {
    mutating func drawBlocks(_ layout: Layout) {
        let rect = layout.list
        let total = state.blocks.list.total.map { NumberText.count($0, "block") } ?? String(glyphs.ellipsis)
        title("active chain", filter: nil, count: total, in: rect)
        let table = Table(
            [
                TableColumn(title: "height", width: 8, isTrailing: true),
                TableColumn(title: "hash", width: 17, stretch: 1, maximum: 64),
                TableColumn(title: "time", width: 16),
                TableColumn(title: "age", width: 7, isTrailing: true, priority: 5),
                TableColumn(title: "tx", width: 6, isTrailing: true),
                TableColumn(title: "size", width: 7, isTrailing: true, priority: 4),
                TableColumn(title: "full", width: 5, isTrailing: true, priority: 2),
            ], width: rect.columns - 1)
        tableHead(table, row: rect.row + 1, column: rect.column)
        list(state.blocks.list, in: layout.listRows, table: table, empty: "no blocks") { painter, block in
            [
                TableCell(NumberText.grouped(block.block.height)),
                TableCell("\(block.block.hash)", .faint, isMiddle: true),
                TableCell(painter.date(block.time)), TableCell(painter.age(block.time)),
                TableCell(NumberText.grouped(block.transactions)), TableCell(NumberText.bytes(UInt64(block.size))),
                TableCell(painter.fullness(block.weight), .faint),
            ]
        }
        drawDetailFrame(layout)
        guard let detail = layout.detail, let block = state.blocks.list.selected else { return }
        let lines = [
            "\(block.block.hash)",
            "height \(NumberText.grouped(block.block.height)), \(date(block.time)), "
                + NumberText.count(block.transactions, "transaction"),
            "\(NumberText.grouped(block.size)) bytes, weight \(NumberText.grouped(block.weight)), "
                + "\(fullness(block.weight)) of the limit",
        ]
        drawLines(lines, in: detail)
    }

    /// The part of the weight that a block may have (4 000 000, BIP141).
    private func fullness(_ weight: UInt32) -> String {
        let percent = Double(weight) / 40_000
        return percent >= 10
            ? NumberText.fixed(percent, decimals: 0) + " %" : NumberText.fixed(percent, decimals: 1) + " %"
    }

    mutating func drawBlock(_ layout: Layout) {
        guard let open = state.blocks.open else { return }
        var rect = layout.body
        if let pane = layout.wallets { rect = rect.droppingLeft(pane.columns + 1) }
        let path = "Blocks \(glyphs.step) \(open.height.map { NumberText.grouped($0) } ?? "by hash")"
        title(
            path, filter: nil, count: open.block.value == nil ? "" : NumberText.count(open.count, "transaction"),
            in: rect)
        guard let answer = open.block.value else {
            let text = open.block.failure ?? "loading" + String(glyphs.ellipsis)
            put(text, row: rect.row + 1, column: rect.column + 2, columns: rect.columns - 3, style: .faint)
            return
        }
        guard let block = answer else {
            put(
                "the node does not know this block, or its data is not at hand", row: rect.row + 1,
                column: rect.column + 2, columns: rect.columns - 3, style: Style(.caution))
            return
        }
        let header = block.header
        let lines = [
            ("hash", "\(header.hash)"), ("previous", "\(header.previousBlockHash)"),
            ("merkle root", "\(header.merkleRoot)"),
            ("time", date(Int64(header.time)) + "   bits \(hexadecimal(header.bits))   nonce \(header.nonce)"),
            (
                "version",
                "\(hexadecimal(UInt32(bitPattern: header.version)))   size \(NumberText.grouped(block.size))"
                    + "   weight \(NumberText.grouped(block.weight))"
            ),
        ]
        for (index, line) in lines.enumerated() {
            put(line.0, row: rect.row + 1 + index, column: rect.column + 2, columns: 12, style: .faint)
            put(
                line.1, row: rect.row + 1 + index, column: rect.column + 14, columns: rect.columns - 15,
                style: dataStyle)
        }
        drawBlockTransactions(block, open, in: rect.droppingTop(AppState.blockHeadRows - 1))
    }

    private mutating func drawBlockTransactions(_ block: Block, _ open: OpenBlock, in rect: Rect) {
        let table = Table(
            [
                TableColumn(title: "#", width: 4, isTrailing: true),
                TableColumn(title: "transaction", width: 17, stretch: 1, maximum: 64),
                TableColumn(title: "in", width: 4, isTrailing: true),
                TableColumn(title: "out", width: 4, isTrailing: true),
                TableColumn(title: "vsize", width: 7, isTrailing: true),
                TableColumn(title: "outputs BTC", width: 22, isTrailing: true),
            ], width: rect.columns - 1)
        tableHead(table, row: rect.row, column: rect.column)
        let rows = rect.droppingTop(1)
        for line in 0..<rows.rows {
            let index = open.top + line
            guard index < block.transactions.count else { break }
            let transaction = block.transactions[index]
            let sum = transaction.outputs.reduce(Int64(0)) { $0 &+ $1.value }
            let cells = [
                TableCell(String(index), .faint), TableCell("\(transaction.id)", isMiddle: true),
                TableCell(transaction.isCoinbase ? "new" : String(transaction.inputs.count)),
                TableCell(String(transaction.outputs.count)), TableCell(NumberText.grouped(transaction.virtualSize)),
                TableCell(NumberText.bitcoin(sum)),
            ]
            tableRow(table, row: rows.row + line, column: rect.column, cells: cells)
            hitRow(index, row: rows.row + line, rect: rows)
            if index == open.cursor { markSelected(row: rows.row + line, rect: rows) }
        }
    }

    mutating func drawBlockTransaction(_ layout: Layout) {
        guard let open = state.blocks.open, let index = open.transaction else { return }
        var rect = layout.body
        if let pane = layout.wallets { rect = rect.droppingLeft(pane.columns + 1) }
        let height = open.height.map { NumberText.grouped($0) } ?? "by hash"
        title("Blocks \(glyphs.step) \(height) \(glyphs.step) transaction \(index)", filter: nil, count: "", in: rect)
        let lines = state.transactionLines()
        for (line, text) in lines.dropFirst(open.scroll).prefix(rect.rows - 1).enumerated() {
            put(text, row: rect.row + 1 + line, column: rect.column + 2, columns: rect.columns - 3, style: dataStyle)
        }
    }

    private func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }
}

extension AppState {
    /// The open transaction of the open block, in lines.
    func transactionLines() -> [String] {
        guard let open = blocks.open, let index = open.transaction, let answer = open.block.value, let block = answer,
            block.transactions.indices.contains(index)
        else { return [] }
        let transaction = block.transactions[index]
        let columns = layout.body.columns - (layout.wallets.map { $0.columns + 1 } ?? 0) - 3
        var lines = [
            "id          \(transaction.id)",
            "witness id  \(transaction.witnessID)",
            "version \(transaction.version)   lock time \(transaction.lockTime)   vsize "
                + "\(NumberText.grouped(transaction.virtualSize))   size \(NumberText.grouped(transaction.totalSize))",
            "", "Inputs",
        ]
        for (index, input) in transaction.inputs.enumerated() {
            if transaction.isCoinbase {
                lines += DisplayText.wrap("coinbase " + input.scriptSig.hex, columns: columns - 2).map { "  " + $0 }
            } else {
                lines.append("  \(index)  \(input.previousOutput)")
            }
        }
        lines += ["", "Outputs"]
        for (index, output) in transaction.outputs.enumerated() {
            let amount = NumberText.bitcoin(output.value)
            let padding = String(repeating: " ", count: max(0, 18 - amount.count))
            let target = configuration.addressText(output.scriptPubKey) ?? "script \(output.scriptPubKey.hex)"
            let start = "  \(index)  \(padding)\(amount)"
            if start.count + 2 + target.count <= columns {
                lines.append(start + "  " + target)
            } else {
                lines.append(start)
                lines += DisplayText.wrap(target, columns: columns - 5).map { "     " + $0 }
            }
        }
        return lines
    }
}
