import BitcoinPrimitives
import BitcoinRPC
import Testing

/// Figures of blocks, of the chain and of mining.
@Suite(.timeLimit(.minutes(5)))
struct StatisticsCommandTests {
    @Test func `the first block makes an output that is no coin`() async throws {
        let node = try await TestNode.loaded()
        let stats = try await node.call("getblockstats", 0)
        #expect(stats["subsidy"] == 5_000_000_000 && stats["txs"] == 1 && stats["outs"] == 1)
        #expect(stats["utxo_increase"] == 1 && stats["utxo_size_inc"] == 116)
        #expect(stats["utxo_increase_actual"] == 0 && stats["utxo_size_inc_actual"] == 0)
        #expect(stats["feerate_percentiles"] == [0, 0, 0, 0, 0])
        #expect(stats["minfee"] == 0 && stats["mintxsize"] == 0)
    }

    @Test func `chosen statistics come alone, sorted, by height or by hash`() async throws {
        let node = try await TestNode.loaded()
        let hash = JSONValue.string(try await node.mine(2)[1].description)
        let some = try await node.call("getblockstats", 2, ["txs", "height", "txs"])
        #expect(some == ["height": 2, "txs": 1])
        #expect(some.objectValue?.keys == ["height", "txs"])
        #expect(try await node.call("getblockstats", hash, ["height"]) == ["height": 2])
        #expect(try await node.call("getblockstats", hash, []) == node.call("getblockstats", 2))
        for (arguments, error) in [
            ([2, ["txs", "nothing"]], RPCError(.invalidParameter, "Invalid selected statistic 'nothing'")),
            ([2, [1]], RPCError(.typeError, "JSON value of type number is not of expected type string")),
            ([3], RPCError(.invalidParameter, "Target block height 3 after current tip 2")),
            ([-1], RPCError(.invalidParameter, "Target block height -1 is negative")),
        ] as [([JSONValue], RPCError)] {
            #expect(
                await node.failure("getblockstats", arguments[0], arguments.count > 1 ? arguments[1] : .null) == error)
        }
    }

    @Test func `a block that was never connected has no statistics`() async throws {
        let node = try await TestNode.loaded()
        try await node.mine(2)
        let other = try await TestNode.loaded(mockTime: TestNode.time + 60)
        let stale = try await other.mine(1)[0]
        let block = try await other.call("getblock", .string(stale.description), 0)
        #expect(try await node.call("submitblock", block) == "inconclusive")
        #expect(
            await node.failure("getblockstats", .string(stale.description))
                == RPCError(.miscellaneous, "Undo data not available"))
    }

    @Test func `the window of getchaintxstats is a month, or what the chain has`() async throws {
        let node = try await TestNode.loaded()
        let hashes = try await node.mine(15)
        let all = try await node.call("getchaintxstats")
        #expect(all["window_block_count"] == 14 && all["window_tx_count"] == 14 && all["txcount"] == 16)
        #expect(all["window_final_block_hash"] == .string(hashes[14].description))
        let some = try await node.call("getchaintxstats", 2, .string(hashes[9].description))
        #expect(some["window_final_block_height"] == 10 && some["txcount"] == 11)
        // Blocks made in one second have times that hardly differ, so there is no rate.
        #expect(some["window_interval"] == 0 && some["window_tx_count"] == 2 && some["txrate"].isNull)
        let empty = try await node.call("getchaintxstats", 0)
        #expect(empty["window_block_count"] == 0 && empty["window_interval"].isNull && empty["txrate"].isNull)
        let message = "Invalid block count: should be between 0 and the block's height - 1"
        for count in [-1, 15] as [JSONValue] {
            #expect(await node.failure("getchaintxstats", count) == RPCError(.invalidParameter, message))
        }
        _ = try await node.call("invalidateblock", .string(hashes[14].description))
        #expect(
            await node.failure("getchaintxstats", .null, .string(hashes[14].description))
                == RPCError(.invalidParameter, "Block is not in main chain"))
    }

    @Test func `hashes in a second are work by the time between the earliest and the latest block`() async throws {
        let node = try await TestNode.loaded()
        #expect(try await node.call("getnetworkhashps") == 0)
        try await node.mine(3)
        // Three blocks of two units of work each, since the first block of 2011. A second later than the clock is the
        // first time that the second and the third may have.
        let rate = JSONValue.double(6 / Double(TestNode.time + 1 - 1_296_688_602))
        for count in [120, 3, -1] as [JSONValue] {
            #expect(try await node.call("getnetworkhashps", count) == rate)
        }
        #expect(try await node.call("getnetworkhashps", 1) == 0)
        #expect(try await node.call("getnetworkhashps", 120, 0) == 0)
        for count in [0, -2] as [JSONValue] {
            #expect(
                await node.failure("getnetworkhashps", count)
                    == RPCError(.invalidParameter, "Invalid nblocks. Must be a positive number or -1."))
        }
        for height in [-2, 4] as [JSONValue] {
            #expect(
                await node.failure("getnetworkhashps", 120, height)
                    == RPCError(.invalidParameter, "Block does not exist at specified height"))
        }
    }

    @Test func `getmininginfo tells of the last block made and of the next one`() async throws {
        let node = try await TestNode.loaded()
        #expect(try await node.call("getmininginfo")["currentblockweight"].isNull)
        try await node.mine(2)
        let info = try await node.call("getmininginfo")
        #expect(info["blocks"] == 2 && info["currentblockweight"] == 8000 && info["currentblocktx"] == 0)
        #expect(info["next"]["height"] == 3 && info["next"]["bits"] == "207fffff")
        #expect(try await node.call("getdifficulty") == info["difficulty"])
        #expect(info["blockmintxfee"] == .number("0.00000001") && info["chain"] == "regtest")
    }

    @Test func `gettxout shows the output of a coinbase, and nothing where there is none`() async throws {
        let node = try await TestNode.loaded()
        let hash = try await node.mine(2)[0]
        let id = try await node.call("getblock", .string(hash.description))["tx"][0]
        let output = try await node.call("gettxout", id, 0)
        #expect(output["confirmations"] == 2 && output["coinbase"] == true)
        #expect(output["value"] == .number("50.00000000"))
        #expect(output["scriptPubKey"]["address"] == .string(TestNode.address))
        #expect(try await node.call("getbestblockhash") == output["bestblock"])
        #expect(output.objectValue?.keys == ["bestblock", "confirmations", "value", "scriptPubKey", "coinbase"])
        // The commitment to the witnesses can never be spent.
        for number in [1, 2, 4_294_967_295] as [JSONValue] {
            #expect(try await node.call("gettxout", id, number) == .null)
        }
        #expect(await node.failure("gettxout", id, -1)?.message == "JSON integer out of range")
    }
}
