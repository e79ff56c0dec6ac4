import BitcoinIPC
import BitcoinInterfaces
import CapnpRPC
import IPC
import Logging

/// Connections to the serving process, and what is measured on them.
final class IpcBenchSubject: Sendable {
    private let processes: IpcProcess
    private let ipc: CapnpProtocol<any ProcessInit>
    private let address: IpcAddress
    private let counter: CountingChannel
    private let executor: ChannelExecutor
    private let echo: any Echo
    private let rpc: any Rpc
    private let wallet: any Wallet
    private let shortText = String(repeating: "e", count: IpcBenchSettings.shortText)
    private let longText = String(repeating: "E", count: IpcBenchSettings.longText)

    init(path: String) async throws {
        let logger = Logger(label: "ipc") { _ in SwiftLogNoOpLogHandler() }
        processes = IpcProcess(argumentZero: "", logger: logger)
        ipc = BitcoinProtocol.make(executable: "bitcoin-bench", logger: logger)
        address = .unix(path: path)
        guard let channel = try await processes.connect(address), let executor = channel.executor else {
            throw BenchError("no connection")
        }
        self.executor = executor
        // It is not in the way of what is measured: two additions per message.
        counter = CountingChannel(channel)
        let root = try await ipc.connect(counter).root
        echo = try await root.makeEcho()
        rpc = try await root.makeRpc()
        wallet = try await root.makeWallet(name: "")
    }

    /// The measurements, in order.
    func lines(_ settings: IpcBenchSettings) async throws -> [IpcBenchLine] {
        let short = try await bytes { try await self.answer(self.shortText) }
        let long = try await bytes { try await self.answer(self.longText) }
        let window = try await bytes { try await self.readWindow() }
        let notification = try await TipSubject(connect: connect)
        let calls = settings.samples(400)
        return [
            IpcBenchLine(
                name: "echo, connection's own executor", target: .timeAtMost(2), bytes: short, rawSamples: 400
            ) {
                try await self.onOwnExecutor { try await median(calls) { try await self.answer(self.shortText) } }
            },
            IpcBenchLine(name: "echo, any other task", target: .timeAtMost(3), bytes: short, rawSamples: 400) {
                try await median(calls) { try await self.answer(self.shortText) }
            },
            IpcBenchLine(
                name: "echo, 8 callers, per call", target: .timeAtMost(0.5), bytes: short, rawSamples: 400
            ) {
                try await self.onOwnExecutor { try await self.manyCallers(calls) }
            },
            IpcBenchLine(
                name: "echo, 8 other tasks, per call", target: .timeAtMost(0.5), bytes: short, rawSamples: 400
            ) {
                try await self.manyCallers(calls)
            },
            IpcBenchLine(name: "echo, pipelined, per call", target: .timeAtMost(0.1), bytes: short, rawSamples: 400) {
                try await self.onOwnExecutor { try await self.pipelined(calls) }
            },
            IpcBenchLine(name: "1 MB echo", target: .throughputAtLeast(0.3), bytes: long, rawSamples: 10) {
                try await self.onOwnExecutor {
                    try await median(settings.samples(20)) { try await self.answer(self.longText) }
                }
            },
            IpcBenchLine(
                name: "set-up to first answer", target: .timeAtMost(6), bytes: short, rawSamples: 200
            ) {
                // Kept until all are measured: ending connections is another matter.
                var roots: [any ProcessInit] = []
                return try await median(settings.samples(40)) {
                    let root = try await self.connect()
                    _ = try await root.getProcessInfo()
                    roots.append(root)
                }
            },
            IpcBenchLine(
                name: "wallet window of 100 transactions", target: .timeAtMost(4), bytes: window, rawSamples: 100
            ) {
                try await self.onOwnExecutor { try await median(settings.samples(100)) { try await self.readWindow() } }
            },
            IpcBenchLine(
                name: "block to the last of 16 clients", target: .timeAtMost(6), bytes: short, rawSamples: 200
            ) {
                try await self.onOwnExecutor {
                    try await medianValue(settings.samples(60)) { try await notification.publish(by: self.rpc) }
                }
            },
        ]
    }

