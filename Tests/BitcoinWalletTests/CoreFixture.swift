import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC
import BitcoinWallet
import ByteCoding
import Foundation
import Logging

/// The regtest datadir that Core wrote, and what Core said of it.
struct CoreFixture: Sendable {
    let facts: JSONValue
    let directory: String
    let blocks: [Block]
    let mempool: [Transaction]

    /// The directory of shared test data beside the repository.
    private static var shared: String {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return package.deletingLastPathComponent().appending(path: "shared/fixtures/core-regtest").path()
    }

    /// Unpacked once for all tests; nil when the data are not there.
    static let cached: CoreFixture? = {
        guard FileManager.default.fileExists(atPath: shared + "/datadir.tar.xz") else {
            print("note: \(shared) is missing; tests against Core's wallets are skipped")
            return nil
        }
        return try? CoreFixture(shared: shared)
    }()

    private init(shared: String) throws {
        directory = NSTemporaryDirectory() + "/wallet-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Self.run("/usr/bin/tar", ["-xJf", shared + "/datadir.tar.xz", "-C", directory])
        try Self.run("/bin/sh", ["-c", "xz -dc '\(shared)/facts.json.xz' > '\(directory)/facts.json'"])
        facts = try JSONValue(parsing: Array(Data(contentsOf: URL(filePath: directory + "/facts.json"))))
        let network = try Self.networkDirectory(directory)
        let all = try Self.readBlocks(network + "/blocks")
        blocks = (facts["blocks"].arrayValue ?? []).compactMap { block in
            block["hash"].stringValue.flatMap(BlockHash.init(hex:)).flatMap { all[$0] }
        }
        mempool = try Self.readMempool(network + "/mempool.dat")
    }

    private static func networkDirectory(_ directory: String) throws -> String {
        for candidate in [directory + "/datadir/regtest", directory + "/regtest"]
        where FileManager.default.fileExists(atPath: candidate) {
            return candidate
        }
        throw CocoaError(.fileNoSuchFile)
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = try Process.run(URL(filePath: program), arguments: arguments)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileReadUnknown) }
    }

    private static func readBlocks(_ directory: String) throws -> [BlockHash: Block] {
        let key = Array(try Data(contentsOf: URL(filePath: directory + "/xor.dat")))
        var bytes = Array(try Data(contentsOf: URL(filePath: directory + "/blk00000.dat")))
        for index in bytes.indices { bytes[index] ^= key[index % key.count] }
        var reader = ByteReader(bytes)
        var blocks: [BlockHash: Block] = [:]
        while let magic = try? reader.readUInt32(), magic == 0xdab5_bffa {
            let block = try Block(decoding: try reader.readBytes(Int(try reader.readUInt32())))
            blocks[block.hash] = block
        }
        return blocks
    }

    private static func readMempool(_ path: String) throws -> [Transaction] {
        var bytes = Array(try Data(contentsOf: URL(filePath: path)))
        // Version 2, then the key with its length; everything behind is obfuscated by its place in the file.
        let key = Array(bytes[9..<17])
        for index in 17..<bytes.count { bytes[index] ^= key[index % key.count] }
        var reader = ByteReader(bytes)
        try reader.skip(17)
        let count = try reader.readUInt64()
        return try (0..<count).map { _ in
            let transaction = try Transaction(from: &reader)
            try reader.skip(16)
            return transaction
        }
    }

    var mockTime: Int64 { facts["mocktime"].intValue ?? 0 }

    func chain() -> TestChain { TestChain(blocks: blocks, mempool: mempool, time: mockTime) }

    /// A private copy of the wallets.
    func copyWallets() throws -> String {
        let copy = directory + "/copy-\(UUID().uuidString)"
        try FileManager.default.copyItem(
            atPath: try Self.networkDirectory(directory) + "/wallets", toPath: copy)
        return copy
    }

    /// A service of one of the wallets, not started.
    func service(_ name: String, walletDirectory: String, chain: TestChain) throws -> WalletService {
        try makeService(name, walletDirectory: walletDirectory, chain: chain, keyPoolSize: 20, mockTime: mockTime)
    }
}

/// A service for tests.
func makeService(
    _ name: String, walletDirectory: String, chain: any Chain, create: CreateWalletOptions? = nil,
    keyPoolSize: Int64 = 20, mockTime: Int64 = 0
) throws -> WalletService {
    let settings = WalletProcessSettings(
        chain: "regtest", dataDirectory: walletDirectory, walletDirectory: walletDirectory, walletName: name,
        create: create, keyPoolSize: keyPoolSize, mockTime: mockTime, debugCategories: [], messageStart: [])
    let process = BitcoinInterfaces.ProcessInfo(
        name: "bitcoin-wallet", version: "test", processID: 1, chain: "regtest", startTime: 0)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return try WalletService(chain: chain, settings: settings, process: process, address: "", logger: logger)
}

extension WalletService {
    /// Runs an RPC and returns its result.
    func call(_ method: String, _ parameters: JSONValue = []) async throws -> JSONValue {
        let request: JSONValue = ["jsonrpc": "2.0", "id": 1, "method": .string(method), "params": parameters]
        let response = try JSONValue(
            parsing: try await executeRpc(request: request.write(), uri: "/", user: "test"))
        if let error = RPCError(json: response["error"]) { throw error }
        return response["result"]
    }
}
