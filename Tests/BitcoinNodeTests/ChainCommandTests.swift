import BitcoinCommon
import BitcoinNode
import BitcoinPrimitives
import BitcoinRPC
import Foundation
import Testing

/// Commands that check the chain, judge blocks, and wait for them.
@Suite(.timeLimit(.minutes(5)))
struct ChainCommandTests {
    @Test func `the chain is checked again at every level`() async throws {
        let node = try await TestNode.loaded()
        try await node.mine(10)
        for level in 0...4 {
            #expect(try await node.call("verifychain", .int(level), 0) == true)
        }
        #expect(try await node.call("verifychain") == true)
    }

    @Test func `a damaged block is found by checking and named in the log`() async throws {
        let node = try await TestNode.loaded()
        try await node.mine(10)
        let file = try FileHandle(forUpdating: URL(filePath: node.directory + "/blocks/blk00000.dat"))
        let end = try await node.call("getblockchaininfo")["size_on_disk"].requireInteger(as: UInt64.self)
        // Inside the last block: undo data of blocks without spends takes 42 bytes each.
        try file.seek(toOffset: end - 10 * 42 - 100)
        let byte = try #require(try file.read(upToCount: 1)).first ?? 0
        try file.seek(toOffset: end - 10 * 42 - 100)
        try file.write(contentsOf: Data([byte ^ 1]))
        try file.close()
        #expect(try await node.call("verifychain", 1, 3) == false)
        let log = node.context.log.window(first: 0, count: 1000).lines
        #expect(log.contains { $0.contains("Verification error: block") })
        #expect(node.context.failure == nil)
    }

    @Test func `a block is given up and taken back`() async throws {
        let node = try await TestNode.loaded()
        let hashes = try await node.mine(5)
        let third = JSONValue.string(hashes[2].description)
        #expect(try await node.call("invalidateblock", third) == .null)
        #expect(try await node.call("getbestblockhash") == .string(hashes[1].description))
        #expect(try await node.call("getchaintips")[0]["status"] == "invalid")
        let others = try await node.mine(1, to: TestNode.otherAddress)
        #expect(try await node.call("getbestblockhash") == .string(others[0].description))
        #expect(try await node.call("reconsiderblock", third) == .null)
        #expect(try await node.call("getbestblockhash") == .string(hashes[4].description))
        // The first block stays.
        let genesis = try await node.call("getblockhash", 0)
        #expect(try await node.call("invalidateblock", genesis) == .null)
        #expect(try await node.call("getblockcount") == 5)
        let unknown = JSONValue.string(String(repeating: "11", count: 32))
        for method in ["invalidateblock", "reconsiderblock", "preciousblock"] {
            let error = await node.failure(method, unknown)
            #expect(error?.code == .invalidAddressOrKey && error?.message == "Block not found")
        }
    }

    @Test func `of two equal blocks the preferred one is the tip`() async throws {
        let node = try await TestNode.loaded()
        let first = try await node.mine(1)[0]
        _ = try await node.call("invalidateblock", .string(first.description))
        let second = try await node.mine(1, to: TestNode.otherAddress)[0]
        _ = try await node.call("reconsiderblock", .string(first.description))
        for hash in [second, first, second] {
            _ = try await node.call("preciousblock", .string(hash.description))
            #expect(try await node.call("getbestblockhash") == .string(hash.description))
        }
    }

    @Test func `waiting ends with the block, the height, or the time`() async throws {
        let node = try await TestNode.loaded()
        let known = try await node.mine(2)
        let tip: JSONValue = ["hash": .string(known[1].description), "height": 2]
        #expect(try await node.call("waitforblockheight", 2) == tip)
        #expect(try await node.call("waitforblock", .string(known[1].description)) == tip)
        #expect(try await node.call("waitfornewblock", 10) == tip)
        #expect(try await node.call("waitfornewblock", 0, .string(known[0].description)) == tip)
        let waiting = Task { try await node.call("waitforblockheight", 4) }
        let hashes = try await node.mine(2)
        #expect(try await waiting.value == ["hash": .string(hashes[1].description), "height": 4])
        #expect(await node.failure("waitfornewblock", -1)?.message == "Negative timeout")
    }

    @Test func `the size of the coins on disk is an estimate, and hash types are Core's`() async throws {
        let node = try await TestNode.loaded()
        try await node.mine(3)
        let info = try await node.call("gettxoutsetinfo")
        #expect(info["txouts"] == 3)
        #expect(info["hash_serialized_3"].stringValue?.count == 64)
        #expect(try await node.call("gettxoutsetinfo", "none")["hash_serialized_3"] == .null)
        #expect(await node.failure("gettxoutsetinfo", "sha3")?.message == "'sha3' is not a valid hash_type")
    }
}
