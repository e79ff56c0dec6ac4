import IPC
import Logging
import Synchronization

/// The served workshop.
final class TestWorkshop: Workshop {
    let log = Mutex<[String]>([])
    let bell = TestBell()
    let waiting = Mutex(0)
    private let onPass: @Sendable (any Bell) -> Void

    init(onPass: @escaping @Sendable (any Bell) -> Void = { _ in }) {
        self.onPass = onPass
    }

    func add(a: Int32, b: Int32) async throws -> Int32 { a + b }

    func divide(dividend: Int64, divisor: Int64) async throws -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        return (quotient: quotient, remainder: remainder)
    }

    func count(value: Int) async throws -> Int { value * 2 }

    func mood(mood: Mood, name: Nickname) async throws -> Mood {
        log.withLock { $0.append(name.rawValue) }
        return mood == .calm ? .cross : .calm
    }

    func span(milliseconds: Duration) async throws -> Duration { milliseconds * 2 }
    func color(color: Golden.Color) async throws -> Golden.Color { color == .red ? .unknown(300) : color }

    func half(value: Int32?) async throws -> Int32? {
        guard let value, value.isMultiple(of: 2) else { return nil }
        return value / 2
    }

    func find(name: String?) async throws -> (result: Tool?, details: String?) {
        (result: name.map { .named($0) }, details: name == nil ? "nothing" : nil)
    }

    func reverse(tools: [Tool]) async throws -> [Tool] { tools.reversed() }

    func merge(prices: [String: Int64], names: Set<String>) async throws -> [(String, Int64)] {
        names.sorted().map { ($0, prices[$0] ?? -1) }
    }

    func matrix(rows: [[Int32]]) async throws -> [[Int32]] { rows.map { $0.reversed() } }
    func stamps(stamps: [Stamp?]) async throws -> [Stamp?] { stamps.reversed() }
    func nested(tools: [[Tool]]) async throws -> [[Stamp]] { tools.map { $0.compactMap(\.stamp) } }

    func repair(tool: Tool) async throws -> Tool {
        switch tool.name {
        case "broken": throw Breakage(part: "handle")
        case "lost": throw RemoteException("no such tool")
        default: tool
        }
    }

    func fail(text: String) async throws { throw RemoteException(text) }
    func makeBell() async throws -> any Bell { bell }

    func passBell(bell: any Bell) async throws -> any Bell {
        onPass(bell)
        return bell
    }

    func spareBell(bell: (any Bell)?) async throws -> (any Bell)? { bell }

    func apply(
        callback: @escaping @Sendable (Int32, String) async throws -> Int32, value: Int32
    ) async throws -> Int32 {
        try await callback(value, "applied") + 1
    }

    func transform(factor: Int32) async throws -> @Sendable (Int32, String) async throws -> Int32 {
        { value, _ in value * factor }
    }

    func maybeApply(callback: (@Sendable (Int32, String) async throws -> Int32)?) async throws -> Bool {
        callback != nil
    }

    func params(
        params: Int32, results: Int32, call: Int32, self_: Int32, in: Int32
    ) async throws -> (output: Int32, object: Int32) {
        (output: params + results, object: call + self_ + `in`)
    }

    func log(entry: String) async throws { log.withLock { $0.append(entry) } }

    func wait() async throws {
        waiting.withLock { $0 += 1 }
        defer { waiting.withLock { $0 -= 1 } }
        try await Task.sleep(for: .seconds(60))
    }
}

/// A bell that is an alarm clock.
final class TestBell: AlarmClock {
    let hours = Mutex<[UInt8]>([])
    private let onDeinit: @Sendable () -> Void

    init(onDeinit: @escaping @Sendable () -> Void = {}) {
        self.onDeinit = onDeinit
    }

    deinit { onDeinit() }

    func ring(times: Int32) async throws -> String { String(repeating: "ding ", count: Int(times)) }
    func set(hour: UInt8) async throws { hours.withLock { $0.append(hour) } }
    func pair(clock: any AlarmClock) async throws -> any Bell {
        try await clock.set(hour: 7)
        return clock
    }
}

extension Tool {
    static func named(_ name: String) -> Tool {
        Tool(
            name: name, weight: 1.5, size: nil, parts: [], stamp: nil, prices: [:], tags: [], raw: [], best: nil)
    }

    /// Everything set, two levels deep.
    static var full: Tool {
        var inner = Tool.named("inner")
        inner.size = 0
        return Tool(
            name: "full", weight: -2, size: 3, parts: [inner, .named("other")], stamp: Stamp(9),
            prices: ["a": 1, "b": 2], tags: ["x", "y"], raw: [0, 1], best: ("a", 1))
    }
}

/// A root object behind a connection in memory.
struct Loopback<Root: Sendable> {
    let connection: IpcConnection<Root>
    var remote: Root { connection.root }

    init(_ root: Root, _ bootstrap: CapnpProtocol<Root>.Bootstrap) async throws {
        let protocols = (0..<2).map { side in
            CapnpProtocol(
                name: side == 0 ? "server" : "client", bootstrap: bootstrap,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        }
        let (server, client) = MemoryChannel.makePair()
        _ = try protocols[0].serve(server) { _ in root }
        connection = try await protocols[1].connect(client)
    }
}

extension Loopback where Root == any Workshop {
    init(_ root: any Workshop) async throws {
        try await self.init(
            root,
            CapnpProtocol.Bootstrap(
                constructInterfaceID: Golden.Workshop.interfaceID,
                makeServer: { WorkshopProxyServer($0, connection: $1) }, makeClient: { WorkshopProxyClient($0) }))
    }
}
