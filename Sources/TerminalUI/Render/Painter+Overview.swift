import BitcoinInterfaces

extension Painter {
    mutating func drawOverview(_ body: Rect) {
        let left = body.left(body.columns / 2 - 1)
        let right = Rect(
            column: body.column + body.columns / 2, row: body.row, columns: body.columns - body.columns / 2,
            rows: body.rows)
        let wallets = max(1, state.wallets.visible.count)
        // The wallets take what they need, the latest transactions at least five rows.
        let walletRows = max(8, min(wallets + 3, body.rows - 7))
        drawChain(left.left(left.columns))
        let lower = body.row + max(walletRows + 1, 13)
        drawLastBlocks(Rect(column: left.column, row: lower, columns: left.columns, rows: body.endRow - lower))
        drawBalances(Rect(column: right.column, row: right.row, columns: right.columns, rows: walletRows))
        drawLatest(Rect(column: right.column, row: lower, columns: right.columns, rows: body.endRow - lower))
    }

    private mutating func drawChain(_ rect: Rect) {
        put("Chain", row: rect.row, column: rect.column + 1, columns: 20, style: .heading)
        guard let info = state.info.value else {
            let text = state.info.failure ?? "loading" + String(glyphs.ellipsis)
            put(text, row: rect.row + 1, column: rect.column + 1, columns: rect.columns - 2, style: .faint)
            return
        }
        let work = info.chainWork.drop { $0 == 0 }.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        let lines: [(String, String)] = [
            ("Best block", "\(info.tip.hash)"),
            ("Headers", NumberText.grouped(info.headersHeight)),
            ("Tip time", date(info.tipTime)),
            ("Difficulty", NumberText.difficulty(info.difficulty)),
            ("Chain work", work.isEmpty ? "0" : "0x" + String(work.drop { $0 == "0" })),
            ("Disk", NumberText.bytes(info.sizeOnDisk)),
            ("Version", info.process.name + " " + info.process.version),
        ]
        for (index, line) in lines.enumerated() {
            let row = rect.row + 1 + index
            put(line.0, row: row, column: rect.column + 1, columns: 13, style: .faint)
            putMiddle(line.1, row: row, column: rect.column + 15, columns: rect.columns - 16, style: dataStyle)
        }
        drawMempool(Rect(column: rect.column, row: rect.row + 9, columns: rect.columns, rows: 3), info)
    }

    private mutating func drawMempool(_ rect: Rect, _ info: NodeInfo) {
        put("Mempool", row: rect.row, column: rect.column + 1, columns: rect.columns - 2, style: .heading)
        let count = info.mempoolTransactions
        let parts = [
            "\(NumberText.grouped(count)) tx",
            NumberText.bytes(info.mempoolBytes).replacingLast("B", with: "vB"),
            "fees \(satoshi(info.mempoolFees)) sat",
        ]
        put(
            parts.joined(separator: " \(glyphs.dot) "), row: rect.row + 1, column: rect.column + 1,
            columns: rect.columns - 2, style: dataStyle)
        if let failure = state.mempool.failure {
            put(failure, row: rect.row + 2, column: rect.column + 1, columns: rect.columns - 2, style: .faint)
            return
        }
        guard let rows = state.mempool.value?.rows, !rows.isEmpty else { return }
        let rates = rows.map { Double($0.fee) / Double(max(1, $0.virtualSize)) }.filter { $0.isFinite && $0 >= 0 }
        guard let lowest = rates.min(), let highest = rates.max() else { return }
        let bars = histogram(rates, lowest: lowest, highest: highest, bins: 12)
        let legend =
            "\(NumberText.fixed(lowest, decimals: 1)) \(glyphs.right) \(NumberText.fixed(highest, decimals: 1)) sat/vB"
        let end = put(bars, row: rect.row + 2, column: rect.column + 1, columns: 12, style: live(.good))
        let all = UInt64(rows.count) < count ? "  best \(rows.count)" : ""
        put(
            "  " + legend + all, row: rect.row + 2, column: end, columns: rect.endColumn - end - 1, style: .faint)
    }

    /// How many transactions pay what, from the lowest rate to the highest.
    private func histogram(_ rates: [Double], lowest: Double, highest: Double, bins: Int) -> String {
        var counts = Array(repeating: 0, count: bins)
        let span = max(highest - lowest, 1e-9)
        for rate in rates { counts[max(0, min(bins - 1, Int((rate - lowest) / span * Double(bins))))] += 1 }
        let most = max(1, counts.max() ?? 1)
        let steps = glyphs.bars.count - 1
        return String(counts.map { glyphs.bars[$0 == 0 ? 0 : max(1, $0 * steps / most)] })
    }

    private mutating func drawLastBlocks(_ rect: Rect) {
        guard rect.rows > 1 else { return }
        let table = Table(
            [
                TableColumn(title: "Last blocks", width: 11, isTrailing: false),
                TableColumn(title: "hash", width: 6, stretch: 1, maximum: 64, priority: 2),
                TableColumn(title: "age", width: 7, isTrailing: true),
                TableColumn(title: "tx", width: 3, isTrailing: true),
                TableColumn(title: "size", width: 6, isTrailing: true, priority: 3),
            ], width: rect.columns, start: 1)
        tableHead(table, row: rect.row, column: rect.column)
        for (index, block) in (state.blocks.latest.value ?? []).prefix(rect.rows - 1).enumerated() {
            let cells = [
                TableCell(NumberText.grouped(block.block.height)),
                TableCell("\(block.block.hash)", .faint, isMiddle: true),
                TableCell(age(block.time)), TableCell(NumberText.grouped(block.transactions)),
                TableCell(NumberText.bytes(UInt64(block.size))),
            ]
            tableRow(table, row: rect.row + 1 + index, column: rect.column, cells: cells)
        }
    }

