import BitcoinInterfaces

extension Painter {
    /// Draws everything.
    mutating func draw() {
        guard size.columns >= Size.minimum.columns, size.rows >= Size.minimum.rows else { return drawTooSmall() }
        drawStatus()
        if state.connection == .waiting {
            rule(row: 1, column: 0, columns: size.columns)
            drawWaiting()
        } else {
            drawTabs()
            drawWalletRule()
            drawScreen()
        }
        drawMessage()
        drawFooter()
        drawPopups()
        drawLine()
    }

    private mutating func drawTooSmall() {
        let needed = Size.minimum
        let text = "bitcoin-tui needs \(needed.columns)x\(needed.rows), have \(size.columns)x\(size.rows)"
        for (index, line) in DisplayText.wrap(text, columns: size.columns).enumerated() {
            let row = max(0, size.rows / 2 - 1) + index
            let column = max(0, (size.columns - line.count) / 2)
            put(line, row: row, column: column, columns: size.columns - column)
        }
        put("q leaves", row: size.rows - 1, column: 0, columns: size.columns, style: .faint)
    }

    private mutating func drawScreen() {
        let layout = Layout(size: size, screen: state.screen)
        if let pane = layout.wallets { drawWalletPane(pane) }
        switch state.screenContext {
        case .overview: drawOverview(layout.body)
        case .wallets: drawWallets(layout)
        case .transactions: drawTransactions(layout)
        case .addresses: drawAddresses(layout)
        case .coins: drawCoins(layout)
        case .blocks: drawBlocks(layout)
        case .block: drawBlock(layout)
        case .blockTransaction: drawBlockTransaction(layout)
        default: drawLog(layout)
        }
    }

    /// Network, chain and node: what must never be mistaken.
    private mutating func drawStatus() {
        let isMain = state.chain == "main"
        let name = isMain ? "MAINNET" : state.chain == "test" ? "TESTNET3" : state.chain.uppercased()
        var column = put(
            " \(name) ", row: 0, column: 0, columns: 16, style: Style(isMain ? .mainNetwork : .testNetwork))
        let right = connectionText()
        let rightColumn = size.columns - DisplayText.width(right.text) - 1
        put(right.text, row: 0, column: rightColumn, columns: size.columns - rightColumn, style: Style(right.role))
        hits.append(
            HitRegion(
                rect: Rect(column: rightColumn, row: 0, columns: right.text.count, rows: 1),
                target: .command(.connectionDetails)))
        let separator = " \(glyphs.dot) "
        for (index, part) in statusParts().enumerated() {
            let text = (index == 0 ? " " : separator) + part.text
            guard column + DisplayText.width(text) < rightColumn else { break }
            if index > 0 { column = put(separator, row: 0, column: column, columns: 3, style: .frame) }
            column = put(
                index == 0 ? text : part.text, row: 0, column: column, columns: rightColumn - column,
                style: live(part.role))
        }
    }

    private func statusParts() -> [(text: String, role: Role)] {
        guard let info = state.info.value else { return [] }
        if !info.initMessage.isEmpty { return [(DisplayText.clean(info.initMessage), .caution)] }
        var parts: [(text: String, role: Role)] = [("height \(NumberText.grouped(info.tip.height))", .plain)]
        if let progress = state.progress {
            parts.append(("\(DisplayText.clean(progress.title)) \(progress.percent) %", .caution))
        } else if info.initialBlockDownload {
            let percent = NumberText.fixed(info.verificationProgress * 100, decimals: 1)
            parts.append(("syncing \(percent) %", .caution))
        } else if info.headersHeight > info.tip.height {
            let behind = Int(info.headersHeight) - Int(info.tip.height)
            parts.append(("\(NumberText.grouped(behind)) behind", .caution))
        } else {
            parts.append(("synced", .plain))
        }
        parts.append(("tip \(age(info.tipTime)) ago", .plain))
        parts.append((info.peers == 1 ? "1 peer" : "\(info.peers) peers", .plain))
        return parts
    }

    private func connectionText() -> (text: String, role: Role) {
        switch state.connection {
        case .waiting:
            return (state.nodeStart == .starting ? "starting a node" : "no node \(glyphs.open)", .caution)
        case .live:
            guard let process = state.nodeProcess, process.processID != 0 else {
                return ("node \(glyphs.filled) live", .good)
            }
            return ("node \(process.processID) \(glyphs.filled) live", .good)
        case .lost(let since, _):
            return ("node gone \(glyphs.open) stale for \(TimeText.age(max(0, state.now &- since)))", .caution)
        }
    }

