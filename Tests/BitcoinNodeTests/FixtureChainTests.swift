import BitcoinCrypto
import BitcoinPrimitives
import BitcoinRPC
import ByteCoding
import TestSupport
import Testing

/// The RPCs about the chain answer as Core did on its own data directory.
@Suite(.enabled(if: CoreFixture.isPresent, CoreFixture.absence), .timeLimit(.minutes(5)))
struct FixtureChainTests {
    private let node: TestNode
    private let facts = CoreFixture.facts
    private let blocks: [JSONValue]

    init() async throws {
        node = try await CoreFixture.node.value
        blocks = try #require(CoreFixture.facts["blocks"].arrayValue)
    }

    private func expectEqual(
        _ expected: JSONValue, _ actual: JSONValue, ignoring: Set<String> = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let difference = JSONDifference(expected: expected, actual: actual, ignoring: ignoring)
        #expect(difference.isEmpty, "\(difference)", sourceLocation: sourceLocation)
    }

    @Test func `getblockchaininfo equals Core's but for its warnings`() async throws {
        let info = try await node.call("getblockchaininfo")
        expectEqual(facts["getblockchaininfo"], info, ignoring: ["warnings"])
        #expect(info["warnings"].arrayValue != nil)
        // The order of the members is Core's too.
        #expect(info.objectValue?.keys.prefix(6) == ["chain", "blocks", "headers", "bestblockhash", "bits", "target"])
    }

    @Test func `getblockcount and getbestblockhash are Core's`() async throws {
        let info = facts["getblockchaininfo"]
        #expect(try await node.call("getblockcount") == info["blocks"])
        #expect(try await node.call("getbestblockhash") == info["bestblockhash"])
    }

    @Test func `getblockhash gives the hash of every height`() async throws {
        for (height, block) in blocks.enumerated() {
            #expect(try await node.call("getblockhash", .int(height)) == block["hash"])
        }
    }

    @Test func `getblockheader gives every header as Core wrote it`() async throws {
        for block in blocks {
            #expect(try await node.call("getblockheader", block["hash"], false) == block["header"])
        }
    }

    @Test func `getblockheader gives every header as an object`() async throws {
        for (height, block) in blocks.enumerated() {
            let bytes = try Hex.decode(try #require(block["header"].stringValue))
            var reader = ByteReader(bytes)
            let header = try BlockHeader(from: &reader)
            let object = try await node.call("getblockheader", block["hash"])
            #expect(object["hash"] == block["hash"])
            #expect(object["height"] == .int(height))
            #expect(object["confirmations"] == .int(blocks.count - height))
            #expect(object["version"] == .int(header.version))
            #expect(object["merkleroot"] == .string(header.merkleRoot.description))
            #expect(object["time"] == .int(header.time))
            #expect(object["nonce"] == .int(header.nonce))
            #expect(object["bits"] == "207fffff")
            #expect(object["previousblockhash"] == (height == 0 ? .null : blocks[height - 1]["hash"]))
            #expect(object["nextblockhash"] == (height + 1 < blocks.count ? blocks[height + 1]["hash"] : .null))
            // Every block of regtest is two units of work.
            #expect(object["chainwork"].stringValue.flatMap { Int($0, radix: 16) } == 2 * (height + 1))
            guard height > 0 else { continue }
            #expect(object["mediantime"] == block["stats"]["mediantime"])
            #expect(object["nTx"] == block["stats"]["txs"])
        }
    }

    @Test func `getblockheader equals the recorded blocks' part of it`() async throws {
        let blockOnly: Set<String> = ["tx", "size", "strippedsize", "weight", "coinbase_tx"]
        for member in try #require(facts["block_verbose"].objectValue).members {
            let header = try await node.call("getblockheader", member.value["hash"], true)
            expectEqual(member.value.removing(blockOnly), header)
        }
    }

