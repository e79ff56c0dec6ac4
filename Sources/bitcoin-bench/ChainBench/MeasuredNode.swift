import BitcoinPrimitives
import Foundation

/// A node program that is measured: ours, or Core's.
struct MeasuredNode {
    /// The program.
    let path: String
    /// Names its folders.
    let name: String
    /// Options that only this one needs.
    let options: [String]

    /// Ours: the one beside this program, unless another is given.
    static func ours(_ path: String?) throws -> MeasuredNode {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let beside = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("bitcoin-node")
        return MeasuredNode(path: path ?? beside.path, name: "ours", options: ["-ipcbind=unix"])
    }

    /// Core's, in the folder of its programs.
    static func core(_ folder: String) -> MeasuredNode {
        // No peers, and none of the checks of Core's own data structures that its tests want on regtest: what is
        // measured is the work on the chain. And a small mempool: what it leaves of its memory Core adds to that of
        // -dbcache, and both are to have the same.
        MeasuredNode(
            path: folder + "/bitcoind", name: "core",
            options: [
                "-listen=0", "-connect=0", "-dnsseed=0", "-rpcport=18554", "-disablewallet", "-checkblockindex=0",
                "-checkmempool=0", "-maxmempool=5",
            ])
    }

    private func arguments(_ folder: String, _ more: [String]) -> [String] {
        ["-regtest", "-datadir=" + folder, "-printtoconsole=0", "-assumevalid=0"] + options + more
    }

    /// Has the node take in a chain, unless it has from an earlier run.
    ///
    /// - Returns: its data folder.
    func prepare(_ chain: SyntheticChain.Result, named title: String, in cache: String) throws -> String {
        let folder = cache + "/\(title)-\(name)"
        let mark = folder + "/complete"
        if (try? String(contentsOfFile: mark, encoding: .utf8)) == "\(chain.tip)" { return folder }
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try run(folder, ["-loadblock=" + chain.path, "-stopafterblockimport"], until: chain.tip)
        try "\(chain.tip)".write(toFile: mark, atomically: true, encoding: .utf8)
        return folder
    }

    /// Runs the node until it ends by itself.
    ///
    /// - Parameter tip: the block that it must have reached, by its own words.
    @discardableResult
    func run(_ folder: String, _ more: [String], until tip: BlockHash) throws -> ProcessUsage {
        let log = folder + "/regtest/debug.log"
        try? FileManager.default.removeItem(atPath: log)
        let usage = try MeasuredProcess.run(path, arguments(folder, more))
        guard usage.status == 0 else { throw BenchError("\(path) ended with status \(usage.status); see \(log)") }
        let written = try Data(contentsOf: URL(fileURLWithPath: log))
        // Our words, and Core's.
        guard ["best block \(tip)", "best=\(tip)"].contains(where: { written.range(of: Data($0.utf8)) != nil }) else {
            throw BenchError("\(path) did not reach block \(tip); see \(log)")
        }
        return usage
    }

    /// Starts the node, and stops it when it is ready.
    ///
    /// - Returns: seconds until it was ready, and the bytes of memory that it took for that.
    func start(_ folder: String, _ more: [String]) throws -> (seconds: Double, memory: Double) {
        let file = folder + "/node.pid"
        let usage = try MeasuredProcess.run(path, arguments(folder, more + ["-daemonwait", "-pid=" + file]))
        guard usage.status == 0, let text = try? String(contentsOfFile: file, encoding: .utf8),
            let process = Int32(text.filter(\.isNumber)), process > 1
        else { throw BenchError("\(path) did not start; see \(folder)/regtest/debug.log") }
        return (usage.seconds, try MeasuredProcess.end(process))
    }
}
