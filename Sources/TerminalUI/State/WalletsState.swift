package import BitcoinInterfaces

/// The wallets of the node: what it lists, what lies on disk, and what the wallets say themselves.
package struct WalletsState: Sendable {
    /// The node's list.
    package var listings = Slot<[WalletListing]>()
    /// The wallets on disk.
    package var directory = Slot<[String]>()
    /// Both together, in the order shown.
    package private(set) var entries: [WalletEntry] = []
    /// The row that keys act on, among those that match the filter.
    package var cursor = 0
    /// The first visible row.
    package var top = 0
    /// Only wallets whose name contains this are shown.
    package var filter = ""

    /// No wallets.
    package init() {}

    /// The rows shown.
    package var visible: [WalletEntry] {
        let wanted = filter.lowercased()
        return wanted.isEmpty ? entries : entries.filter { $0.shownName.lowercased().contains(wanted) }
    }

    /// The wallet under the cursor.
    package var selected: WalletEntry? {
        let rows = visible
        return rows.indices.contains(cursor) ? rows[cursor] : nil
    }

    /// The wallet of that name.
    package subscript(name: String) -> WalletEntry? { entries.first { $0.name == name } }

    /// Those that are attached.
    package var attached: [WalletEntry] { entries.filter { $0.status == .attached } }

    /// Changes a wallet's entry, if there is one.
    package mutating func update(_ name: String, _ change: (inout WalletEntry) -> Void) {
        guard let index = entries.firstIndex(where: { $0.name == name }) else { return }
        change(&entries[index])
    }

    /// Changes every entry.
    package mutating func updateAll(_ change: (inout WalletEntry) -> Void) {
        for index in entries.indices { change(&entries[index]) }
    }

    /// Takes what an event says of one wallet; the whole list is asked for again later.
    package mutating func take(_ listing: WalletListing) {
        var list = listings.value ?? []
        list.removeAll { $0.name == listing.name }
        list.append(listing)
        let isComplete = listings.value != nil
        if isComplete { listings.update { $0 = list } }
        rebuild(listings: list)
        listings.markStale()
        directory.markStale()
    }

    /// Makes the entries anew from the answers; what is known of a wallet stays, and the cursor stays on its wallet.
    package mutating func rebuild() { rebuild(listings: listings.value ?? []) }

    private mutating func rebuild(listings: [WalletListing]) {
        // The first row is where the cursor is before anybody has moved it: what comes in above then takes its place.
        let current = cursor == 0 ? nil : selected?.name
        var known: [String: WalletEntry] = [:]
        for entry in entries { known[entry.name] = entry }
        var made: [WalletEntry] = []
        var names: Set<String> = []
        for listing in listings where names.insert(listing.name).inserted {
            var entry = known[listing.name] ?? WalletEntry(name: listing.name, listing: listing)
            // Another process or address needs another connection.
            if entry.listing?.address != listing.address || entry.listing?.processID != listing.processID
                || entry.status != .attached
            {
                entry.link = .none
            }
            entry.listing = listing
            if entry.status == .onDisk { entry = WalletEntry(name: listing.name, listing: nil) }
            made.append(entry)
        }
        for name in directory.value ?? [] where names.insert(name).inserted {
            made.append(WalletEntry(name: name, listing: nil))
        }
        // In each group as the node lists them, which is the order in which they were attached.
        entries = made.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }.map(
            \.element)
        if let current, let index = visible.firstIndex(where: { $0.name == current }) { cursor = index }
        cursor = max(0, min(cursor, visible.count - 1))
    }

    /// Moves the cursor and scrolls so that it is visible in `height` rows.
    package mutating func move(to index: Int, height: Int) {
        cursor = max(0, min(index, visible.count - 1))
        if cursor < top { top = cursor }
        if height > 0, cursor >= top + height { top = cursor - height + 1 }
        top = max(0, min(top, visible.count - max(1, height)))
    }

    /// The sum of the spendable balances that are known.
    package var totalTrusted: Int64 {
        entries.reduce(0) { $0 &+ ($1.status == .attached ? $1.balances.value?.trusted ?? 0 : 0) }
    }
}
