package import BitcoinPrimitives

/// What changed since the last time somebody asked; the service makes events of it.
package struct WalletChanges: Sendable, Equatable {
    /// Transactions that were added or changed, in order, each once.
    package private(set) var transactions: [TransactionID] = []
    /// Addresses whose label was set, with it.
    package var labels: [(address: String, label: String)] = []
    /// Whether balances may be others.
    package var balances = false
    /// Whether lock, scan or last block are others.
    package var status = false

    private var seen: Set<TransactionID> = []

    /// Nothing changed yet.
    init() {}

    /// Adds a transaction; balances may be others then, too.
    mutating func add(_ id: TransactionID) {
        balances = true
        if seen.insert(id).inserted { transactions.append(id) }
    }

    /// Whether nothing changed.
    package var isEmpty: Bool { transactions.isEmpty && labels.isEmpty && !balances && !status }

    /// Whether both say the same.
    package static func == (left: WalletChanges, right: WalletChanges) -> Bool {
        left.transactions == right.transactions && left.balances == right.balances && left.status == right.status
            && left.labels.map { [$0.address, $0.label] } == right.labels.map { [$0.address, $0.label] }
    }
}
