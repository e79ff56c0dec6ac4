import BitcoinInterfaces

extension AppState {
    /// The menu of the screen: the lines of the key table that are true here, those about the screen first.
    func contextMenu() -> Menu {
        let context = screenContext
        let isWallets = context == .wallets
        var own: [Menu.Item] = []
        var shared: [Menu.Item] = []
        for binding in KeyTable.active(in: context, self) {
            guard let label = binding.menu else { continue }
            let key = binding.keys.first?.label(.unicode) ?? ""
            let item = Menu.Item(label: label, key: key, command: binding.command)
            if binding.contexts.isSuperset(of: Context.screens) { shared.append(item) } else { own.append(item) }
        }
        var title = screen.title
        if isWallets, let entry = wallets.selected {
            title = DisplayText.clean(entry.shownName)
            if entry.status == .attached {
                own.insert(
                    Menu.Item(label: "Open", key: "", command: .openWallet(entry.name)), at: 0)
            }
        }
        let line = Menu.Item(label: "", key: "", command: nil)
        let items = own.isEmpty ? shared : own + [line] + shared
        return Menu(title: context == .waiting ? "bitcoin-tui" : title, items: items)
    }

    /// The attached wallets to choose from.
    func walletMenu() -> Menu {
        let entries = wallets.attached
        let items = entries.map { entry in
            Menu.Item(
                label: DisplayText.clean(entry.shownName), key: entry.isLocked ? "locked" : "",
                command: .openWallet(entry.name))
        }
        let cursor = entries.firstIndex { $0.name == currentWallet } ?? 0
        return Menu(title: "Wallet", items: items, cursor: cursor)
    }

    /// Shows what was said before.
    mutating func showMessages() {
        let lines = messages.map { TimeText.clock($0.time, configuration.localTime) + "  " + $0.text }
        show(title: "Messages", lines: lines.isEmpty ? "nothing was said yet" : lines.joined(separator: "\n"))
        move(.last)
    }

    /// Shows where the connection goes and what was tried.
    mutating func showConnection() {
        var lines: [String] = []
        switch connection {
        case .waiting: lines.append("no node was reached yet")
        case .live(let identity):
            lines.append("connected to \(identity.address)")
            lines.append("wallets: " + (identity.hasWallets ? "served" : "not served by this node"))
            lines.append("JSON-RPC: " + (identity.hasRpc ? "served" : "not served by this node"))
            if !identity.limits.isEmpty { lines += DisplayText.wrap(identity.limits, columns: size.columns - 4) }
            if let info = info.value {
                if let process = nodeProcess {
                    let number = process.processID == 0 ? "" : ", process \(process.processID)"
                    lines.append("\(process.name) \(process.version)\(number)")
                }
                lines.append("datadir \(info.dataDirectory)")
                // Processes start by the real clock, also where the node's is mocked.
                lines.append("running for " + TimeText.age(max(0, now &- info.process.startTime)))
                for warning in info.warnings {
                    lines.append("")
                    lines += DisplayText.wrap("! " + DisplayText.clean(warning), columns: size.columns - 4)
                }
            }
        case .lost(let since, let reason):
            lines.append("lost at \(TimeText.clock(since, configuration.localTime)): \(reason)")
        }
        for attempt in attempts {
            lines.append("")
            lines.append(attempt.address)
            lines.append("  " + attempt.reason)
            if !attempt.remedy.isEmpty { lines.append("  " + attempt.remedy) }
        }
        show(title: "Connection", lines: lines.joined(separator: "\n"))
    }
}