    private mutating func drawTabs() {
        var column = 0
        for screen in ScreenID.allCases {
            let isCurrent = screen == state.screen
            let label = "\(screen.rawValue) \(screen.title)"
            let text = isCurrent ? "[\(label)]" : " \(label) "
            let end = put(
                text, row: 1, column: column, columns: size.columns - column,
                style: isCurrent ? Style(.currentTab) : .plain)
            hits.append(
                HitRegion(
                    rect: Rect(column: column, row: 1, columns: end - column, rows: 1), target: .command(.show(screen)))
            )
            column = end
        }
    }

    /// The line below the tabs, which names the wallet that wallet screens and commands are about.
    private mutating func drawWalletRule() {
        rule(row: 2, column: 0, columns: size.columns)
        guard let entry = state.currentEntry else { return }
        let state = walletState(entry)
        let name = DisplayText.clean(entry.shownName, isUnicode: capabilities.isUnicode)
        let text = " " + DisplayText.fit(name, columns: 30, ellipsis: glyphs.ellipsis) + " \(glyphs.dot) \(state.text) "
        let column = size.columns - DisplayText.width(text) - 2
        put(text, row: 2, column: column, columns: size.columns - column, style: live(state.role))
        hits.append(
            HitRegion(
                rect: Rect(column: column, row: 2, columns: DisplayText.width(text), rows: 1),
                target: .command(.pickWallet)))
    }

    /// The last thing said, or what the node warns of.
    private mutating func drawMessage() {
        let row = size.rows - 2
        if let job = state.jobs.max(by: { $0.key < $1.key }), state.message == nil {
            put(
                job.value.running + String(glyphs.ellipsis), row: row, column: 1, columns: size.columns - 2,
                style: .faint)
        } else if let message = state.message {
            let mark = message.role == .bad || message.role == .caution ? "! " : ""
            put(mark + message.text, row: row, column: 1, columns: size.columns - 2, style: Style(message.role))
        } else if let warning = state.info.value?.warnings.first {
            put("! " + warning, row: row, column: 1, columns: size.columns - 2, style: Style(.caution))
        }
    }

    /// The keys that are true here.
    private mutating func drawFooter() {
        let row = size.rows - 1
        let bindings = KeyTable.active(in: state.context, state).filter { $0.hint != nil }
        var shown: [(key: String, hint: String, command: Command)] = []
        if Context.lists.contains(state.context) || state.context == .menu {
            shown.append(("\(glyphs.up)\(glyphs.down)", "move", .move(.down)))
        }
        for binding in bindings {
            guard let hint = binding.hint, let key = binding.keys.first else { continue }
            shown.append((key.label(glyphs), hint, binding.command))
        }
        // Help and leaving stay in sight whatever else there is.
        let kept = shown.filter { $0.command == .help || $0.command == .detach }
        let rest = shown.filter { $0.command != .help && $0.command != .detach }
        func width(_ item: (key: String, hint: String, command: Command)) -> Int {
            DisplayText.width(item.key) + 1 + item.hint.count + 2
        }
        var room = size.columns - 1 - kept.reduce(0) { $0 + width($1) }
        var chosen: [(key: String, hint: String, command: Command)] = []
        for item in rest where width(item) <= room {
            chosen.append(item)
            room -= width(item)
        }
        var column = 1
        for item in chosen + kept {
            let start = column
            column = put(item.key, row: row, column: column, columns: size.columns - column, style: Style(.key))
            column = put(" " + item.hint, row: row, column: column, columns: size.columns - column, style: .faint)
            hits.append(
                HitRegion(
                    rect: Rect(column: start, row: row, columns: column - start, rows: 1),
                    target: .command(item.command)))
            column += 2
        }
    }

    /// The `:` and `/` lines stand where messages stand.
    private mutating func drawLine() {
        guard let line = state.line else { return }
        let row = size.rows - 2
        grid.clear(Rect(column: 0, row: row, columns: size.columns, rows: 1))
        let mark = line.kind == .command ? ":" : "/"
        put(mark, row: row, column: 1, columns: 1, style: Style(.key))
        let text = line.editor.text
        let shown = line.kind == .command ? CommandWords.shown(text) : text
        guard shown == text else {
            let end = put(shown, row: row, column: 2, columns: size.columns - 3)
            return showCursor(column: min(end, size.columns - 1), row: row)
        }
        let part = line.editor.visible(columns: size.columns - 4, isUnicode: capabilities.isUnicode)
        grid.put(part.text, row: row, column: 2, limit: size.columns - 3, style: .plain)
        showCursor(column: 2 + part.cursor, row: row)
    }
}