    @Test func `getblock with verbosity 3 equals the recorded blocks`() async throws {
        for member in try #require(facts["block_verbose"].objectValue).members {
            expectEqual(member.value, try await node.call("getblock", member.value["hash"], 3))
        }
    }

    @Test func `getblock with verbosity 2 is the same without the spent outputs`() async throws {
        for member in try #require(facts["block_verbose"].objectValue).members {
            expectEqual(member.value.removing(["prevout"]), try await node.call("getblock", member.value["hash"], 2))
        }
    }

    @Test func `getblock with verbosity 1 or true lists the transactions' ids`() async throws {
        for member in try #require(facts["block_verbose"].objectValue).members {
            var expected = try #require(member.value.objectValue)
            expected["tx"] = .array(try #require(member.value["tx"].arrayValue).map { $0["txid"] })
            expectEqual(.object(expected), try await node.call("getblock", member.value["hash"], 1))
            expectEqual(.object(expected), try await node.call("getblock", member.value["hash"], true))
            expectEqual(.object(expected), try await node.call("getblock", member.value["hash"]))
        }
    }

    @Test func `getblock with verbosity 0 or false gives the block's bytes`() async throws {
        for member in try #require(facts["block_verbose"].objectValue).members {
            let hash = member.value["hash"]
            let text = try #require(try await node.call("getblock", hash, 0).stringValue)
            let block = try Block(decoding: Hex.decode(text))
            #expect(block.hash.description == hash.stringValue)
            #expect(.int(text.utf8.count / 2) == member.value["size"])
            let transactions = try #require(member.value["tx"].arrayValue)
            #expect(block.transactions.map { Hex.encode($0.encoded()) } == transactions.map { $0["hex"].stringValue })
            #expect(try await node.call("getblock", hash, false) == .string(text))
            #expect(try await node.call("getblock", hash, -1) == .string(text))
        }
    }

    @Test func `every block's size, weight and fees sum up to Core's statistics`() async throws {
        for block in blocks.dropFirst() {
            let found = try await node.call("getblock", block["hash"], 2)
            let stats = block["stats"]
            let transactions = try #require(found["tx"].arrayValue).dropFirst()
            #expect(.int(transactions.count + 1) == stats["txs"])
            #expect(.int(transactions.reduce(0) { $0 + ($1["size"].intValue ?? 0) }) == stats["total_size"])
            #expect(.int(transactions.reduce(0) { $0 + ($1["weight"].intValue ?? 0) }) == stats["total_weight"])
            let fees = try transactions.reduce(Int64(0)) { $0 + (try $1["fee"].requireAmount()) }
            #expect(.int(fees) == stats["totalfee"])
        }
    }

    @Test func `getblockstats equals Core's for every block`() async throws {
        for (height, block) in blocks.enumerated().dropFirst() {
            let found = try await node.call("getblockstats", .int(height))
            expectEqual(block["stats"], found)
        }
    }

    @Test func `getdeploymentinfo equals Core's`() async throws {
        expectEqual(facts["getdeploymentinfo"], try await node.call("getdeploymentinfo"))
    }

    @Test func `getmininginfo equals Core's but for its warnings and the block made last`() async throws {
        let info = try await node.call("getmininginfo")
        expectEqual(
            facts["getmininginfo"], info, ignoring: ["warnings", "currentblockweight", "currentblocktx"])
    }

    @Test func `gettxout minds the mempool unless told not to`() async throws {
        let pool = try #require(facts["getrawmempool_verbose"].objectValue?.keys)
        for id in pool {
            let transaction = try await node.call("getrawtransaction", .string(id), 1)
            for input in try #require(transaction["vin"].arrayValue) {
                #expect(try await node.call("gettxout", input["txid"], input["vout"]) == .null)
                let coin = try await node.call("gettxout", input["txid"], input["vout"], false)
                #expect(coin.isNull == pool.contains(input["txid"].stringValue ?? ""))
            }
            for output in try #require(transaction["vout"].arrayValue) {
                #expect(try await node.call("gettxout", .string(id), output["n"], false) == .null)
                let found = try await node.call("gettxout", .string(id), output["n"])
                // Others in the mempool may spend it.
                guard !found.isNull else { continue }
                #expect(found["confirmations"] == 0 && found["coinbase"] == false)
                #expect(found["value"] == output["value"] && found["scriptPubKey"] == output["scriptPubKey"])
            }
        }
    }

    @Test func `a block of the stale branch is shown with -1 confirmations`() async throws {
        let stale = facts["getchaintips"][1]
        let header = try await node.call("getblockheader", stale["hash"])
        #expect(header["confirmations"] == -1)
        #expect(header["height"] == stale["height"])
        #expect(header["nextblockhash"].isNull)
        #expect(try await node.call("getblock", stale["hash"], 1)["confirmations"] == -1)
    }

    @Test func `getchaintips lists the active chain and the stale branch`() async throws {
        expectEqual(facts["getchaintips"], try await node.call("getchaintips"))
    }

    @Test func `gettxoutsetinfo equals Core's with and without the hash`() async throws {
        let expected = facts["gettxoutsetinfo_hash_serialized_3"]
        // The size depends on what the database has put into tables by then.
        func found(_ parameters: JSONValue...) async throws -> JSONValue {
            try await node.call("gettxoutsetinfo", parameters.first ?? .null).removing(["disk_size"])
        }
        expectEqual(expected.removing(["disk_size"]), try await found())
        expectEqual(expected.removing(["disk_size"]), try await found("hash_serialized_3"))
        expectEqual(expected.removing(["disk_size", "hash_serialized_3"]), try await found("none"))
    }

    @Test func `getrawmempool equals Core's`() async throws {
        let expected = facts["getrawmempool_verbose"]
        let verbose = try await node.call("getrawmempool", true)
        expectEqual(expected, verbose)
        let ids = try await node.call("getrawmempool")
        #expect(Set(ids.arrayValue ?? []) == Set((expected.objectValue?.keys ?? []).map { .string($0) }))
        #expect(try await node.call("getrawmempool", false) == ids)
    }

    @Test func `getmempoolinfo equals Core's in all that it has`() async throws {
        let info = try await node.call("getmempoolinfo")
        let expected = facts["getmempoolinfo"]
        for member in try #require(info.objectValue).members where member.key != "usage" {
            expectEqual(expected[member.key], member.value)
        }
        for name in ["loaded", "size", "bytes", "total_fee"] { #expect(!info[name].isNull, "\(name) is missing") }
    }
}
