import BitcoinInterfaces

/// When a key or a menu line is true.
package enum Condition: Sendable, Hashable {
    /// Always.
    case always
    /// A node answers.
    case live
    /// The connection was lost or never made.
    case notLive
    /// A node can be started from here, and none answers.
    case canStart
    /// The node serves its list of wallets.
    case hasWallets
    /// The node serves JSON-RPC.
    case hasRpc
    /// Blocks are mined at will on this network, and the node serves JSON-RPC.
    case canMine
    /// The wallet is attached.
    case walletAttached
    /// The wallet is not attached.
    case walletDetached
    /// The wallet is attached or failed.
    case walletRestartable
    /// The wallet is locked.
    case walletLocked
    /// The wallet is encrypted and open.
    case walletUnlocked
    /// There is more than one attached wallet.
    case severalWallets
    /// The focus of the dialog is on something to turn on or off.
    case onToggle
    /// The log does not follow its end.
    case notFollowing
}

/// One line of the key table: what keys do where, and how that is said.
package struct Binding: Sendable {
    /// The keys, the one for hints first.
    package var keys: [Key]
    /// What they do.
    package var command: Command
    /// Where.
    package var contexts: Set<Context>
    /// The words in the footer; nil for keys that are not in it.
    package var hint: String?
    /// The sentence in the help.
    package var help: String
    /// When.
    package var condition: Condition
    /// The words in the menu; nil for keys that are not in it.
    package var menu: String?
}

extension AppState {
    /// Whether a condition holds now.
    package func holds(_ condition: Condition) -> Bool {
        switch condition {
        case .always: true
        case .live: isLive
        case .notLive: !isLive
        case .canStart: !isLive && !configuration.startCommand.isEmpty && nodeStart != .starting
        case .hasWallets: identity?.hasWallets ?? false
        case .hasRpc: identity?.hasRpc ?? false
        case .canMine: chain == "regtest" && (identity?.hasRpc ?? false)
        case .walletAttached: isLive && subjectWallet?.status == .attached
        case .walletDetached: isLive && subjectWallet?.status == .onDisk
        case .walletRestartable:
            isLive && subjectWallet.map { $0.status == .failed || $0.listing?.origin == .spawned } ?? false
        case .walletLocked: isLive && subjectWallet?.isLocked ?? false
        case .walletUnlocked: isLive && subjectWallet?.isUnlocked ?? false
        case .severalWallets: wallets.attached.count > 1
        case .onToggle: isOnToggle
        case .notFollowing: !log.isFollowing
        }
    }

    private var isOnToggle: Bool {
        guard case .dialog(let dialog) = popups.last, dialog.fields.indices.contains(dialog.focus),
            case .toggle = dialog.fields[dialog.focus].content
        else { return false }
        return true
    }
}
