import Foundation

/// `bitcoin-bench ipc`: calls between two processes, beside a ping-pong of blocking reads and writes between two
/// processes that moves as many bytes.
struct IpcBench {
    private let settings: IpcBenchSettings

    init(_ settings: IpcBenchSettings) { self.settings = settings }

    /// Measures and prints.
    ///
    /// - Returns: 0, or 2 if targets are checked and one was missed.
    func run() async throws -> Int32 {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bitcoin-bench-\(getpid())")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("bench.sock").path

        let processors = try settings.placement.processors()
        let option = processors.map { ["\(PeerProcess.processorOption)\($0.answering)"] } ?? []
        let reflector = try PeerProcess(option + [PeerProcess.reflect])
        defer { reflector.end() }
        let server = try PeerProcess(option + [PeerProcess.serve, path])
        defer { server.end() }
        try server.waitUntilReady()
        if let processors { try Placement.keepThisProcess(on: processors.asking) }

        let subject = try await IpcBenchSubject(path: path)
        var results = try await subject.lines(settings).filter { line in
            settings.only.isEmpty || line.name.contains(settings.only)
        }.map { IpcBenchResult($0) }
        var yardstick = Yardstick(socket: reflector.socket)
        print(Self.introduction(settings))
        // The first round warms caches and is not counted.
        for round in 0...settings.effectiveRounds {
            for index in results.indices {
                let line = results[index].line
                let samples = settings.samples(line.rawSamples)
                let before = try yardstick.pingPong(line.bytes, samples: samples)
                let ours = try await line.measure()
                let after = try yardstick.pingPong(line.bytes, samples: samples)
                if round > 0 { results[index].add(ours: ours, raw: (before + after) / 2) }
            }
        }
        print(IpcBenchResult.header)
        for result in results { print(result.text) }
        print(yardstick.noise)
        return settings.checksTargets && results.contains { !$0.isReached } ? 2 : 0
    }

    private static func introduction(_ settings: IpcBenchSettings) -> String {
        let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.prefix { $0 != " " } ?? "?"
        return """
            Ours: generated proxies, Unix socket, two processes. Raw: blocking write and read on a socketpair, two
            processes, as many bytes. In turns, medians of \(settings.effectiveRounds) rounds; \
            \(ProcessInfo.processInfo.activeProcessorCount) processors, load \(load),
            \(settings.placement.text).

            """
    }
}

/// The ping-pong, and how steady it was.
struct Yardstick {
    private let socket: RawSocket
    private var buffer = [UInt8](repeating: 0, count: 4 << 20)
    private var small: [Double] = []

    init(socket: RawSocket) { self.socket = socket }

    /// Nanoseconds of one exchange, median of `samples`.
    mutating func pingPong(_ bytes: ByteCounts, samples: Int) throws -> Double {
        let request = max(bytes.request, RawSocket.headerBytes)
        var times: [Double] = []
        for _ in 0..<samples {
            let start = monotonicNanoseconds()
            try socket.exchange(request: request, reply: bytes.reply, buffer: &buffer)
            times.append(Double(monotonicNanoseconds() - start))
        }
        let median = Distribution(times).median
        if request + bytes.reply < 4096 { small.append(median) }
        return median
    }

    /// For people: how much the same small ping-pong varied during the run.
    var noise: String {
        let all = Distribution(small)
        return "\nNoise: the small ping-pong took \(IpcBenchResult.number(all.median / 1000, 1)) µs, "
            + "between \(IpcBenchResult.number(all.low / 1000, 1)) and \(IpcBenchResult.number(all.high / 1000, 1)) "
            + "in eight of ten turns."
    }
}
