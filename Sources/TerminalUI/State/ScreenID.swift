/// The screens, in the order of their tabs.
package enum ScreenID: Int, CaseIterable, Sendable, Hashable {
    /// Chain, mempool, balances, what happened last.
    case overview = 1
    /// Wallets: attached, on disk, failed.
    case wallets
    /// The history of the current wallet.
    case transactions
    /// The addresses of the current wallet.
    case addresses
    /// The unspent outputs of the current wallet.
    case coins
    /// The active chain, its blocks and their transactions.
    case blocks
    /// The node's log.
    case log

    /// The tab's title.
    package var title: String {
        switch self {
        case .overview: "Overview"
        case .wallets: "Wallets"
        case .transactions: "Transactions"
        case .addresses: "Addresses"
        case .coins: "Coins"
        case .blocks: "Blocks"
        case .log: "Log"
        }
    }

    /// Whether the screen shows the current wallet's data.
    var isOfWallet: Bool { self == .transactions || self == .addresses || self == .coins }
}

/// Where keys go. One context is in charge at a time.
package enum Context: Sendable, Hashable, CaseIterable {
    /// No node was ever reached.
    case waiting
    /// Screen.
    case overview
    /// Screen.
    case wallets
    /// Screen.
    case transactions
    /// Screen.
    case addresses
    /// Screen.
    case coins
    /// Screen: the list of blocks.
    case blocks
    /// A block with its transactions.
    case block
    /// A transaction of a block.
    case blockTransaction
    /// Screen.
    case log
    /// An open menu.
    case menu
    /// The help.
    case help
    /// Text to read: an RPC result, details, messages.
    case viewer
    /// A dialog.
    case dialog
    /// The `:` line.
    case commandLine
    /// The `/` line.
    case filterLine

    /// The screens and what lies directly on them.
    package static let screens: Set<Context> = [
        .overview, .wallets, .transactions, .addresses, .coins, .blocks, .block, .blockTransaction, .log,
    ]

    /// Those whose lists have a cursor.
    package static let lists: Set<Context> = screens.subtracting([.log, .blockTransaction])

    /// The wallet's own screens.
    package static let walletViews: Set<Context> = [.transactions, .addresses, .coins]
}
