package import BitcoinCommon
package import BitcoinConsensus
package import BitcoinInterfaces
import BitcoinPrimitives
import Logging
import Synchronization

/// Everything a running node consists of; what RPC commands and services work on.
package final class NodeContext: Sendable {
    /// The network's rules.
    package let parameters: ChainParameters
    /// The chain.
    package let manager: ChainManager
    /// Events.
    package let hub: EventHub
    /// The log.
    package let log: DebugLog
    /// The wallets.
    package let wallets: WalletRegistry
    /// The clock.
    package let clock: NodeClock
    /// The indexes.
    package let indexes = NodeIndexes()
    /// What never changes while the node runs.
    package let identity: Identity
    private let status = Mutex(Status())
    private let logTicks = LogTicks()

    /// Facts fixed at start.
    package struct Identity: Sendable {
        /// Executable, version, pid, chain, start.
        package var process: ProcessInfo
        /// Datadir of the network.
        package var dataDirectory: String
        /// Settings changed at run time; nil where they are not kept (`-nosettings`).
        package var settingsFile: SettingsFile?
        /// Asks the executable to shut the node down.
        package var requestShutdown: @Sendable () -> Void
        /// Spawns a process and echoes a text through it (RPC `echoipc`); nil where that is not possible.
        package var echoThroughProcess: (@Sendable (String) async throws -> String)?
        /// The clients connected to this process.
        package var listClients: @Sendable () async -> [IpcClientInfo]
        /// Ends the connection of a client; false when there is none of that number.
        package var disconnectClient: @Sendable (UInt64) -> Bool

        /// Facts fixed at start.
        package init(
            process: ProcessInfo, dataDirectory: String, settingsFile: SettingsFile? = nil,
            requestShutdown: @escaping @Sendable () -> Void,
            echoThroughProcess: (@Sendable (String) async throws -> String)? = nil,
            listClients: @escaping @Sendable () async -> [IpcClientInfo] = { [] },
            disconnectClient: @escaping @Sendable (UInt64) -> Bool = { _ in false }
        ) {
            self.process = process
            self.dataDirectory = dataDirectory
            self.settingsFile = settingsFile
            self.requestShutdown = requestShutdown
            self.echoThroughProcess = echoThroughProcess
            self.listClients = listClients
            self.disconnectClient = disconnectClient
        }
    }

    private struct Status {
        var initMessage = "Starting"
        var warnings: [String] = []
        var isShuttingDown = false
        var failure: String?
    }

    /// Puts a node together.
    package init(
        parameters: ChainParameters, manager: ChainManager, hub: EventHub, log: DebugLog, wallets: WalletRegistry,
        clock: NodeClock, identity: Identity
    ) {
        self.parameters = parameters
        self.manager = manager
        self.hub = hub
        self.log = log
        self.wallets = wallets
        self.clock = clock
        self.identity = identity
        let ticks = logTicks
        log.setListener { total in ticks.advance(to: total, hub: hub) }
        manager.onFailure { [weak self] in self?.fail($0) }
        manager.onStopHeight { [weak self] in
            log.write("The chain has reached the height of -stopatheight")
            self?.beginShutdown()
        }
    }

    /// What start-up is doing; empty when it is done.
    package var initMessage: String { status.withLock { $0.initMessage } }

    /// Warnings for the user.
    package var warnings: [String] { status.withLock { $0.warnings } }

    /// Whether shutdown has begun.
    package var isShuttingDown: Bool { status.withLock { $0.isShuttingDown } }

    /// Notes what start-up does now, in the log and for whoever watches.
    package func setInitMessage(_ message: String) {
        status.withLock { $0.initMessage = message }
        if !message.isEmpty { log.write("init message: \(message)") }
        hub.publish(.initMessage(message))
    }

    /// Adds a warning for the user, in the log too.
    package func addWarning(_ warning: String) {
        let warnings = status.withLock { status in
            if !status.warnings.contains(warning) { status.warnings.append(warning) }
            return status.warnings
        }
        log.write(warning, level: .warning)
        hub.publish(.warningsChanged(warnings))
    }

    /// Why the node cannot go on; nil while it can.
    package var failure: String? { status.withLock { $0.failure } }

    /// Ends the node because it cannot go on. The first reason counts.
    ///
    /// - Parameter message: What happened and what the user can do.
    package func fail(_ message: String) {
        let isFirst = status.withLock { status in
            guard status.failure == nil else { return false }
            status.failure = message
            return true
        }
        guard isFirst else { return }
        log.write("*** \(message)", level: .error)
        addWarning("The node cannot go on and shuts down: \(message)")
        beginShutdown()
    }

    /// Begins the shutdown, once.
    package func beginShutdown() {
        let first = status.withLock { status in
            defer { status.isShuttingDown = true }
            return !status.isShuttingDown
        }
        guard first else { return }
        log.setListener(nil)
        hub.publish(.shutdownStarted)
        identity.requestShutdown()
    }
}

/// Thins out the events of a growing log: one at once, then at most four a second.
private final class LogTicks: Sendable {
    private struct State {
        var total: UInt64 = 0
        var isScheduled = false
    }

    private let state = Mutex(State())

    func advance(to total: UInt64, hub: EventHub) {
        let schedule = state.withLock { state in
            state.total = max(state.total, total)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        guard schedule else { return }
        // Runs for a quarter of a second and ends; nothing is scheduled while the log is quiet.
        Task {
            try? await Task.sleep(for: .milliseconds(250))
            let total = self.state.withLock { state in
                state.isScheduled = false
                return state.total
            }
            hub.publish(.logAdvanced(total))
        }
    }
}
