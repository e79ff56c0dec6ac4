package import BitcoinInterfaces

/// What the terminal knows of one wallet.
package struct WalletEntry: Sendable {
    /// Where the wallet stands.
    package enum Status: Int, Sendable {
        /// Usable.
        case attached
        /// Its process starts or catches up.
        case loading
        /// There is a file and no process.
        case onDisk
        /// Could not be loaded, or its process died.
        case failed
    }

    /// The terminal's own connection to the wallet process.
    package enum Link: Sendable, Equatable {
        /// None is wanted.
        case none
        /// Being made.
        case connecting
        /// Usable.
        case open
        /// Not made, or broken; says why.
        case broken(String)
    }

    /// The wallet's name; the empty string is the default wallet.
    package let name: String
    /// What the node says of it; nil for a wallet that is only on disk.
    package var listing: WalletListing?
    /// The terminal's connection to it.
    package var link = Link.none
    /// Its own view of itself.
    package var info = Slot<WalletInfo>()
    /// Its balances.
    package var balances = Slot<WalletBalances>()
    /// Its newest transactions, for the overview.
    package var latest = Slot<[TransactionRow]>()

    /// A wallet of which nothing is known yet.
    package init(name: String, listing: WalletListing?) {
        self.name = name
        self.listing = listing
    }

    /// Where it stands.
    package var status: Status {
        switch listing?.state {
        case .attached: .attached
        case .loading: .loading
        case .failed: .failed
        case .detached, nil: .onDisk
        }
    }

    /// Encrypted and without its key in memory.
    package var isLocked: Bool { info.value?.locked ?? false }

    /// Encrypted and open.
    package var isUnlocked: Bool { info.value.map { $0.encrypted && !$0.locked } ?? false }

    /// Whether it can be asked.
    package var isReachable: Bool { status == .attached && link == .open }

    /// The name as shown: the default wallet has none of its own.
    package var shownName: String { name.isEmpty ? "(default)" : name }

    /// Everything may have changed.
    mutating func markStale() {
        info.markStale()
        balances.markStale()
        latest.markStale()
    }

    /// The connection is gone.
    mutating func abandon() {
        info.abandon()
        balances.abandon()
        latest.abandon()
    }

    /// Rank in the list: those in use first.
    var rank: Int {
        switch status {
        case .attached, .loading: 0
        case .onDisk: 1
        case .failed: 2
        }
    }
}

extension WalletListing {
    /// Whether the node itself holds the wallet, as Bitcoin Core does: it has no process and no socket of its own.
    var isInNode: Bool { state == .attached && processID == 0 }
}
