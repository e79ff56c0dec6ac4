// Design note of TerminalUI.
//
// The terminal is a value and three functions. `AppState` is all that is known and shown; `update` takes an event (a
// key, an answer, something that happened in the node) and returns the effects it asks for; `render` makes a grid of
// cells from the state. None of them waits, reads a clock or talks to anybody, so every screen and every key is tested
// without a terminal and without a node.
//
// Around them: `InterfaceLoop` runs on one thread of its own, waits for input or for the queue, updates, renders, and
// shows what changed on a `Screen`. `AppModel` runs beside it as tasks, performs effects against `any Node`,
// `any WalletLoader`, `any Wallet` and `any Rpc`, and posts what comes back to the queue. The interface thread never
// waits for anything but the queue: however slow a node is, keys work.
//
// Lists hold only the rows around what is visible (`ListWindow`). What to ask for is derived from the state after
// every event (`AppState.requests`), with a generation number, so that an answer that is no longer wanted is dropped.

package import BitcoinInterfaces
package import BitcoinPrimitives

/// What the main program knows before anything is connected.
package struct Configuration: Sendable {
    /// Core's name of the network: main, test, testnet4, signet, regtest.
    package var chain: String
    /// The user's time zone.
    package var localTime: LocalTime
    /// The command that starts a node, as shown before it is run; empty if none can be started from here.
    package var startCommand: String
    /// The command that stops the node, for the message after leaving.
    package var stopCommand: String
    /// The address that a script pays to, if it has one. A closure, because addresses are not this module's business.
    package var addressText: @Sendable (Script) -> String?

    /// Makes the value from its parts.
    package init(
        chain: String, localTime: LocalTime = .utc, startCommand: String = "", stopCommand: String = "",
        addressText: @escaping @Sendable (Script) -> String? = { _ in nil }
    ) {
        self.chain = chain
        self.localTime = localTime
        self.startCommand = startCommand
        self.stopCommand = stopCommand
        self.addressText = addressText
    }
}

/// Everything that is known and shown.
package struct AppState: Sendable {
    /// What the main program said.
    package let configuration: Configuration
    /// The terminal's size.
    package var size: Size
    /// The time here, seconds since 1970, as of the last event.
    package var now: Int64

    /// Whether a node is there.
    package var connection = ConnectionState.waiting
    /// What was tried last, one entry an address.
    package var attempts: [ConnectionAttempt] = []
    /// Whether a node is being started.
    package var nodeStart = NodeStart.idle
    /// The node's snapshot.
    package var info = Slot<NodeInfo>()
    /// The process at the other end; nil until the node of this connection has said so. Unlike the rest of the snapshot
    /// it is never shown stale: people act on it.
    package var nodeProcess: ProcessInfo?
    /// The node's clock minus ours, in seconds; it may be mocked.
    package var clockOffset: Int64 = 0
    /// Long work of the node: title and percent.
    package var progress: Progress?
    /// The newest part of the mempool, highest fee rate first.
    package var mempool = Slot<MempoolWindow>()

    /// The wallets.
    package var wallets = WalletsState()
    /// The wallet whose screens are shown.
    package var currentWallet: String?
    /// Its history.
    package var transactions = ListWindow<TransactionRow>()
    /// Its addresses.
    package var addresses = ListWindow<AddressRow>()
    /// Its unspent outputs.
    package var coins = ListWindow<CoinRow>()
    /// The transaction under the cursor; nil inside when the wallet does not know it.
    package var details = KeyedSlot<TransactionID, TransactionDetails?>()
    /// The filters of the screens that have one.
    package var filters: [ScreenID: String] = [:]
    /// The chain.
    package var blocks = BlocksState()
    /// The log.
    package var log = LogState()

    /// The screen that is shown.
    package var screen = ScreenID.overview
    /// What lies over it, the topmost last.
    package var popups: [Popup] = []
    /// The line that takes a command or filter.
    package var line: LineInput?
    /// What is said at the bottom; nil when it has been read.
    package var message: Message?
    /// What was said, newest last, at most 200.
    package var messages: [Message] = []
    /// Commands typed, newest last, at most 100.
    package var history: [String] = []
    /// Work asked for that is not done.
    package var jobs: [UInt64: Job] = [:]
    /// Whether amounts are hidden from people who look over the shoulder.
    package var isMasked = false
    /// Numbers requests and jobs; only grows.
    package var generation: UInt64 = 0
    /// When a new tip last led to new requests during the initial download.
    package var lastTipRefresh: Int64 = 0
    /// Set when the interface is to end.
    package var exit: Exit?

    /// Why the interface ends.
    package enum Exit: Sendable, Equatable {
        /// The user detached.
        case detached
        /// The terminal went away or the process was asked to end.
        case hangup
    }

    /// Long work of the node.
    package struct Progress: Sendable, Equatable {
        /// What it does.
        package var title: String
        /// 0 to 100.
        package var percent: Int32
    }

    /// Work asked for.
    package struct Job: Sendable {
        /// What is said while it runs.
        package var running: String
        /// What is said when it is done; empty for the result itself.
        package var done: String
    }

    /// The state at start.
    package init(configuration: Configuration, size: Size, now: Int64) {
        self.configuration = configuration
        self.size = size
        self.now = now
    }

    /// Whether a node answers.
    package var isLive: Bool {
        if case .live = connection { return true }
        return false
    }

    /// The node that answers.
    package var identity: NodeIdentity? {
        if case .live(let identity) = connection { return identity }
        return nil
    }

    /// The node's time now.
    package var nodeTime: Int64 { now &+ clockOffset }

    /// Seconds since a moment by the node's clock; 0 for moments to come, and for those that no clock has.
    func elapsed(since time: Int64) -> Int64 {
        let (seconds, overflow) = nodeTime.subtractingReportingOverflow(time)
        return overflow ? 0 : max(0, seconds)
    }

    /// Height of the tip; nil before anything is known.
    package var tipHeight: Int32? { info.value?.tip.height }

    /// Core's name of the network: the node's, or the one asked for.
    package var chain: String { info.value?.process.chain ?? configuration.chain }

    /// The wallet that commands are about: the one under the cursor where wallets are listed, else the current one.
    package var subjectWallet: WalletEntry? {
        screen == .wallets || screen == .overview ? wallets.selected : currentWallet.flatMap { wallets[$0] }
    }

    /// The current wallet's entry.
    package var currentEntry: WalletEntry? { currentWallet.flatMap { wallets[$0] } }

    /// Which keys are in charge.
    package var context: Context {
        if let line { return line.kind == .command ? .commandLine : .filterLine }
        switch popups.last {
        case .menu: return .menu
        case .help: return .help
        case .viewer: return .viewer
        case .dialog: return .dialog
        case nil: return screenContext
        }
    }

    /// The context of what lies under all popups.
    package var screenContext: Context {
        if connection == .waiting { return .waiting }
        switch screen {
        case .overview: return .overview
        case .wallets: return .wallets
        case .transactions: return .transactions
        case .addresses: return .addresses
        case .coins: return .coins
        case .blocks:
            guard let open = blocks.open else { return .blocks }
            return open.transaction == nil ? .block : .blockTransaction
        case .log: return .log
        }
    }
}