    /// The bytes of one call.
    private func bytes(of call: @Sendable () async throws -> Void) async throws -> ByteCounts {
        // The first time may make threads.
        try await call()
        // Late messages of the former, which nobody waits for.
        try await answer(shortText)
        let before = counter.counts
        try await call()
        return counter.counts - before
    }

    private func onOwnExecutor(_ body: @escaping @Sendable () async throws -> Double) async throws -> Double {
        try await Task(executorPreference: executor) { try await body() }.value
    }

    private func answer(_ text: String) async throws {
        guard try await echo.echo(echo: text).utf8.count == text.utf8.count else { throw BenchError("wrong answer") }
    }

    private func readWindow() async throws {
        let count = IpcBenchSettings.windowRows
        let window = try await wallet.getTransactions(filter: "", offset: 0, count: UInt32(count))
        guard window.rows.count == count else { throw BenchError("wrong window") }
    }

    private func connect() async throws -> any ProcessInit {
        guard let channel = try await processes.connect(address) else { throw BenchError("no connection") }
        return try await ipc.connect(channel).root
    }

    private func manyCallers(_ calls: Int) async throws -> Double {
        let start = monotonicNanoseconds()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<IpcBenchSettings.callers {
                group.addTask { for _ in 0..<calls { try await self.answer(self.shortText) } }
            }
            try await group.waitForAll()
        }
        return Double(monotonicNanoseconds() - start) / Double(IpcBenchSettings.callers * calls)
    }

    /// Sends many calls and only then awaits the answers. Below the proxies, whose methods await: it is what a program
    /// does that pipelines.
    private func pipelined(_ calls: Int) async throws -> Double {
        guard let target = (echo as? any ProxyClientObject)?.remote.capability else { throw BenchError("no proxy") }
        typealias Method = Messages.Echo
        return try await median(max(calls / 20, 1)) {
            let promises = (0..<IpcBenchSettings.pipelined).map { _ in
                target.call(
                    interfaceID: Method.interfaceID, methodID: Method.Method.echo.rawValue,
                    paramsSize: Method.EchoParams.size, isPipelined: false
                ) { Method.EchoParams.Builder($0).setEcho(self.shortText) }
            }
            for promise in promises {
                let answer = try Method.EchoResults.Reader(try await promise.response().results).result()
                guard answer == self.shortText else { throw BenchError("wrong answer") }
            }
        } / Double(IpcBenchSettings.pipelined)
    }
}

/// Clients that want to know of blocks, each with a connection of its own.
private final class TipSubject: Sendable {
    private let collector = TipCollector()
    private let handlers: [any Handler]

    init(connect: () async throws -> any ProcessInit) async throws {
        var handlers: [any Handler] = []
        for _ in 0..<IpcBenchSettings.clients {
            let node = try await connect().makeNode()
            handlers.append(try await node.handleEvents(events: TipReceiver(collector)))
        }
        self.handlers = handlers
    }

    /// Nanoseconds from the event to the last client; also the time of the rest.
    func publish(by rpc: any Rpc) async throws -> Double {
        collector.expect(handlers.count)
        _ = try await rpc.executeRpc(request: "publish", uri: "", user: "")
        return await collector.latest()
    }
}

/// Nanoseconds of `body`, median of several times.
private func median(_ samples: Int, _ body: () async throws -> Void) async throws -> Double {
    try await medianValue(samples) {
        let start = monotonicNanoseconds()
        try await body()
        return Double(monotonicNanoseconds() - start)
    }
}

/// Median of what `body` says.
private func medianValue(_ samples: Int, _ body: () async throws -> Double) async throws -> Double {
    var times: [Double] = []
    for _ in 0..<samples { times.append(try await body()) }
    return Distribution(times).median
}
