import BitcoinInterfaces

extension AppState {
    /// What the screen shown needs and does not have. Called after every event; asks nothing twice.
    mutating func requests() -> [Effect] {
        guard let identity, exit == nil else { return [] }
        var effects: [Effect] = []
        ask(&effects, .nodeInfo) { $0.info.request(generation: &$1) }
        if identity.hasWallets {
            ask(&effects, .walletListings) { $0.wallets.listings.request(generation: &$1) }
            ask(&effects, .walletDirectory) { $0.wallets.directory.request(generation: &$1) }
            requestWallets(&effects)
        }
        switch screen {
        case .overview: requestOverview(&effects)
        case .wallets: break
        case .transactions, .addresses, .coins: requestWalletView(&effects)
        case .blocks: requestBlocks(&effects)
        case .log:
            if let request = log.request(height: listHeight, generation: &generation) {
                let query = Query.log(first: request.first, count: request.count)
                effects.append(.fetch(query, generation: request.generation))
            }
        }
        return effects
    }

    private mutating func ask(
        _ effects: inout [Effect], _ query: Query, _ request: (inout AppState, inout UInt64) -> UInt64?
    ) {
        var next = generation
        if let number = request(&self, &next) { effects.append(.fetch(query, generation: number)) }
        generation = max(generation, next)
    }

    private mutating func requestWallets(_ effects: inout [Effect]) {
        if currentWallet == nil, let first = wallets.attached.first { currentWallet = first.name }
        for entry in wallets.entries where entry.status == .attached {
            let name = entry.name
            if entry.link == .none, let address = entry.listing?.address, !address.isEmpty {
                wallets.update(name) { $0.link = .connecting }
                effects.append(.connectWallet(name: name, address: address))
            }
            guard entry.link == .open else { continue }
            var next = generation
            wallets.update(name) { entry in
                if let number = entry.info.request(generation: &next) {
                    effects.append(.fetch(.walletInfo(wallet: name), generation: number))
                }
                if let number = entry.balances.request(generation: &next) {
                    effects.append(.fetch(.balances(wallet: name), generation: number))
                }
                if screen == .overview, let number = entry.latest.request(generation: &next) {
                    let query = Query.latestTransactions(wallet: name, count: 50)
                    effects.append(.fetch(query, generation: number))
                }
            }
            generation = next
        }
    }

    private mutating func requestOverview(_ effects: inout [Effect]) {
        ask(&effects, .mempool(count: 200)) { $0.mempool.request(generation: &$1) }
        guard let height = tipHeight, height >= 0 else { return }
        let count = UInt32(max(4, min(layout.body.rows, 100)))
        ask(&effects, .latestBlocks(height: height, count: count)) { $0.blocks.latest.request(generation: &$1) }
    }

    private mutating func requestWalletView(_ effects: inout [Effect]) {
        guard let entry = currentEntry, entry.isReachable else { return }
        let wallet = entry.name
        let filter = filters[screen] ?? ""
        let height = listHeight
        switch screen {
        case .transactions:
            if let request = transactions.request(height: height, generation: &generation) {
                let query = Query.transactions(
                    wallet: wallet, filter: filter, offset: UInt64(request.offset), count: UInt32(request.count))
                effects.append(.fetch(query, generation: request.generation))
            }
            if let id = transactions.selected?.transactionID,
                let number = details.request(id, generation: &generation)
            {
                effects.append(.fetch(.details(wallet: wallet, id), generation: number))
            }
        case .addresses:
            if let request = addresses.request(height: height, generation: &generation) {
                let query = Query.addresses(
                    wallet: wallet, filter: filter, offset: UInt64(request.offset), count: UInt32(request.count))
                effects.append(.fetch(query, generation: request.generation))
            }
        case .coins:
            if let request = coins.request(height: height, generation: &generation) {
                let query = Query.coins(
                    wallet: wallet, filter: filter, offset: UInt64(request.offset), count: UInt32(request.count))
                effects.append(.fetch(query, generation: request.generation))
            }
        default: break
        }
    }

    private mutating func requestBlocks(_ effects: inout [Effect]) {
        if let open = blocks.open {
            var next = generation
            if let number = blocks.open?.block.request(generation: &next) {
                effects.append(.fetch(.block(open.hash), generation: number))
            }
            generation = next
            return
        }
        guard let height = tipHeight,
            let request = blocks.list.request(height: listHeight, generation: &generation)
        else { return }
        let from = max(0, Int(height) - request.offset)
        let query = Query.blocks(height: Int32(from), count: UInt32(min(request.count, from + 1)))
        effects.append(.fetch(query, generation: request.generation))
    }
}
