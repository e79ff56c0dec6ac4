import BitcoinPrimitives
import Foundation

/// `bitcoin-bench parse`: reading a block with all hashes of its transactions, beside Core's `DeserializeBlockTest`.
///
/// Core's bench always reads its own block 413567, so that is the one to give.
struct ParseBench {
    private let settings: IpcBenchSettings
    private let chain: ChainBenchSettings

    init(_ settings: IpcBenchSettings, _ chain: ChainBenchSettings) {
        self.settings = settings
        self.chain = chain
    }

    /// Prints the line.
    ///
    /// - Returns: 0; 2 if the target was missed and that is to be an error.
    func run() throws -> Int32 {
        guard let path = chain.block else { throw BenchError("-block=<file> with a serialised block is needed") }
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let block = try Block(decoding: bytes)
        var line = BesideCore(
            "\(block.transactions.count) transactions, \(bytes.count) bytes, µs", atMost: 1, digits: 1)
        for _ in 0..<settings.effectiveRounds {
            let mine = try median(settings.samples(100)) {
                guard try Block(decoding: bytes).transactions.count == block.transactions.count else {
                    throw BenchError("the block has changed")
                }
            }
            line.add(ours: mine, core: try chain.core.map(microsecondsOfCore))
        }
        print(BesideCore.header("Reading a block, beside Bitcoin Core"))
        print(line.text)
        return line.isMissed && settings.checksTargets ? 2 : 0
    }

    private func median(_ count: Int, _ work: () throws -> Void) rethrows -> Double {
        var times: [Double] = []
        for _ in 0..<count {
            let start = threadNanoseconds()
            try work()
            times.append(Double(threadNanoseconds() - start) / 1000)
        }
        return Distribution(times).median
    }

    /// What Core's own bench says.
    private func microsecondsOfCore(_ folder: String) throws -> Double {
        let table = FileManager.default.temporaryDirectory.appendingPathComponent("bench-\(UUID().uuidString).csv")
        defer { try? FileManager.default.removeItem(at: table) }
        let usage = try MeasuredProcess.run(
            folder + "/bench_bitcoin", ["-filter=DeserializeBlockTest", "-output-csv=" + table.path])
        let text = (try? String(contentsOf: table, encoding: .utf8)) ?? ""
        // Benchmark, evals, iterations, total, min, max, median.
        let row = text.split(separator: "\n").first { $0.hasPrefix("DeserializeBlockTest") }
        let fields = row?.split(separator: ",").map { $0.trimmingPrefix(" ") } ?? []
        guard usage.status == 0, let last = fields.last, let seconds = Double(last) else {
            throw BenchError("\(folder)/bench_bitcoin did not measure")
        }
        return seconds * 1e6
    }
}