    private mutating func drawBalances(_ rect: Rect) {
        put("Wallets", row: rect.row, column: rect.column + 2, columns: 20, style: .heading)
        guard state.identity?.hasWallets ?? true else {
            put(
                "this node serves no wallets", row: rect.row + 1, column: rect.column + 2, columns: rect.columns - 3,
                style: .faint)
            return
        }
        let visible = state.wallets.visible
        let room = rect.rows - 3
        let amountEnd = min(rect.columns - 8, max(31, rect.columns * 2 / 3))
        put("BTC", row: rect.row, column: rect.column, columns: amountEnd, style: .faint, alignment: .trailing)
        let top = max(0, min(state.wallets.cursor - room + 1, visible.count - room))
        for (line, entry) in visible.dropFirst(top).prefix(room).enumerated() {
            let row = rect.row + 1 + line
            let state = walletState(entry)
            put("\(walletMark(entry))", row: row, column: rect.column + 2, columns: 1, style: live(state.role))
            if let balances = entry.balances.value, entry.status == .attached {
                let text = amount(balances.trusted)
                let nameEnd = amountEnd - text.count - 1
                put(entry.shownName, row: row, column: rect.column + 4, columns: nameEnd - 4, style: dataStyle)
                put(text, row: row, column: rect.column, columns: amountEnd, style: dataStyle, alignment: .trailing)
                put(
                    balanceNote(entry, balances), row: row, column: rect.column + amountEnd + 1,
                    columns: rect.columns - amountEnd - 1, style: live(.caution))
            } else {
                put(entry.shownName, row: row, column: rect.column + 4, columns: 14, style: dataStyle)
                put(
                    state.text, row: row, column: rect.column + 4, columns: amountEnd - 4, style: live(state.role),
                    alignment: .trailing)
            }
            hitRow(top + line, row: row, rect: rect)
            if top + line == self.state.wallets.cursor {
                markSelected(row: row, rect: rect.left(amountEnd))
            }
        }
        if visible.isEmpty {
            let text = state.wallets.listings.failure ?? "none yet; 2 then n creates one"
            put(text, row: rect.row + 1, column: rect.column + 2, columns: rect.columns - 3, style: .faint)
        }
        guard state.wallets.attached.count > 1 else { return }
        let row = rect.row + 1 + min(room, visible.count)
        rule(row: row, column: rect.column + max(4, amountEnd - 22), columns: min(22, amountEnd - 4))
        put("all \(state.wallets.attached.count)", row: row + 1, column: rect.column + 4, columns: 10)
        put(
            amount(state.wallets.totalTrusted), row: row + 1, column: rect.column, columns: amountEnd,
            style: dataStyle, alignment: .trailing)
    }

    /// What a balance does not say: locked, pending, immature.
    private func balanceNote(_ entry: WalletEntry, _ balances: WalletBalances) -> String {
        if entry.isLocked { return "locked" }
        if balances.untrustedPending != 0 {
            return state.isMasked ? "+*" : shortAmount(balances.untrustedPending)
        }
        return balances.immature > 0 ? "immat." : ""
    }

    /// "+2.360": three decimals, for where room is scarce.
    func shortAmount(_ satoshi: Int64) -> String {
        let sign = satoshi < 0 ? "-" : "+"
        let thousandths = (satoshi.magnitude + 50_000) / 100_000
        let (whole, fraction) = thousandths.quotientAndRemainder(dividingBy: 1000)
        return sign + NumberText.grouped(whole) + "." + String(String(fraction + 1000).dropFirst())
    }

    private mutating func drawLatest(_ rect: Rect) {
        guard rect.rows > 1 else { return }
        put("Latest transactions", row: rect.row, column: rect.column + 2, columns: rect.columns - 3, style: .heading)
        var rows: [(wallet: String, row: TransactionRow)] = []
        for entry in state.wallets.attached {
            rows += (entry.latest.value ?? []).map { (entry.shownName, $0) }
        }
        rows.sort { ($0.row.time, $0.wallet) > ($1.row.time, $1.wallet) }
        let isRoomy = rect.columns >= 60
        let table = Table(
            [
                TableColumn(title: "", width: isRoomy ? 16 : 5),
                TableColumn(title: "", width: 6, stretch: 1, maximum: 24),
                TableColumn(title: "", width: 15, stretch: 1, maximum: 22, isTrailing: true),
                TableColumn(title: "", width: isRoomy ? 8 : 5, isTrailing: true),
            ], width: rect.columns, gap: isRoomy ? 2 : 1)
        for (index, item) in rows.prefix(rect.rows - 1).enumerated() {
            let time = item.row.time
            let local = state.configuration.localTime
            let when = isRoomy ? TimeText.full(time, local) : TimeText.brief(time, now: state.nodeTime, local)
            let cells = [
                TableCell(when, .faint), TableCell(item.wallet),
                TableCell(amount(item.row.amount, isSigned: true), item.row.amount < 0 ? .outgoing : .incoming),
                TableCell(confirmations(item.row, isBrief: true), item.row.confirmations > 0 ? .faint : .caution),
            ]
            tableRow(table, row: rect.row + 1 + index, column: rect.column, cells: cells)
        }
    }
}

extension String {
    /// The text with its end exchanged: "1.2 kB" with "vB" for "B" is "1.2 kvB".
    fileprivate func replacingLast(_ end: String, with other: String) -> String {
        hasSuffix(end) ? dropLast(end.count) + other : self
    }
}
