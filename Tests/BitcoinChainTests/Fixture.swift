import BitcoinChain
import BitcoinConsensus
import Foundation
import Testing

/// The chain that Bitcoin Core wrote for these tests, which lies beside the repository where the project is developed.
enum Fixture {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/fixtures/core-regtest")

    /// What Core's RPC said about the chain; nil, with a note, when the fixture is absent.
    static let facts: Facts? = decodeFacts()

    /// Some of what Core's RPC said; nil, with a note, when the fixture is absent.
    static func decodeFacts<Part: Decodable>() -> Part? {
        guard let data = output(of: "/usr/bin/xz", ["-dc", folder.appending(path: "facts.json.xz").path()]) else {
            print("skipped: no ../shared/fixtures/core-regtest, or no xz")
            return nil
        }
        do {
            return try JSONDecoder().decode(Part.self, from: data)
        } catch {
            Issue.record(error, "facts.json is not what these tests expect")
            return nil
        }
    }

    /// Unpacks a fresh copy of the data folder into `target`; false, with an issue, when that is not
    /// possible.
    static func unpack(into target: TemporaryFolder) -> Bool {
        let archive = folder.appending(path: "datadir.tar.xz").path()
        let isUnpacked = output(of: "/usr/bin/tar", ["-xJf", archive, "-C", target.path]) != nil
        if !isUnpacked { Issue.record("the data folder cannot be unpacked") }
        return isUnpacked
    }

    /// The time at which Core stopped, in Unix seconds.
    static let mocktime: Int64 = 1_700_103_937

    /// What a program prints; nil when it fails.
    static func output(of program: String, _ arguments: [String]) -> Data? {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil, let data = try? pipe.fileHandleForReading.readToEnd() ?? Data() else {
            return nil
        }
        process.waitUntilExit()
        return process.terminationStatus == 0 ? data : nil
    }
}

/// The parts of the facts that these tests compare with.
struct Facts: Decodable {
    struct Info: Decodable {
        var bestblockhash: String
        var chainwork: String
        var mediantime: Int64
        var size_on_disk: UInt64
    }

    struct Tip: Decodable, Equatable {
        var height: Int
        var hash: String
        var branchlen: Int
        var status: String
    }

    struct BlockFacts: Decodable {
        var hash: String
        var header: String
        var stats: Stats?
    }

    struct Stats: Decodable {
        var height: Int
        var mediantime: Int64
        var ins: Int
        var outs: Int
        var subsidy: Int64
        var totalfee: Int64
        var total_size: Int
        var total_weight: Int
        var txs: Int
        var utxo_increase_actual: Int
    }

    struct CoinFacts: Decodable {
        var bogosize: Int
        var txouts: Int
        var transactions: Int?
        var hash_serialized_3: String?
    }

    struct MempoolFacts: Decodable {
        struct Fees: Decodable {
            var base: String
            var modified: String
            var ancestor: String
            var descendant: String
            var chunk: String
        }

        var fees: Fees
        var vsize: Int
        var weight: Int
        var time: Int64
        var height: Int
        var wtxid: String
        var ancestorcount: Int
        var ancestorsize: Int
        var descendantcount: Int
        var descendantsize: Int
        var chunkweight: Int
        var depends: [String]
        var spentby: [String]
        var unbroadcast: Bool
    }

    var getblockchaininfo: Info
    var getchaintips: [Tip]
    var blocks: [BlockFacts]
    var gettxoutsetinfo_none: CoinFacts
    var gettxoutsetinfo_hash_serialized_3: CoinFacts
    var getrawmempool_verbose: [String: MempoolFacts]
}

/// A folder that is removed with its last owner.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        // Chains make every block safe on disk; thousands of them on a busy disk would take minutes.
        let memory = "/dev/shm"
        let parent =
            FileManager.default.isWritableFile(atPath: memory)
            ? memory : FileManager.default.temporaryDirectory.path()
        path = parent + "/chain-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
