import BitcoinChain
import BitcoinCommon
import BitcoinConsensus
import BitcoinInterfaces
import BitcoinNode
import BitcoinPrimitives
import BitcoinRPC
import Foundation
import Testing

/// A whole node of the regtest network in this process: no sockets, no programs.
struct TestNode: Sendable {
    let context: NodeContext
    let rpc: RpcService
    let folder: TemporaryFolder
    /// How often a shutdown was asked for.
    let shutdowns = Counter()
    /// How many slow consumers were cut off.
    let overflows: Counter

    /// An address of regtest.
    static let address = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
    /// Another one.
    static let otherAddress = "mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8"
    /// A time after the genesis block.
    static let time: Int64 = 1_700_000_000

    /// Puts a node together; nothing is read yet.
    ///
    /// - Parameters:
    ///   - folder: Holds `regtest`, or nothing.
    ///   - change: Changes how the chain is kept.
    init(
        in folder: TemporaryFolder? = nil, mockTime: Int64 = TestNode.time, spawner: (any WalletSpawner)? = nil,
        echo: (@Sendable (String) async throws -> String)? = nil, remembers: Bool = false,
        startTimeLimit: Duration = .seconds(60), change: (inout ChainState.Configuration) -> Void = { _ in }
    ) throws {
        let folder = try folder ?? TemporaryFolder()
        self.folder = folder
        let directory = folder.path + "/regtest"
        try FileManager.default.createDirectory(
            atPath: directory + "/wallets", withIntermediateDirectories: true)
        let log = try DebugLog(DebugLog.Configuration())
        let overflows = Counter()
        self.overflows = overflows
        let hub = EventHub { overflows.increment() }
        let clock = NodeClock(mockTime: mockTime)
        let parameters = ChainParameters.parameters(for: .regtest)
        var configuration = ChainState.Configuration(parameters: parameters, directory: directory) { clock.now }
        configuration.cacheSize = 8 << 20
        change(&configuration)
        let manager = ChainManager(hub: hub, configuration: configuration)
        let wallets = WalletRegistry(
            configuration: .init(
                directory: WalletDirectory(path: directory + "/wallets"), chain: "regtest",
                messageStart: parameters.messageStart, dataDirectory: directory, keyPoolSize: 20, mockTime: mockTime,
                startTimeLimit: startTimeLimit,
                stopTimeLimit: .milliseconds(100)),
            hub: hub, log: log, spawner: spawner
        ) {
            ChainService(manager: manager, events: hub.makeClient()) { clock.now }
        }
        let shutdowns = shutdowns
        context = NodeContext(
            parameters: parameters, manager: manager, hub: hub, log: log, wallets: wallets, clock: clock,
            identity: .init(
                process: BitcoinInterfaces.ProcessInfo(
                    name: "bitcoin-node", version: ClientVersion.text, processID: getpid(), chain: "regtest",
                    startTime: NodeClock.real),
                dataDirectory: directory,
                settingsFile: remembers ? SettingsFile(path: directory + "/settings.json") : nil,
                requestShutdown: { shutdowns.increment() }, echoThroughProcess: echo))
        rpc = RpcService(context)
    }

    /// Loads the chain and, if there is a file, the mempool, as `bitcoin-node` does.
    func load() async throws {
        _ = try await context.manager.load { _ in true }
        let path = context.identity.dataDirectory + "/mempool.dat"
        if FileManager.default.fileExists(atPath: path) {
            try await context.manager.withState { _ = $0.loadMempool(try MempoolFile(path: path)) }
        }
        await context.manager.becomeReady()
        context.setInitMessage("")
    }

    /// Writes everything and lets go of the files, so that another node can have them.
    func close() async throws {
        await context.indexes.stop(context)
        try await context.manager.close()
    }

    /// A node that has started.
    static func loaded(
        in folder: TemporaryFolder? = nil, mockTime: Int64 = TestNode.time, spawner: (any WalletSpawner)? = nil
    ) async throws -> TestNode {
        let node = try TestNode(in: folder, mockTime: mockTime, spawner: spawner)
        try await node.load()
        return node
    }

    var directory: String { context.identity.dataDirectory }
    var mining: MiningService {
        MiningService(manager: context.manager, hub: context.hub, parameters: context.parameters)
    }
    var chain: ChainService {
        let clock = context.clock
        return ChainService(manager: context.manager, events: context.hub.makeClient()) { clock.now }
    }
    var service: NodeService { NodeService(context, events: context.hub.makeClient()) }

    // MARK: RPC

    /// The result of an RPC.
    ///
    /// - Throws: `RPCError` when the answer is an error.
    func call(_ method: String, _ parameters: JSONValue..., wallet: String? = nil) async throws -> JSONValue {
        try await call(method, .array(parameters), wallet: wallet)
    }

    /// The result of an RPC with named parameters.
    func call(_ method: String, named: JSONValue) async throws -> JSONValue {
        try await call(method, named, wallet: nil)
    }

    private func call(_ method: String, _ parameters: JSONValue, wallet: String?) async throws -> JSONValue {
        let request = RPCRequest(method: method, parameters: parameters, id: 1, version: .v2)
        let uri = wallet.map { "/wallet/" + RPCRequest.encodePercent($0) } ?? "/"
        let answer = try JSONValue(
            parsing: try await rpc.executeRpc(request: request.json.write(), uri: uri, user: "test"))
        if let error = RPCError(json: answer["error"]) { throw error }
        return answer["result"]
    }

    /// The error of an RPC, as code and message.
    func failure(
        _ method: String, _ parameters: JSONValue..., wallet: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async -> RPCError? {
        do {
            let result = try await call(method, .array(parameters), wallet: wallet)
            Issue.record("\(method) succeeded: \(result.write())", sourceLocation: sourceLocation)
            return nil
        } catch let error as RPCError {
            return error
        } catch {
            Issue.record(error, sourceLocation: sourceLocation)
            return nil
        }
    }

    /// Mines blocks.
    @discardableResult
    func mine(_ count: Int64, to address: String = TestNode.address) async throws -> [BlockHash] {
        let hashes = try await call("generatetoaddress", .int(count), .string(address))
        let found = (hashes.arrayValue ?? []).compactMap { $0.stringValue.flatMap { BlockHash(hex: $0) } }
        // A task that is cancelled, as that of a test whose time is over, gets fewer.
        guard found.count == count else { throw CancellationError() }
        return found
    }
}
