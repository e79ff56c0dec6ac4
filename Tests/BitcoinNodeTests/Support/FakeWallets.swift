import BitcoinInterfaces
import BitcoinNode
import BitcoinRPC
import Foundation
import Synchronization

/// A wallet process that is none.
final class FakeWallet: ChainClient {
    let name: String
    let processID: Int32
    let starts = Counter()
    let stops = Counter()
    let requests = Recorder<(request: String, uri: String, user: String)>()
    /// Work of `start`.
    let onStart: @Sendable () async throws -> Void
    /// Answers a request.
    let answer: @Sendable (RPCRequest) async throws -> String
    /// Work of `stop`.
    let onStop: @Sendable () async throws -> Void

    init(
        _ name: String, processID: Int32 = 4711,
        answer: @escaping @Sendable (RPCRequest) async throws -> String = FakeWallet.echo,
        onStart: @escaping @Sendable () async throws -> Void = {},
        onStop: @escaping @Sendable () async throws -> Void = {}
    ) {
        self.name = name
        self.processID = processID
        self.onStart = onStart
        self.onStop = onStop
        self.answer = answer
    }

    /// Answers with method and parameters.
    static let echo: @Sendable (RPCRequest) async throws -> String = { request in
        let result: JSONValue = ["method": .string(request.method), "params": request.parameters]
        return RPCResponse(outcome: .success(result), id: request.id, version: request.version).json.write()
    }

    var info: ChainClientInfo {
        ChainClientInfo(
            process: BitcoinInterfaces.ProcessInfo(
                name: "bitcoin-wallet", version: "v1", processID: processID, chain: "regtest", startTime: 0),
            walletName: name, address: "unix:/tmp/\(name).sock")
    }

    func getInfo() async throws -> ChainClientInfo { info }

    func start() async throws {
        starts.increment()
        try await onStart()
    }

    func executeRpc(request: String, uri: String, user: String) async throws -> String {
        requests.add((request, uri, user))
        var envelope = RPCRequest.Envelope()
        let parsed = try RPCRequest(json: try JSONValue(parsing: request), uri: uri, user: user, envelope: &envelope)
        return try await answer(parsed)
    }

    func stop() async throws {
        stops.increment()
        try await onStop()
    }
}

/// Something that went wrong, with its text.
struct FakeFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Hands out `FakeWallet`s instead of starting processes.
final class FakeSpawner: WalletSpawner {
    /// One process that was asked for.
    final class Process: Sendable {
        let settings: WalletProcessSettings
        let chain: any Chain
        let wallet: FakeWallet
        let life: Life

        init(settings: WalletProcessSettings, chain: any Chain, wallet: FakeWallet, life: Life) {
            self.settings = settings
            self.chain = chain
            self.wallet = wallet
            self.life = life
        }

        var releases: Counter { life.releases }

        func die(_ text: String) { life.die(text) }
    }

    /// A process from its start to its end.
    final class Life: Sendable {
        let releases = Counter()
        let kills = Counter()
        private let end = Gate()
        private let how = Mutex("")

        /// Ends the process in that way.
        func die(_ text: String) {
            how.withLock { $0 = text }
            end.open()
        }

        func ended() async -> String {
            await end.pass()
            return how.withLock { $0 }
        }
    }

    /// Processes that took up their wallet.
    let processes = Recorder<Process>()
    /// All processes.
    let lives = Recorder<Life>()
    /// Whether processes end when they are released.
    private let isObedient: Bool
    private let make: @Sendable (WalletProcessSettings) async throws -> FakeWallet

    init(
        isObedient: Bool = true,
        _ make: @escaping @Sendable (WalletProcessSettings) async throws -> FakeWallet = { FakeWallet($0.walletName) }
    ) {
        self.isObedient = isObedient
        self.make = make
    }

    func spawn() -> SpawnedWallet {
        let life = Life()
        lives.add(life)
        return SpawnedWallet(processID: 4711) { settings, chain in
            let process = Process(settings: settings, chain: chain, wallet: try await self.make(settings), life: life)
            self.processes.add(process)
            return process.wallet
        } ended: {
            await life.ended()
        } release: {
            life.releases.increment()
            if self.isObedient { life.die("exited with status 0") }
        } kill: {
            life.kills.increment()
            life.die("killed by signal 9")
        }
    }
}

extension TestNode {
    /// Makes a folder that looks like a wallet to whoever only looks for wallets.
    func makeWalletFile(_ name: String) throws {
        let directory = WalletDirectory(path: directory + "/wallets")
        try FileManager.default.createDirectory(atPath: directory.folder(name), withIntermediateDirectories: true)
        try Data("SQLite format 3\0".utf8).write(to: URL(filePath: directory.database(name)))
    }
}
