import BitcoinCommon
import BitcoinIPC
import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinWallet
import Foundation
import IPC
import Logging

/// A wallet process started by hand: it attaches to a node, outlives it, and attaches again when the node is back.
final class ServeRun {
    private let arguments: Arguments
    private let network: Network
    private let directory: String
    private let log: DebugLog
    private let process: IpcProcess
    private let ipc: CapnpProtocol<any ProcessInit>
    private let settings: WalletProcessSettings

    init(arguments: Arguments, network: Network, argumentZero: String) throws {
        self.arguments = arguments
        self.network = network
        directory = arguments.networkDirectory(network)
        guard FileManager.default.fileExists(atPath: directory) else {
            throw OptionError(
                "Error: The data directory \(directory) does not exist; start a node there first, or give -datadir.")
        }
        var configuration = try LogOptions.configuration(arguments, directory: directory)
        if !arguments.isSet("debuglogfile") { configuration.path = directory + "/debug.log.wallet" }
        log = try DebugLog(configuration)
        process = IpcProcess(argumentZero: argumentZero, logger: log.logger(category: "ipc"))
        ipc = BitcoinProtocol.make(executable: WalletProgram.executable, logger: log.logger(category: "ipc"))
        settings = WalletProcessSettings(
            chain: network.chainName, dataDirectory: directory,
            walletDirectory: arguments.walletDirectory(network),
            walletName: arguments.string("wallet") ?? "", create: nil,
            keyPoolSize: arguments.integer("keypool") ?? 1000, mockTime: arguments.integer("mocktime") ?? 0,
            debugCategories: [], messageStart: try arguments.messageStart(of: network))
    }

    /// What ends a wait.
    private enum Event {
        case signal
        case stoppedByNode
        /// The connection of that attempt ended.
        case connectionLost(attempt: Int)
        case retry
    }

    func run() async throws -> Int32 {
        let (events, continuation) = AsyncStream<Event>.makeStream()
        let log = log
        let signals = Signals([SIGTERM, SIGINT, SIGHUP]) { number in
            if number == SIGHUP { log.reopen() } else { continuation.yield(.signal) }
        }
        defer { withExtendedLifetime(signals) {} }

        let info = BitcoinInterfaces.ProcessInfo.current(chain: network.chainName)
        let holder = ServiceHolder()
        let clients = ServedClients()
        let root = WalletInit(process: info, service: { holder.service }, open: nil, clients: clients)
        let text =
            arguments.string("ipcbind")
            ?? WalletSocket.address(name: settings.walletName, networkDirectory: directory)
        let (server, address) = try await WalletSocket.listen(
            text, networkDirectory: directory, process: process, ipc: ipc, root: root, clients: clients)
        defer {
            server.close()
            server.disconnectAll()
        }

        var service: WalletService?
        var node: (handler: any Handler, session: IpcSession)?
        var pause = Duration.milliseconds(250)
        var lastFailure = ""
        var attempt = 0
        continuation.yield(.retry)
        serving: for await event in events {
            switch event {
            case .signal:
                try? await node?.handler.disconnect()
                break serving
            case .stoppedByNode:
                log.write("Wallet \"\(settings.walletName)\" detached by the node")
                break serving
            case .connectionLost(let lost) where lost == attempt:
                log.write("The node is gone; waiting for it to come back", level: .warning)
                node = nil
                continuation.yield(.retry)
            case .connectionLost: continue
            case .retry:
                attempt += 1
                do {
                    node = try await attach(
                        &service, info: info, address: address, holder: holder, attempt: attempt, continuation)
                    log.write("Wallet \"\(settings.walletName)\" attached to the node at \(nodeAddress)")
                    DetachedProcess.reportReady()
                    pause = .milliseconds(250)
                    lastFailure = ""
                } catch {
                    // A wallet that cannot be opened is not worth waiting for; a node that is not there is.
                    guard Self.isTransient(error) else { throw OptionError("Error: \(error)") }
                    if "\(error)" != lastFailure { log.write("Waiting for a node: \(error)", level: .warning) }
                    lastFailure = "\(error)"
                    let delay = pause
                    pause = min(pause * 2, .seconds(10))
                    Task {
                        try? await Task.sleep(for: delay)
                        continuation.yield(.retry)
                    }
                }
            }
        }
        node?.session.close()
        try? await service?.stop()
        return 0
    }

    private var nodeAddress: String { arguments.string("ipcconnect").flatMap { $0.isEmpty ? nil : $0 } ?? "unix" }

    private func attach(
        _ service: inout WalletService?, info: BitcoinInterfaces.ProcessInfo, address: String, holder: ServiceHolder,
        attempt: Int, _ events: AsyncStream<Event>.Continuation
    ) async throws -> (handler: any Handler, session: IpcSession) {
        let text = nodeAddress == "auto" ? "unix" : nodeAddress
        let target = try IpcAddress.connecting(text, directory: directory)
        guard let channel = try await process.connect(target) else {
            throw OptionError("-ipcconnect=\(nodeAddress) names no node; give unix or unix:<path>")
        }
        let connection = try await ipc.connect(channel)
        do {
            let chain = try await connection.root.makeChain()
            if let service {
                try await service.reattach(to: chain)
            } else {
                let made = try WalletService(
                    chain: chain, settings: settings, process: info, address: address,
                    logger: log.logger(category: ""))
                try await made.start()
                holder.set(made)
                service = made
            }
            guard let service else { throw OptionError("The wallet was closed") }
            let client = AttachedClient(service: service) { events.yield(.stoppedByNode) }
            let handler = try await connection.root.attachWallet(client: client, info: try await service.getInfo())
            connection.session.onClose { _ in events.yield(.connectionLost(attempt: attempt)) }
            return (handler, connection.session)
        } catch {
            connection.session.close()
            throw error
        }
    }

    private static func isTransient(_ error: any Error) -> Bool {
        switch error {
        case is IPCError: true
        case let error as RemoteException: error.message.contains("loading") || error.message.contains("shutting down")
        default: false
        }
    }
}

/// The wallet as the node holds it when it was attached by hand: stopping it ends the attachment and the process.
private struct AttachedClient: ChainClient {
    let service: WalletService
    let onStop: @Sendable () -> Void

    func getInfo() async throws -> ChainClientInfo { try await service.getInfo() }
    func start() async throws { try await service.start() }

    func executeRpc(request: String, uri: String, user: String) async throws -> String {
        try await service.executeRpc(request: request, uri: uri, user: user)
    }

    func stop() async throws {
        try await service.stop()
        onStop()
    }
}
