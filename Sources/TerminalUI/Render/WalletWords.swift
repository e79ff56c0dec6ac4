import BitcoinInterfaces

extension Painter {
    /// A wallet's state in words, and its weight.
    ///
    /// - Parameter isBrief: Whether it must fit eleven columns.
    func walletState(_ entry: WalletEntry, isBrief: Bool = false) -> (text: String, role: Role) {
        switch entry.status {
        case .onDisk: return ("on disk", .faint)
        case .failed: return ("failed", .bad)
        case .loading: return ("loading", .caution)
        case .attached: break
        }
        if case .broken = entry.link { return ("unreachable", .bad) }
        guard let info = entry.info.value else { return ("attached", .good) }
        if info.scanProgress >= 0 {
            let percent = NumberText.fixed(min(1, info.scanProgress) * 100, decimals: 0)
            return ("\(isBrief ? "scan" : "scanning") \(percent) %", .caution)
        }
        if info.locked { return ("locked", .caution) }
        if info.encrypted {
            // The lock is set by the wallet's clock, which is the node's.
            let left = info.unlockedUntil &- state.nodeTime
            return (left > 0 && !isBrief ? "unlocked \(TimeText.age(left))" : "unlocked", .caution)
        }
        if !info.privateKeysEnabled { return ("watch-only", .good) }
        return ("attached", .good)
    }

    /// The mark in front of a wallet, which repeats the state for the eye.
    func walletMark(_ entry: WalletEntry) -> Character {
        switch entry.status {
        case .attached: glyphs.filled
        case .loading, .onDisk: glyphs.open
        case .failed: glyphs.cross
        }
    }

    /// How a wallet's process came to be; a wallet without one is held by the node itself.
    func origin(_ listing: WalletListing) -> String {
        if listing.isInNode { return "in node" }
        return listing.origin == .spawned ? "spawned" : "by hand"
    }

    /// The wallets at the left of wide terminals.
    mutating func drawWalletPane(_ rect: Rect) {
        bar(column: rect.endColumn, row: rect.row, rows: rect.rows)
        put("Wallets", row: rect.row, column: rect.column + 1, columns: rect.columns - 2, style: .heading)
        put("BTC", row: rect.row, column: rect.column, columns: rect.columns - 1, style: .faint, alignment: .trailing)
        var row = rect.row + 1
        for entry in state.wallets.entries where row < rect.endRow - 2 {
            let isCurrent = entry.name == state.currentWallet
            let mark = "\(isCurrent ? ">" : " ")\(walletMark(entry)) "
            let state = walletState(entry)
            let amountText = entry.balances.value.map { amount($0.trusted) }
            let room = rect.columns - 4 - (amountText.map { $0.count + 1 } ?? state.text.count + 1)
            put(mark, row: row, column: rect.column, columns: 3, style: live(state.role))
            put(
                entry.shownName, row: row, column: rect.column + 3, columns: room,
                style: isCurrent ? .heading : dataStyle)
            put(
                amountText ?? state.text, row: row, column: rect.column + 3, columns: rect.columns - 4,
                style: amountText == nil ? live(state.role) : dataStyle, alignment: .trailing)
            if entry.status == .attached {
                hits.append(
                    HitRegion(
                        rect: Rect(column: rect.column, row: row, columns: rect.columns, rows: 1),
                        target: .command(.openWallet(entry.name))))
            }
            row += 1
        }
        guard state.wallets.attached.count > 1, row < rect.endRow - 1 else { return }
        rule(row: row, column: rect.column + 12, columns: rect.columns - 13)
        put("all", row: row + 1, column: rect.column + 3, columns: 8)
        put(
            amount(state.wallets.totalTrusted), row: row + 1, column: rect.column, columns: rect.columns - 1,
            style: dataStyle, alignment: .trailing)
    }
}
