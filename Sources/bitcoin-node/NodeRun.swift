import BitcoinChain
import BitcoinCommon
import BitcoinConsensus
import BitcoinIPC
import BitcoinInterfaces
import BitcoinNode
import BitcoinPrimitives
import BitcoinRPC
import Foundation
import IPC
import Logging

/// A node that is being started, runs, and is shut down.
///
/// Start-up in order: directories and lock, log, sockets (so that clients can watch), chain, mempool, wallets. Shutdown
/// is the reverse; nothing of it can be skipped by a signal that comes twice.
final class NodeRun {
    private let arguments: Arguments
    private let network: Network
    private let directory: String
    private let lock: DatadirLock
    private let blocksLock: DatadirLock
    private let log: DebugLog
    private let context: NodeContext
    private let process: IpcProcess
    private let ipc: CapnpProtocol<any ProcessInit>
    private let clients: ServedClients
    private let shutdownRequests: AsyncStream<Void>

    init(arguments: Arguments, network: Network, argumentZero: String) throws {
        var arguments = arguments
        let directory = arguments.networkDirectory(network)
        self.directory = directory
        try NodeDirectories.prepare(base: arguments.baseDirectory, network: directory)
        lock = try DatadirLock(directory: directory)
        let settingsFile = NodeSettingsFile.file(arguments, directory: directory)
        try NodeSettingsFile.apply(settingsFile, to: &arguments)
        log = try DebugLog(try LogOptions.configuration(arguments, directory: directory))
        self.arguments = arguments
        self.network = network

        let logger = log.logger(category: "ipc")
        process = IpcProcess(argumentZero: argumentZero, logger: logger)
        ipc = BitcoinProtocol.make(executable: "bitcoin-node", logger: logger)
        let clients = ServedClients()
        self.clients = clients

        let (requests, continuation) = AsyncStream<Void>.makeStream()
        shutdownRequests = requests
        let log = log
        let hub = EventHub { log.write("a client is too slow for its events and was cut off", level: .warning) }
        let clock = NodeClock(mockTime: arguments.integer("mocktime"))
        let options = ChainOptions(arguments)
        let parameters = try options.parameters(for: network)
        let configuration = try options.configuration(parameters, directory: directory) { clock.now }
        blocksLock = try NodeDirectories.lockBlocks(configuration.blocksFolder)
        let manager = ChainManager(hub: hub, configuration: configuration)
        let spawner = ProcessWalletSpawner(process: process, ipc: ipc)
        let disablesWallets = arguments.boolean("disablewallet") ?? false
        let wallets = WalletRegistry(
            configuration: .init(
                directory: WalletDirectory(path: arguments.walletDirectory(network)), chain: network.chainName,
                messageStart: parameters.messageStart, dataDirectory: directory,
                keyPoolSize: arguments.integer("keypool") ?? 1000,
                mockTime: arguments.integer("mocktime") ?? 0),
            hub: hub, log: log, spawner: disablesWallets ? nil : spawner
        ) {
            ChainService(manager: manager, events: hub.makeClient()) { clock.now }
        }
        context = NodeContext(
            parameters: parameters, manager: manager, hub: hub, log: log, wallets: wallets, clock: clock,
            identity: .init(
                process: BitcoinInterfaces.ProcessInfo(
                    name: "bitcoin-node", version: ClientVersion.text, processID: getpid(),
                    chain: network.chainName, startTime: NodeClock.real),
                dataDirectory: directory, settingsFile: settingsFile, requestShutdown: { continuation.yield() },
                echoThroughProcess: { try await spawner.echo($0) }, listClients: { clients.clients },
                disconnectClient: { clients.disconnect($0) }))
    }

    /// Starts, runs until a shutdown is asked for, and shuts down.
    func run() async -> Int32 {
        let context = context
        let log = log
        let signals = Signals([SIGTERM, SIGINT, SIGHUP]) { number in
            if number == SIGHUP { log.reopen() } else { context.beginShutdown() }
        }
        defer { withExtendedLifetime(signals) {} }
        // A wallet that hangs while it starts must not keep the node from ending: wallets are closed as soon as a
        // shutdown is asked for, whatever start-up is waiting for.
        let requests = shutdownRequests
        let ending = Task {
            for await _ in requests { break }
            await context.wallets.close()
        }
        var status: Int32 = 0
        do {
            writeGreeting()
            try PidFile.write(arguments, directory: directory)
            try await listen()
            try await loadChain()
            if !context.isShuttingDown { try await startIndexes() }
            if !context.isShuttingDown { await loadMempool() }
            await context.manager.becomeReady()
            if !context.isShuttingDown { await loadWallets() }
            context.setInitMessage("")
            log.write("Done loading")
            DetachedProcess.reportReady()
            await ending.value
        } catch {
            log.write("\(error)", level: .error)
            NodeProgram.printError("Error: \(error)")
            status = 1
        }
        await shutDown(ending)
        if let failure = context.failure {
            NodeProgram.printError("Error: A fatal internal error occurred, see debug.log for details: \(failure)")
            status = 1
        }
        return status
    }

    private func writeGreeting() {
        log.write("\(ClientVersion.name) version \(ClientVersion.text)")
        log.write("Default data directory \(NSHomeDirectory())/.bitcoin")
        log.write("Using data directory \(directory)")
        log.write("Config file: \(arguments.configurationPath)")
        for warning in arguments.warnings { log.write(warning, level: .warning) }
        for warning in ChainOptions(arguments).warnings {
            log.write(warning, level: .warning)
            NodeProgram.printError("Warning: \(warning)")
        }
        for section in arguments.unrecognizedSections {
            log.write("\(section.file):\(section.line) Section [\(section.name)] is not recognized.", level: .warning)
        }
        for name in arguments.unsuitableSectionOptions {
            log.write(
                "Config setting for -\(name) only applied on \(network.chainName) network when in "
                    + "[\(network.chainName)] section.", level: .warning)
        }
        for name in arguments.optionsNotInEffect {
            log.write("Option -\(name) is known but has no effect in this version", level: .warning)
        }
    }

