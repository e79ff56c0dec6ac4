extension AppState {
    /// Moves the cursor of whatever is on top.
    mutating func move(_ movement: Command.Movement) {
        let height = listHeight
        switch popups.last {
        case .menu(var menu):
            switch movement {
            case .up, .pageUp: menu.move(by: -1)
            case .down, .pageDown: menu.move(by: 1)
            case .first:
                menu.cursor = menu.items.count - 1
                menu.move(by: 1)
            case .last:
                menu.cursor = 0
                menu.move(by: -1)
            }
            popups[popups.count - 1] = .menu(menu)
        case .help(let top):
            popups[popups.count - 1] = .help(max(0, min(offset(movement, from: top, page: size.rows - 6), 500)))
        case .viewer(var viewer):
            let page = size.rows - 6
            let last = max(0, viewer.lines.count - page)
            viewer.top =
                movement == .last ? last : max(0, min(offset(movement, from: viewer.top, page: page), last))
            popups[popups.count - 1] = .viewer(viewer)
        case .dialog: break
        case nil: moveList(movement, height: height)
        }
    }

    private mutating func moveList(_ movement: Command.Movement, height: Int) {
        let page = max(1, height - 1)
        switch screenContext {
        case .overview, .wallets:
            wallets.move(to: offset(movement, from: wallets.cursor, page: page), height: height)
        case .transactions:
            transactions.move(to: offset(movement, from: transactions.cursor, page: page), height: height)
        case .addresses: addresses.move(to: offset(movement, from: addresses.cursor, page: page), height: height)
        case .coins: coins.move(to: offset(movement, from: coins.cursor, page: page), height: height)
        case .blocks: blocks.list.move(to: offset(movement, from: blocks.list.cursor, page: page), height: height)
        case .block:
            guard let open = blocks.open else { return }
            let wanted = offset(movement, from: open.cursor, page: page)
            blocks.open?.move(to: wanted, height: height)
        case .blockTransaction:
            guard let open = blocks.open else { return }
            let last = max(0, transactionLines().count - height)
            let wanted = offset(movement, from: open.scroll, page: page)
            blocks.open?.scroll = max(0, min(wanted, last))
        case .log:
            switch movement {
            case .up: log.scroll(by: -1, height: height)
            case .down: log.scroll(by: 1, height: height)
            case .pageUp: log.scroll(by: -page, height: height)
            case .pageDown: log.scroll(by: page, height: height)
            case .first: log.scroll(by: -(1 << 50), height: height)
            case .last: log.follow()
            }
        default: break
        }
    }

    /// Where a movement leads. The ends are far beyond any list; whoever moves bounds them.
    private func offset(_ movement: Command.Movement, from index: Int, page: Int) -> Int {
        switch movement {
        case .up: index - 1
        case .down: index + 1
        case .pageUp: index - page
        case .pageDown: index + page
        case .first: 0
        case .last: 1 << 50
        }
    }

    /// Scrolls what is under the pointer by lines.
    mutating func wheel(_ delta: Int) {
        let height = listHeight
        if !popups.isEmpty {
            for _ in 0..<delta.magnitude { move(delta < 0 ? .up : .down) }
            return
        }
        switch screenContext {
        case .transactions: transactions.scroll(by: delta, height: height)
        case .addresses: addresses.scroll(by: delta, height: height)
        case .coins: coins.scroll(by: delta, height: height)
        case .blocks: blocks.list.scroll(by: delta, height: height)
        case .log: log.scroll(by: delta, height: height)
        default: for _ in 0..<delta.magnitude { move(delta < 0 ? .up : .down) }
        }
    }

    /// Moves the cursor of the list shown to a row.
    mutating func select(row: Int) {
        let height = listHeight
        switch screenContext {
        case .overview, .wallets: wallets.move(to: row, height: height)
        case .transactions: transactions.move(to: row, height: height)
        case .addresses: addresses.move(to: row, height: height)
        case .coins: coins.move(to: row, height: height)
        case .blocks: blocks.list.move(to: row, height: height)
        case .block: blocks.open?.move(to: row, height: height)
        default: break
        }
    }

    /// The row under the cursor of the list shown.
    var selectedRow: Int? {
        switch screenContext {
        case .overview, .wallets: wallets.cursor
        case .transactions: transactions.cursor
        case .addresses: addresses.cursor
        case .coins: coins.cursor
        case .blocks: blocks.list.cursor
        case .block: blocks.open?.cursor
        default: nil
        }
    }
}
