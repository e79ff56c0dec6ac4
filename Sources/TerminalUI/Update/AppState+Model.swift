import BitcoinInterfaces

extension AppState {
    mutating func handle(_ event: ModelEvent, _ effects: inout [Effect]) {
        switch event {
        case .attemptFailed, .connected, .disconnected, .nodeStarted: handleConnection(event)
        case .answer(let query, let generation, let answer): accept(query, generation, answer)
        case .finished(let job, let result): finish(job, result)
        case .walletLoaded, .walletUnloaded, .walletFailed, .walletConnected, .walletDisconnected,
            .transactionChanged, .balancesChanged, .addressBookChanged, .walletStatusChanged:
            handleWallet(event)
        case .blockTip, .headerTip, .initMessage, .progress, .mempoolChanged, .warningsChanged, .logAdvanced,
            .shutdownStarted:
            handleNode(event)
        }
    }

    private mutating func handleConnection(_ event: ModelEvent) {
        switch event {
        case .attemptFailed(let attempt):
            attempts.removeAll { $0.address == attempt.address }
            attempts.append(attempt)
            if attempts.count > 20 { attempts.removeFirst() }
        case .connected(let identity):
            if case .lost = connection { say("connected again", .good) }
            connection = .live(identity)
            nodeProcess = nil
            attempts = []
            nodeStart = .idle
            markAllStale()
        case .disconnected(let reason):
            if isLive {
                connection = .lost(since: now, reason: reason)
                say("the node is gone: \(reason); trying again", .caution)
            }
            abandonAll()
        case .nodeStarted(let failure):
            nodeStart = failure.map(NodeStart.failed) ?? .idle
            if let failure {
                say("the node did not start: \(failure)", .bad)
            } else {
                say("a node was started in the background")
            }
        default: break
        }
    }

    /// Everything may have changed: after a new connection, or when the user asks.
    mutating func markAllStale() {
        info.markStale()
        mempool.markStale()
        wallets.listings.markStale()
        wallets.directory.markStale()
        wallets.updateAll { entry in
            entry.markStale()
            if entry.link != .open { entry.link = .none }
        }
        blocks.list.markStale()
        blocks.latest.markStale()
        blocks.open?.block.markStale()
        log.markStale()
        transactions.markStale()
        addresses.markStale()
        coins.markStale()
        details.markStale()
    }

    private mutating func abandonAll() {
        info.abandon()
        mempool.abandon()
        wallets.listings.abandon()
        wallets.directory.abandon()
        wallets.updateAll { entry in
            entry.abandon()
            entry.link = .none
        }
        blocks.list.abandon()
        blocks.latest.abandon()
        blocks.open?.block.abandon()
        log.abandon()
        transactions.abandon()
        addresses.abandon()
        coins.abandon()
        details.abandon()
        progress = nil
    }

    private mutating func handleNode(_ event: ModelEvent) {
        switch event {
        case .blockTip(let tip, let time, let isInitial): takeTip(tip, time: time, isInitial: isInitial)
        case .headerTip(let tip): info.update { $0.headersHeight = max($0.headersHeight, tip.height) }
        case .initMessage(let text):
            info.update { $0.initMessage = text }
            if text.isEmpty { markAllStale() }
        case .progress(let title, let percent):
            progress = percent >= 100 || percent < 0 ? nil : Progress(title: title, percent: percent)
        case .mempoolChanged(let transactions, let bytes):
            info.update {
                $0.mempoolTransactions = transactions
                $0.mempoolBytes = bytes
            }
            mempool.markStale()
        case .warningsChanged(let warnings): info.update { $0.warnings = warnings }
        case .logAdvanced(let total): log.advanced(to: total)
        case .shutdownStarted: say("the node is shutting down", .caution)
        default: break
        }
    }

    private mutating func takeTip(_ tip: BlockRef, time: Int64, isInitial: Bool) {
        let old = tipHeight
        let wasInitial = info.value?.initialBlockDownload ?? false
        info.update {
            $0.tip = tip
            $0.tipTime = time
            $0.headersHeight = max($0.headersHeight, tip.height)
            $0.initialBlockDownload = isInitial
        }
        if let old {
            if tip.height > old {
                blocks.list.grewAbove(Int(tip.height) - Int(old))
            } else {
                // The chain is shorter or another: every row may be a different block.
                blocks.list = ListWindow()
            }
        }
        // While blocks come by the hundred, a snapshot for each would keep node and terminal busy for nothing.
        guard !isInitial || !wasInitial || now != lastTipRefresh else { return }
        lastTipRefresh = now
        info.markStale()
        blocks.latest.markStale()
        mempool.markStale()
    }

    private mutating func handleWallet(_ event: ModelEvent) {
        switch event {
        case .walletLoaded(let listing):
            wallets.take(listing)
            say("\(shown(listing.name)) attached", .good)
        case .walletUnloaded(let listing, let reason):
            wallets.take(listing)
            say("\(shown(listing.name)) detached" + (reason.isEmpty ? "" : ": \(reason)"))
        case .walletFailed(let listing):
            wallets.take(listing)
            say("\(shown(listing.name)) failed: \(listing.error)", .bad)
        case .walletConnected(let name):
            wallets.update(name) {
                $0.link = .open
                $0.markStale()
            }
            if name == currentWallet { markWalletViewStale() }
        case .walletDisconnected(let name, let reason):
            wallets.update(name) {
                $0.link = .broken(reason)
                $0.abandon()
            }
            // The node knows best whether the process is gone.
            wallets.listings.markStale()
        case .transactionChanged(let name, let id):
            wallets.update(name) { $0.latest.markStale() }
            guard name == currentWallet else { return }
            transactions.markStale()
            coins.markStale()
            addresses.markStale()
            if details.key == id { details.markStale() }
        case .balancesChanged(let name, let balances): wallets.update(name) { $0.balances.set(balances) }
        case .addressBookChanged(let name):
            guard name == currentWallet else { return }
            markWalletViewStale()
        case .walletStatusChanged(let name, let info):
            let isNewBlock = wallets[name]?.info.value?.lastBlock != info.lastBlock
            wallets.update(name) {
                $0.info.set(info)
                if isNewBlock { $0.latest.markStale() }
            }
            if isNewBlock, name == currentWallet { markWalletViewStale() }
        default: break
        }
    }

    /// The current wallet's lists may have changed.
    mutating func markWalletViewStale() {
        transactions.markStale()
        addresses.markStale()
        coins.markStale()
        details.markStale()
    }

    /// A wallet's name for messages.
    func shown(_ name: String) -> String { name.isEmpty ? "(default)" : name }
}