    // MARK: Start-up steps

    private func listen() async throws {
        // This node is made to be attached to, so it listens unless told not to.
        let addresses = arguments.isSet("ipcbind") ? arguments.strings("ipcbind") : ["unix"]
        let context = context
        for text in addresses where text != "0" && !text.isEmpty {
            do {
                let binding = try IpcBinding(text, directory: directory)
                let listener = try process.bind(binding.address)
                clients.add(
                    try await ipc.listen(listener, limits: binding.limits) { session in
                        NodeInit(context, executor: session.executor)
                    })
                log.write("Listening for IPC requests on address \(binding.address)")
                if !binding.limits.differences.isEmpty { log.write("with limits \(binding.limits.differences)") }
            } catch {
                throw OptionError("Unable to bind to IPC address '\(text)'. \(error)")
            }
        }
    }

    private func loadChain() async throws {
        context.setInitMessage("Loading block index…")
        let reporter = LoadReporter(context)
        let started = ContinuousClock.now
        let report = try await context.manager.load(checks: ChainOptions(arguments).checks) { reporter.report($0) }
        write(report)
        let (height, hash) = try await context.manager.withState { ($0.tip.height, $0.tip.hash) }
        log.write(
            "Loaded \(report.blockCount) blocks from \(report.fileCount) files in \(ContinuousClock.now - started), "
                + "best block \(hash), height \(height)")
        try await importBlocks(reporter)
        if arguments.boolean("stopafterblockimport") ?? false {
            log.write("Stopping after block import")
            context.beginShutdown()
        }
    }

    private func write(_ report: LoadReport) {
        for problem in report.problems { log.write("\(problem)", level: .warning) }
        if report.problemCount > report.problems.count {
            log.write("\(report.problemCount - report.problems.count) further problems", level: .warning)
        }
    }

    /// Takes in the blocks of `-loadblock`, and those of a version of this program that kept its own in a folder beside
    /// Core's.
    private func importBlocks(_ reporter: LoadReporter) async throws {
        let former = directory + "/blocks-unverified"
        var paths = arguments.strings("loadblock").filter { !$0.isEmpty && $0 != "0" }
        if FileManager.default.fileExists(atPath: former) { paths.insert(former, at: 0) }
        for path in paths where !context.isShuttingDown {
            guard FileManager.default.fileExists(atPath: path) else {
                log.write("Could not open blocks file \(path)", level: .warning)
                continue
            }
            log.write("Importing blocks from \(path)...")
            let report = try await context.manager.importBlocks(from: path) { reporter.report($0) }
            write(report)
            let (height, hash) = try await context.manager.withState { ($0.tip.height, $0.tip.hash) }
            log.write(
                "Imported \(report.blockCount) blocks of \(report.recordCount) in \(path), best block \(hash), "
                    + "height \(height)")
            guard path == former, !report.wasInterrupted else { continue }
            let kept = directory + "/blocks-imported"
            do {
                try FileManager.default.moveItem(atPath: path, toPath: kept)
                log.write("\(path) is not needed any more; it is called \(kept) now and can be deleted")
            } catch {
                log.write("\(path) is not needed any more and can be deleted", level: .warning)
            }
        }
    }

    private func startIndexes() async throws {
        let options = try ChainOptions(arguments).indexes()
        guard !options.isEmpty else { return }
        context.setInitMessage("Starting indexes…")
        try await context.indexes.start(options, context)
    }

    private func loadMempool() async {
        guard arguments.boolean("persistmempool") ?? true else { return }
        let path = directory + "/mempool.dat"
        guard FileManager.default.fileExists(atPath: path) else { return }
        context.setInitMessage("Loading mempool…")
        do {
            let result = try await context.manager.withState { state in
                state.loadMempool(try MempoolFile(path: path)).summary
            }
            log.write("Imported mempool transactions from file: \(result)")
        } catch {
            log.write("Failed to read the mempool file \(path): \(error). Continuing without it.", level: .warning)
        }
    }

    private func loadWallets() async {
        guard !(arguments.boolean("disablewallet") ?? false) else { return }
        var names: [String] = []
        for name in arguments.strings("wallet") where !names.contains(name) { names.append(name) }
        guard !names.isEmpty else { return }
        context.setInitMessage("Loading wallet…")
        for name in names where !context.isShuttingDown {
            do throws(RPCError) {
                _ = try await context.wallets.load(name)
            } catch {
                guard !context.isShuttingDown else { return }
                // The node is of use without the wallet, and says why it is missing.
                context.addWarning("Wallet \"\(name)\" was not loaded: \(error.message)")
            }
        }
    }

    // MARK: Shutdown

    private func shutDown(_ ending: Task<Void, Never>) async {
        log.write("Shutdown in progress...")
        context.beginShutdown()
        clients.closeListeners()
        await ending.value
        // What was sent last, such as the answer to `stop`, gets a moment to leave.
        try? await Task.sleep(for: .milliseconds(50))
        clients.disconnectAll()
        await context.indexes.stop(context)
        do {
            try await context.manager.close()
        } catch {
            context.fail("\(error)")
        }
        PidFile.remove(arguments, directory: directory)
        log.write("Shutdown done")
        blocksLock.release()
        lock.release()
    }
}

extension MempoolLoadResult {
    fileprivate var summary: String {
        "\(accepted) succeeded, \(refused.count) failed, \(expired) expired, \(alreadyThere) already there, "
            + "\(unbroadcast) waiting for initial broadcast"
    }
}
