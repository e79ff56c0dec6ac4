import BitcoinIPC
import BitcoinInterfaces
import BitcoinRPC
import Foundation
import Glibc
import IPC
import Logging
import TestSupport
import Testing

/// A `bitcoin-node` of the regtest network in a folder of its own; killed with its last owner.
final class RunningNode: Sendable {
    let folder: ShortFolder
    let child: ChildProcess
    private let logStart: Int

    /// Starts a node without waiting for anything.
    ///
    /// - Parameters:
    ///   - network: Chooses the network, unless the configuration file does.
    ///   - program: The program's path, if it is to find others than the built ones beside it.
    init(
        in folder: ShortFolder, _ options: [String] = [], network: [String] = ["-regtest"],
        program: String = Program.node.path
    ) throws {
        self.folder = folder
        logStart = folder.read("regtest/debug.log").utf8.count
        child = try ChildProcess(
            program, network + ["-datadir=\(folder.path)", "-printtoconsole=0"] + options)
    }

    /// Starts a node and waits until it has loaded everything.
    static func start(
        in folder: ShortFolder? = nil, _ options: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> RunningNode {
        let node = try RunningNode(in: folder ?? ShortFolder(), options)
        await node.isLoaded(sourceLocation: sourceLocation)
        return node
    }

    /// Waits until the node has loaded everything.
    func isLoaded(sourceLocation: SourceLocation = #_sourceLocation) async {
        await eventually("the node is loaded: \(child.output.errors)\n\(log)", sourceLocation: sourceLocation) {
            log.contains("Done loading\n") || !child.isRunning
        }
    }

    /// What this run has written to its log.
    var log: String {
        String(decoding: Array(folder.read("regtest/debug.log").utf8.dropFirst(logStart)), as: UTF8.self)
    }

    var socket: String { folder.path + "/regtest/node.sock" }

    /// Runs `bitcoin-cli` against this node.
    func cli(
        _ words: String..., input: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Program.Output {
        try await Program.cli.run(
            ["-regtest", "-datadir=\(folder.path)"] + words, input: input, sourceLocation: sourceLocation)
    }

    /// The JSON that `bitcoin-cli` prints.
    func json(_ words: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws -> JSONValue {
        let output = try await Program.cli.run(
            ["-regtest", "-datadir=\(folder.path)"] + words, sourceLocation: sourceLocation)
        #expect(output.status == 0, "\(words): \(output.errors)", sourceLocation: sourceLocation)
        return (try? JSONValue(parsing: output.text)) ?? .null
    }

    /// Asks the node to stop and waits for its end.
    ///
    /// - Returns: Its exit code.
    func stop(sourceLocation: SourceLocation = #_sourceLocation) async -> Int32 {
        child.signal(SIGTERM)
        if await !child.ends(within: 60) {
            Issue.record("the node does not end:\n\(log)", sourceLocation: sourceLocation)
        }
        return child.output.status
    }

    /// Ends the node without warning.
    func kill() async {
        child.signal(SIGKILL)
        _ = await child.ends(within: 60)
    }
}

/// A connection to a node from these tests, for what would take too long through `bitcoin-cli`.
struct NodeClient: Sendable {
    let root: any ProcessInit
    private let rpc: any Rpc
    private let session: IpcSession

    /// A connection to any process of this project.
    static func connect(_ socket: String) async throws -> IpcConnection<any ProcessInit> {
        let logger = Logger(label: "ipc") { _ in SwiftLogNoOpLogHandler() }
        let process = IpcProcess(argumentZero: "test", logger: logger)
        let channel = try #require(try await process.connect(.unix(path: socket)))
        return try await BitcoinProtocol.make(executable: "test", logger: logger).connect(channel)
    }

    init(socket: String) async throws {
        let connection = try await Self.connect(socket)
        root = connection.root
        session = connection.session
        rpc = try await root.makeRpc()
    }

    /// The result of an RPC.
    ///
    /// - Throws: `RPCError` when the answer is an error.
    func call(_ method: String, _ parameters: JSONValue..., wallet: String? = nil) async throws -> JSONValue {
        let request = RPCRequest(method: method, parameters: .array(parameters), id: 1, version: .v2)
        let uri = wallet.map { "/wallet/" + RPCRequest.encodePercent($0) } ?? "/"
        let answer = try JSONValue(
            parsing: try await rpc.executeRpc(request: request.json.write(), uri: uri, user: "test"))
        if let error = RPCError(json: answer["error"]) { throw error }
        return answer["result"]
    }

    func close() { session.close() }
}
