import BitcoinCommon
import BitcoinIPC
import BitcoinInterfaces
import BitcoinWallet
import Foundation
import IPC
import Logging
import Synchronization

/// A wallet process that a node spawned: it serves the node over the inherited socket and ends with it.
struct SpawnedRun {
    private let words: [String]

    init(words: [String]) { self.words = words }

    /// Serves until the node closes the connection.
    ///
    /// - Returns: nil if this process was not spawned by a node.
    func run() async throws -> Int32? {
        let quiet = Logger(label: "ipc") { _ in SwiftLogNoOpLogHandler() }
        let process = IpcProcess(argumentZero: words.first ?? "", logger: quiet)
        guard let channel = try process.checkSpawned(arguments: words) else { return nil }
        // The node decides when this process ends; an interrupt from the keyboard is for the node.
        let signals = Signals([SIGINT]) { _ in
            WalletProgram.printError("[\(WalletProgram.executable)] SIGINT received - waiting for parent to shut down.")
        }
        defer { withExtendedLifetime(signals) {} }
        let opened = Mutex<OpenWallet?>(nil)
        let ipc = BitcoinProtocol.make(executable: WalletProgram.executable, logger: quiet)
        let root = WalletInit(
            process: .current(chain: ""), service: { nil },
            open: { chain, settings in
                guard opened.withLock({ $0 == nil }) else {
                    throw WalletProcessError("This process has its wallet already")
                }
                let wallet = try await OpenWallet.open(chain: chain, settings: settings, process: process)
                opened.withLock { $0 = wallet }
                return wallet.service
            }, clients: ServedClients())
        let session = try ipc.serve(channel, root: root)
        await session.closed()
        if let wallet = opened.withLock({ $0 }) {
            // The node is gone or has let go; what is left is to close the file cleanly.
            try? await wallet.service.stop()
            wallet.server?.close()
            wallet.server?.disconnectAll()
        }
        return 0
    }
}

/// A wallet with its socket, in a spawned process.
private struct OpenWallet {
    let service: WalletService
    let server: IpcServer?

    static func open(chain: any Chain, settings: WalletProcessSettings, process: IpcProcess) async throws -> OpenWallet
    {
        var configuration = DebugLog.Configuration()
        configuration.path = settings.dataDirectory + "/debug.log.wallet"
        configuration.categories = Set(settings.debugCategories)
        configuration.mockTime = settings.mockTime == 0 ? nil : settings.mockTime
        let log = try DebugLog(configuration)
        let ipc = BitcoinProtocol.make(executable: WalletProgram.executable, logger: log.logger(category: "ipc"))
        let info = BitcoinInterfaces.ProcessInfo.current(chain: settings.chain)
        let holder = ServiceHolder()
        let clients = ServedClients()
        let root = WalletInit(process: info, service: { holder.service }, open: nil, clients: clients)
        let text = WalletSocket.address(name: settings.walletName, networkDirectory: settings.dataDirectory)
        var server: IpcServer?
        var address = ""
        do throws(IPCError) {
            (server, address) = try await listen(text, settings, process, ipc, root, clients)
        } catch {
            guard case .pathTooLong = error else { throw error }
            // The wallet is of use without: RPC goes through the node.
            log.write("Terminals cannot reach this wallet directly: \(error)", level: .warning)
        }
        let service = try WalletService(
            chain: chain, settings: settings, process: info, address: address, logger: log.logger(category: ""))
        holder.set(service)
        return OpenWallet(service: service, server: server)
    }

    private static func listen(
        _ text: String, _ settings: WalletProcessSettings, _ process: IpcProcess, _ ipc: CapnpProtocol<any ProcessInit>,
        _ root: WalletInit, _ clients: ServedClients
    ) async throws(IPCError) -> (IpcServer?, String) {
        do {
            let result = try await WalletSocket.listen(
                text, networkDirectory: settings.dataDirectory, process: process, ipc: ipc, root: root,
                clients: clients)
            return (result.server, result.address)
        } catch let error as IPCError {
            throw error
        } catch {
            throw .unrecognizedAddress("\(error)")
        }
    }
}

/// The service that a socket serves, set once it is there.
final class ServiceHolder: Sendable {
    private let current = Mutex<WalletService?>(nil)

    var service: WalletService? { current.withLock { $0 } }

    func set(_ service: WalletService) { current.withLock { $0 = service } }
}
