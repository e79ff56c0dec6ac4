import BitcoinChain
import BitcoinConsensus
import BitcoinPrimitives
import BitcoinRPC
import ByteCoding
import Foundation
import TestSupport
import Testing

/// Blocks mined on a fresh regtest chain.
@Suite(.timeLimit(.minutes(5)))
struct MiningCommandTests {
    @Test func `generatetoaddress makes blocks that pay to the address`() async throws {
        let node = try await TestNode.loaded()
        let hashes = try await node.mine(3)
        #expect(hashes.count == 3)
        #expect(try await node.call("getblockcount") == 3)
        for (offset, hash) in hashes.enumerated() {
            let block = try await node.call("getblock", .string(hash.description), 2)
            #expect(block["height"] == .int(offset + 1))
            let coinbase = block["tx"][0]
            #expect(coinbase["vout"][0]["scriptPubKey"]["address"] == .string(TestNode.address))
            #expect(coinbase["vout"][0]["value"] == .number("50.00000000"))
            #expect(coinbase["vout"][1]["scriptPubKey"]["type"] == "nulldata")
            #expect(coinbase["fee"].isNull)
        }
        #expect(try await node.call("getbestblockhash") == .string(try #require(hashes.last).description))
    }

    @Test func `submitblock takes a block of another node and tells in BIP 22's words why not`() async throws {
        let miner = try await TestNode.loaded()
        let node = try await TestNode.loaded()
        let hashes = try await miner.mine(3)
        var blocks: [String] = []
        for hash in hashes {
            blocks.append(
                try #require(await miner.call("getblock", .string(hash.description), 0).stringValue))
        }
        #expect(try await node.call("submitblock", .string(blocks[0])) == .null)
        #expect(try await node.call("submitblock", .string(blocks[0])) == "duplicate")
        #expect(try await node.call("submitblock", .string(blocks[2]), "ignored") == "prev-blk-not-found")
        // Old software leaves the witness of the coinbase out.
        var stripped = try Block(decoding: Hex.decode(blocks[1]))
        #expect(stripped.transactions[0].hasWitness)
        stripped = Block(
            header: stripped.header,
            transactions: [try Transaction(decoding: stripped.transactions[0].encoded(includingWitness: false))])
        #expect(try await node.call("submitblock", .string(Hex.encode(stripped.encoded()))) == .null)
        #expect(try await node.call("getblock", .string(hashes[1].description), 0) == .string(blocks[1]))
        #expect(try await node.call("getbestblockhash") == .string(hashes[1].description))
        // A block beside the tip, and one that breaks a rule.
        let other = try await TestNode.loaded(mockTime: TestNode.time + 60)
        let stale = try await other.call("getblock", .string(other.mine(1)[0].description), 0)
        #expect(try await node.call("submitblock", stale) == "inconclusive")
        var bad = try Hex.decode(blocks[2])
        bad[36] ^= 1
        let reason = try await node.call("submitblock", .string(Hex.encode(bad))).stringValue
        #expect(["high-hash", "bad-txnmrklroot"].contains(reason))
        for text in ["", "00", "zz", String(blocks[2].dropLast(2)), blocks[2] + "0"] {
            await #expect(throws: RPCError(.deserializationError, "Block decode failed")) {
                try await node.call("submitblock", .string(text))
            }
        }
    }

    @Test func `before segregated witness a coinbase may commit to witnesses without having one`() async throws {
        // Blocks of a miner that knows witnesses, without them.
        let miner = try await TestNode.loaded()
        let node = try TestNode(change: { $0.parameters.segwitHeight = 3 })
        try await node.load()
        for (hash, reason) in zip(try await miner.mine(2), [.null, "unexpected-witness"] as [JSONValue]) {
            let text = try #require(await miner.call("getblock", .string(hash.description), 0).stringValue)
            let block = try Block(decoding: Hex.decode(text))
            let coinbase = try Transaction(decoding: block.transactions[0].encoded(includingWitness: false))
            let stripped = Block(header: block.header, transactions: [coinbase])
            let given = reason == .null ? stripped : block
            #expect(try await node.call("submitblock", .string(Hex.encode(given.encoded()))) == reason)
        }
        #expect(try await node.call("getblockcount") == 1)
    }

    @Test func `mining ends when its caller is gone`() async throws {
        let node = try await TestNode.loaded()
        let task = Task {
            try await node.call(
                "generatetoaddress", 2_147_483_647, .string(TestNode.address), .number("18446744073709551615"))
        }
        await eventually("a block is mined") { (try? await node.call("getblockcount")) != 0 }
        task.cancel()
        _ = await task.result
        #expect(try await node.call("getblockcount") != 0)
    }

