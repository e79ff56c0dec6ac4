import BitcoinInterfaces

extension AppState {
    /// Takes an answer. Each window and slot drops answers that it no longer waits for.
    mutating func accept(_ query: Query, _ generation: UInt64, _ answer: Answer) {
        if case .failed(let reason) = answer { return fail(query, generation, reason) }
        switch (query, answer) {
        case (.nodeInfo, .nodeInfo(let value)): acceptInfo(generation, value)
        case (.walletListings, .walletListings(let value)):
            if wallets.listings.accept(generation: generation, value: value) { wallets.rebuild() }
        case (.walletDirectory, .walletDirectory(let value)):
            if wallets.directory.accept(generation: generation, value: value) { wallets.rebuild() }
        case (.mempool, .mempool(let value)): mempool.accept(generation: generation, value: value)
        case (.latestBlocks, .blocks(let value)): blocks.latest.accept(generation: generation, value: value)
        case (.blocks, .blocks(let rows)):
            let total = tipHeight.map { Int($0) + 1 } ?? rows.count
            blocks.list.accept(generation: generation, total: total, rows: rows)
        case (.block(let hash), .block(let value)):
            guard blocks.open?.hash == hash else { return }
            blocks.open?.block.accept(generation: generation, value: value)
        case (.log, .log(let value)):
            log.accept(generation: generation, first: value.first, total: value.total, lines: value.lines)
        default: acceptWallet(query, generation, answer)
        }
    }

    private mutating func acceptInfo(_ generation: UInt64, _ value: NodeInfo) {
        let known = info.value?.tip
        guard info.accept(generation: generation, value: value) else { return }
        clockOffset = value.time &- now
        nodeProcess = value.process
        guard let known, known != value.tip else { return }
        // The event of this tip was missed or is still under way.
        blocks.latest.markStale()
        if value.tip.height > known.height {
            blocks.list.grewAbove(Int(value.tip.height) - Int(known.height))
        } else {
            blocks.list = ListWindow()
        }
    }

    private mutating func acceptWallet(_ query: Query, _ generation: UInt64, _ answer: Answer) {
        switch (query, answer) {
        case (.walletInfo(let name), .walletInfo(let value)):
            wallets.update(name) { $0.info.accept(generation: generation, value: value) }
        case (.balances(let name), .balances(let value)):
            wallets.update(name) { $0.balances.accept(generation: generation, value: value) }
        case (.latestTransactions(let name, _), .transactions(let value)):
            wallets.update(name) { $0.latest.accept(generation: generation, value: value.rows) }
        case (.transactions, .transactions(let value)):
            transactions.accept(
                generation: generation, total: Int(clamping: value.total), unfiltered: Int(clamping: value.unfiltered),
                rows: value.rows)
        case (.addresses, .addresses(let value)):
            addresses.accept(generation: generation, total: Int(clamping: value.total), rows: value.rows)
        case (.coins, .coins(let value)):
            coins.accept(generation: generation, total: Int(clamping: value.total), rows: value.rows)
        case (.details, .details(let value)): details.accept(generation: generation, value: value)
        default: break
        }
    }

    private mutating func fail(_ query: Query, _ generation: UInt64, _ reason: String) {
        switch query {
        case .nodeInfo: info.fail(generation: generation, reason: reason)
        case .walletListings: wallets.listings.fail(generation: generation, reason: reason)
        case .walletDirectory: wallets.directory.fail(generation: generation, reason: reason)
        case .mempool: mempool.fail(generation: generation, reason: reason)
        case .latestBlocks: blocks.latest.fail(generation: generation, reason: reason)
        case .blocks: blocks.list.fail(generation: generation, reason: reason)
        case .block: blocks.open?.block.fail(generation: generation, reason: reason)
        case .log: log.fail(generation: generation, reason: reason)
        case .walletInfo(let name): wallets.update(name) { $0.info.fail(generation: generation, reason: reason) }
        case .balances(let name): wallets.update(name) { $0.balances.fail(generation: generation, reason: reason) }
        case .latestTransactions(let name, _):
            wallets.update(name) { $0.latest.fail(generation: generation, reason: reason) }
        case .transactions: transactions.fail(generation: generation, reason: reason)
        case .addresses: addresses.fail(generation: generation, reason: reason)
        case .coins: coins.fail(generation: generation, reason: reason)
        case .details: details.fail(generation: generation, reason: reason)
        }
    }

    /// Takes the end of an action.
    mutating func finish(_ number: UInt64, _ result: ActionResult) {
        guard let job = jobs.removeValue(forKey: number) else { return }
        let index = popups.lastIndex {
            if case .dialog(let dialog) = $0 { return dialog.job == number }
            return false
        }
        switch result {
        case .done:
            if let index { popups.remove(at: index) }
            say(job.done, .good)
            wallets.listings.markStale()
            wallets.directory.markStale()
        case .response(let text):
            if let index { popups.remove(at: index) }
            finishRpc(job, text)
        case .failed(let reason):
            guard let index, case .dialog(var dialog) = popups[index] else { return say(reason, .bad) }
            dialog.job = nil
            dialog.error = reason
            // A passphrase was wiped when it was sent; the next one is typed anew.
            if let field = dialog.fields.firstIndex(where: { $0.secret != nil }) { dialog.focus = field }
            popups[index] = .dialog(dialog)
        }
    }

    private mutating func finishRpc(_ job: Job, _ text: String) {
        let response = JSONText(text)
        if let error = response?["error"], !error.isNull {
            let reason = error["message"]?.text ?? error.lines().joined(separator: " ")
            say(reason, .bad)
            // Core's help and other long errors need more than a line.
            if reason.contains("\n") { show(title: "Error", lines: reason) }
            return
        }
        let result = response?["result"]
        if !job.done.isEmpty, result?.hasFailure != true {
            say(job.done, .good)
            return
        }
        if let text = result?.text {
            show(title: job.running, lines: text)
        } else {
            show(title: job.running, lines: (result?.lines() ?? [text]).joined(separator: "\n"))
        }
    }

    /// Opens a text to read.
    mutating func show(title: String, lines text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { DisplayText.clean(String($0)) }
        popups.append(.viewer(Viewer(title: title, lines: lines)))
    }
}

extension JSONText {
    /// Whether an item of a result says that it did not succeed, as those of `importdescriptors` do.
    fileprivate var hasFailure: Bool {
        if case .array(let items) = self { return items.contains { $0["success"] == .literal("false") } }
        return false
    }
}
