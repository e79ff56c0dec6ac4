import BitcoinCommon
import BitcoinIPC
import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPCNode
import Foundation
import IPC
import Logging
import TerminalUI

/// Connects the terminal to the node and to each wallet's own process, and starts a node when asked.
struct TuiConnector: NodeConnector {
    private let directory: String
    private let address: String
    private let nodePath: String
    private let nodeArguments: [String]
    private let process: IpcProcess
    private let ipc: CapnpProtocol<any ProcessInit>
    /// The command that starts a node, as shown to the user.
    let startCommand: String
    /// The command that stops the node, as shown to the user.
    let stopCommand: String

    init(arguments: Arguments, network: Network, argumentZero: String) {
        let logger = Logger(label: "ipc") { _ in SwiftLogNoOpLogHandler() }
        process = IpcProcess(argumentZero: argumentZero, logger: logger)
        ipc = BitcoinProtocol.make(executable: TuiProgram.executable, logger: logger)
        directory = arguments.networkDirectory(network)
        let given = arguments.string("ipcconnect").flatMap { $0.isEmpty ? nil : $0 } ?? "unix"
        address = given == "auto" ? "unix" : given
        var options = ["-chain=\(network.chainName)"]
        for name in ["datadir", "conf"] {
            if let value = arguments.string(name), !value.isEmpty { options.append("-\(name)=\(value)") }
        }
        nodePath = ProgramLocation.sibling("bitcoin-node", of: argumentZero)
        nodeArguments =
            options + ["-daemonwait", "-ipcbind=" + (address.hasPrefix("unix") ? address : "unix")]
        startCommand = (["bitcoin-node"] + nodeArguments).joined(separator: " ")
        stopCommand = (["bitcoin-cli"] + options + ["stop"]).joined(separator: " ")
    }

    func connect(failed: @Sendable (ConnectionAttempt) -> Void) async -> NodeConnection? {
        var shown = address
        do {
            let target = try IpcAddress.connecting(address, directory: directory)
            shown = target.description
            guard let channel = try await process.connect(target) else {
                throw OptionError("-ipcconnect=\(address) names no node; give unix or unix:<path>")
            }
            let connection = try await ipc.connect(channel)
            do {
                return try await open(connection, address: shown)
            } catch {
                connection.session.close()
                throw error
            }
        } catch {
            failed(ConnectionAttempt(address: shown, reason: describe(error), remedy: remedy(for: error)))
            return nil
        }
    }

    /// The objects of a node of ours; of another, such as Bitcoin Core's, what can be had by JSON-RPC.
    private func open(_ connection: IpcConnection<any ProcessInit>, address: String) async throws -> NodeConnection {
        let root = connection.root
        let session = connection.session
        let node: any Node
        do {
            node = try await root.makeNode()
        } catch IPCError.unimplemented {
            return try await openForeign(connection, address: address)
        }
        return NodeConnection(
            address: address, node: node, wallets: try await root.makeWalletLoader(), rpc: try await root.makeRpc(),
            connectWallet: { name, address in try await connectWallet(name: name, address: address) },
            waitUntilClosed: { await Self.ending(of: session, "the node closed the connection") },
            close: { session.close() })
    }

    private func openForeign(
        _ connection: IpcConnection<any ProcessInit>, address: String
    ) async throws -> NodeConnection {
        let root = connection.root
        let session = connection.session
        let rpc = try await root.makeRpc()
        let node = RPCNode(
            rpc: rpc, processID: session.peer.processID ?? 0, now: { Int64(Date().timeIntervalSince1970) },
            makeMining: { try await root.makeMining() })
        let wallets = try await node.wallets()
        return NodeConnection(
            address: address, node: node, wallets: wallets, rpc: rpc,
            limits: "Not a node of this project: shown by its JSON-RPC, without its log, wallets read-only.",
            connectWallet: { name, _ in
                guard let wallets else { throw OptionError("this node has no wallets") }
                return WalletConnection(
                    wallet: wallets.wallet(name),
                    waitUntilClosed: {
                        await wallets.waitUntilUnloaded(name)
                        return "the node has unloaded it"
                    }, close: {})
            },
            waitUntilClosed: { await Self.ending(of: session, "the node closed the connection") },
            close: { session.close() })
    }

    private static func ending(of session: IpcSession, _ orderly: String) async -> String {
        (await session.closed()).map { "\($0)" } ?? orderly
    }

    private func connectWallet(name: String, address: String) async throws -> WalletConnection {
        let target = try IpcAddress.connecting(address, directory: directory)
        guard let channel = try await process.connect(target) else {
            throw OptionError("the wallet has no socket of its own")
        }
        let connection = try await ipc.connect(channel)
        let session = connection.session
        do {
            return WalletConnection(
                wallet: try await connection.root.makeWallet(name: name),
                waitUntilClosed: { await Self.ending(of: session, "the wallet's process closed the connection") },
                close: { session.close() })
        } catch {
            session.close()
            throw error
        }
    }

    func startNode() async throws {
        let child = try DetachedProcess(path: nodePath, arguments: [nodePath] + nodeArguments)
        child.letGo()
    }

    func describe(_ error: any Error) -> String {
        switch error {
        case let error as RemoteException: error.message.replacingOccurrences(of: "std::exception: ", with: "")
        default: "\(error)"
        }
    }

    private func remedy(for error: any Error) -> String {
        guard case IPCError.connectFailed = error else { return "" }
        return "Start a node: \(startCommand)"
    }
}
