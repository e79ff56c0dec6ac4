import BitcoinInterfaces

extension AppState {
    /// Does what a key, a menu line or a click asks for.
    mutating func perform(_ command: Command, _ effects: inout [Effect]) {
        switch command {
        case .show(let wanted): show(wanted)
        case .move(let movement): move(movement)
        case .open: open(&effects)
        case .back: back()
        case .detach:
            wipeSecrets()
            exit = .detached
        case .filter: line = LineInput(kind: .filter, editor: LineEditor(filters[screen] ?? ""))
        case .commandLine:
            popups.removeAll()
            line = LineInput(kind: .command, editor: LineEditor())
        case .menu: popups.append(.menu(contextMenu()))
        case .help:
            if case .menu = popups.last { popups.removeLast() }
            popups.append(.help(0))
        case .refresh:
            markAllStale()
            effects.append(.redraw)
        case .suspend: effects.append(.suspend)
        case .mask:
            isMasked.toggle()
            say(isMasked ? "amounts are hidden; m shows them" : "amounts are shown", isKept: false)
        case .messages: showMessages()
        case .connect:
            effects.append(.connect)
            if !isLive { say("trying", .faint, isKept: false) }
        case .connectionDetails: showConnection()
        case .follow: log.follow()
        case .scrollSideways(let columns): scrollSideways(columns)
        case .accept, .focus, .toggle, .complete, .recall, .edit: performTyped(command, &effects)
        case .startNode, .stopNode, .pickWallet, .stepWallet, .openWallet, .attachWallet, .detachWallet,
            .createWallet, .restartWallet, .unlockWallet, .lockWallet, .importDescriptor, .mine:
            performWallet(command, &effects)
        }
    }

    /// Shows a screen as it was left.
    mutating func show(_ wanted: ScreenID) {
        popups.removeAll { if case .dialog = $0 { false } else { true } }
        if screen == wanted, wanted == .blocks { blocks.open = nil }
        screen = wanted
        wallets.filter = filters[.wallets] ?? ""
    }

    private mutating func back() {
        if line != nil {
            line = nil
            return
        }
        if let popup = popups.popLast() {
            if case .dialog(let dialog) = popup { dialog.wipe() }
            return
        }
        if blocks.open?.transaction != nil, screen == .blocks {
            blocks.open?.transaction = nil
        } else if blocks.open != nil, screen == .blocks {
            blocks.open = nil
        } else if message != nil {
            message = nil
        } else if filters[screen] != nil {
            setFilter("")
        }
    }

    private mutating func scrollSideways(_ columns: Int) {
        if case .viewer(var viewer) = popups.last {
            viewer.left = max(0, min(viewer.left + columns, 10_000))
            popups[popups.count - 1] = .viewer(viewer)
        } else {
            log.left = max(0, min(log.left + columns, 10_000))
        }
    }

    /// What the cursor is on.
    private mutating func open(_ effects: inout [Effect]) {
        switch screenContext {
        case .overview: if let entry = wallets.selected { openWallet(entry) }
        case .wallets:
            guard let entry = wallets.selected else { return }
            if entry.status == .onDisk { return attach(entry.name, &effects) }
            popups.append(.menu(contextMenu()))
        case .transactions: showDetails()
        case .addresses:
            guard let row = addresses.selected else { return }
            show(title: "Address", lines: addressLines(row).joined(separator: "\n"))
        case .coins:
            guard let row = coins.selected else { return }
            show(title: "Coin", lines: coinLines(row).joined(separator: "\n"))
        case .blocks:
            guard let row = blocks.list.selected else { return }
            blocks.open = OpenBlock(hash: row.block.hash, height: row.block.height)
        case .block:
            guard let open = blocks.open, open.count > 0 else { return }
            blocks.open?.transaction = open.cursor
            blocks.open?.scroll = 0
        default: break
        }
    }

    private mutating func openWallet(_ entry: WalletEntry) {
        guard entry.status == .attached else {
            show(.wallets)
            return
        }
        choose(entry.name)
        show(.transactions)
    }

    /// Makes a wallet the current one.
    mutating func choose(_ name: String) {
        guard currentWallet != name else { return }
        currentWallet = name
        transactions = ListWindow()
        addresses = ListWindow()
        coins = ListWindow()
        details = KeyedSlot()
    }

    /// Shows only what matches.
    mutating func setFilter(_ text: String) {
        filters[screen] = text.isEmpty ? nil : text
        switch screen {
        case .wallets:
            let name = wallets.selected?.name
            wallets.filter = text
            let index = wallets.visible.firstIndex { $0.name == name } ?? 0
            wallets.move(to: index, height: listHeight)
        case .transactions: transactions = ListWindow()
        case .addresses: addresses = ListWindow()
        case .coins: coins = ListWindow()
        case .log: log.setFilter(text)
        case .blocks:
            filters[.blocks] = nil
            if !text.isEmpty { goTo(text) }
        case .overview: break
        }
    }
}