    @Test(arguments: [
        // Private and public forms; hardened steps need the key, which is there.
        ("raw(51)", "51"),
        (
            "pkh(0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)",
            "76a914751e76e8199196d454941c45d1b3a323f1433bd688ac"
        ),
        (
            "wpkh(0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)",
            "0014751e76e8199196d454941c45d1b3a323f1433bd6"
        ),
        // Of the four scripts of combo() Core takes the third, p2wpkh.
        (
            "combo(0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)",
            "0014751e76e8199196d454941c45d1b3a323f1433bd6"
        ),
    ])
    func `generatetodescriptor pays to the descriptor's script`(_ descriptor: String, _ script: String) async throws {
        let node = try await TestNode.loaded()
        let hashes = try await node.call("generatetodescriptor", 1, .string(descriptor))
        let block = try await node.call("getblock", hashes[0], 2)
        #expect(block["tx"][0]["vout"][0]["scriptPubKey"]["hex"] == .string(script))
    }

    @Test func `the checksum of a descriptor is checked when there is one`() async throws {
        let node = try await TestNode.loaded()
        let error = await node.failure("generatetodescriptor", 1, "raw(51)#8lvh9jxj")
        #expect(error?.code == .invalidAddressOrKey)
        #expect(error?.message == "Provided checksum '8lvh9jxj' does not match computed checksum '8lvh9jxk'")
        #expect(try await node.call("generatetodescriptor", 1, "raw(51)#8lvh9jxk").arrayValue?.count == 1)
    }

    @Test func `descriptors that stand for many scripts are refused`() async throws {
        let node = try await TestNode.loaded()
        let key =
            "tpubD6NzVbkrYhZ4WaWSyoBvQwbpLkojyoTZPRsgXELWz3Popb3qkjcJyJUGLnL4qHHoQvao8ESaAstxYSnhyswJ76uZPStJRJCTKvosUCJZL5B"
        #expect(
            await node.failure("generatetodescriptor", 1, .string("wpkh(\(key)/*)"))
                == RPCError(
                    .invalidParameter,
                    "Ranged descriptor not accepted. Maybe pass through deriveaddresses first?"))
        #expect(
            await node.failure("generatetodescriptor", 1, .string("wpkh(\(key)/<0;1>)"))
                == RPCError(.invalidParameter, "Multipath descriptor not accepted"))
        #expect(
            await node.failure("generatetodescriptor", 1, .string("wpkh(\(key)/0h)"))
                == RPCError(.invalidAddressOrKey, "Cannot derive script without private keys"))
    }

    @Test func `an address of no kind is error -5`() async throws {
        let node = try await TestNode.loaded()
        for address in ["", "nonsense", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"] {
            #expect(
                await node.failure("generatetoaddress", 1, .string(address))
                    == RPCError(.invalidAddressOrKey, "Error: Invalid address"))
        }
    }

    @Test func `no blocks and no tries make nothing`() async throws {
        let node = try await TestNode.loaded()
        #expect(try await node.call("generatetoaddress", 0, .string(TestNode.address)) == [])
        #expect(try await node.call("generatetoaddress", -1, .string(TestNode.address)) == [])
        #expect(try await node.call("generatetoaddress", 5, .string(TestNode.address), 0) == [])
        #expect(try await node.call("getblockcount") == 0)
    }

    @Test func `the subsidy halves after 150 blocks`() async throws {
        let node = try await TestNode.loaded()
        let hashes = try await node.mine(150)
        func reward(_ index: Int) async throws -> JSONValue {
            try await node.call("getblock", .string(hashes[index].description), 2)["tx"][0]["vout"][0]["value"]
        }
        #expect(try await reward(148) == .number("50.00000000"))
        #expect(try await reward(149) == .number("25.00000000"))
        #expect(try await node.call("gettxoutsetinfo", "none")["total_amount"] == .number("7475.00000000"))
    }

    @Test func `mined blocks are there after a restart`() async throws {
        let folder = try TemporaryFolder()
        let hashes: [BlockHash]
        do {
            let first = try await TestNode.loaded(in: folder)
            hashes = try await first.mine(5)
            try await first.close()
        }
        let second = try await TestNode.loaded(in: folder)
        #expect(try await second.call("getblockcount") == 5)
        #expect(try await second.call("getbestblockhash") == .string(try #require(hashes.last).description))
        try await second.mine(1)
        try await second.close()
        let third = try await TestNode.loaded(in: folder)
        #expect(try await third.call("getblockcount") == 6)
        #expect(try await third.call("getchaintips").arrayValue?.count == 1)
    }

    @Test func `a mined block confirms what waits in the mempool`() async throws {
        guard CoreFixture.isPresent else { return }
        let node = try await TestNode.loaded(in: try CoreFixture.unpack(), mockTime: CoreFixture.mockTime)
        let waiting = try await node.call("getmempoolinfo")
        #expect(waiting["size"] == 6)
        let hash = try await node.mine(1)[0]
        let block = try await node.call("getblock", .string(hash.description), 2)
        #expect(block["tx"].arrayValue?.count == 7)
        #expect(try await node.call("getmempoolinfo")["size"] == 0)
        let fees = try waiting["total_fee"].requireAmount()
        #expect(try block["tx"][0]["vout"][0]["value"].requireAmount() == 2_500_000_000 + fees)
        try await node.close()
        // What was mined on top of Core's chain is found again.
        let again = try await TestNode.loaded(in: node.folder, mockTime: CoreFixture.mockTime)
        #expect(try await again.call("getblockcount") == 209)
        #expect(try await again.call("getmempoolinfo")["size"] == 0)
    }
}
