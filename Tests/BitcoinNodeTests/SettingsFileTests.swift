import BitcoinInterfaces
import BitcoinNode
import BitcoinRPC
import Foundation
import Testing

/// Wallets that are remembered for the next start, in Core's `settings.json`.
@Suite(.timeLimit(.minutes(5)))
struct SettingsFileTests {
    private func settings(of node: TestNode) throws -> JSONValue {
        try JSONValue(parsing: String(contentsOfFile: node.directory + "/settings.json", encoding: .utf8))
    }

    @Test func `load_on_startup adds and removes a wallet and keeps everything else`() async throws {
        let node = try TestNode(spawner: FakeSpawner(), remembers: true)
        try await node.load()
        for name in ["one", "sp ace-é"] { try node.makeWalletFile(name) }
        let before = #"{"_warning_": "generated", "prune": 550, "wallet": ["other"]}"#
        try Data(before.utf8).write(to: URL(filePath: node.directory + "/settings.json"))
        #expect(try await node.call("loadwallet", "one", true) == ["name": "one"])
        #expect(try await node.call("loadwallet", "sp ace-é", true) == ["name": "sp ace-é"])
        #expect(try settings(of: node)["wallet"] == ["other", "one", "sp ace-é"])
        #expect(try await node.call("unloadwallet", "one", false) == [:])
        #expect(try await node.call("unloadwallet", "sp ace-é") == [:])
        #expect(
            try settings(of: node)
                == ["_warning_": "generated", "prune": 550, "wallet": ["other", "sp ace-é"]])
    }

    @Test func `the terminal's attach and detach are remembered`() async throws {
        let node = try TestNode(spawner: FakeSpawner(), remembers: true)
        try await node.load()
        try node.makeWalletFile("one")
        let loader = try await NodeInit(node.context).makeWalletLoader()
        _ = try await loader.loadWallet(name: "one")
        #expect(try settings(of: node)["wallet"] == ["one"])
        try await loader.unloadWallet(name: "one")
        #expect(try settings(of: node)["wallet"].isNull)
    }

    @Test func `a damaged file is named, not overwritten`() async throws {
        let node = try TestNode(spawner: FakeSpawner(), remembers: true)
        try await node.load()
        try node.makeWalletFile("one")
        let path = node.directory + "/settings.json"
        try Data("{".utf8).write(to: URL(filePath: path))
        #expect(throws: RPCError.self) { try SettingsFile(path: path).read() }
        #expect(try await node.call("loadwallet", "one", true)["warnings"].arrayValue?.count == 1)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "{")
    }
}
