import BitcoinChain
import BitcoinConsensus
import BitcoinInterfaces
import BitcoinNode
import BitcoinPrimitives
import BitcoinRPC
import Foundation
import Testing

/// Indexes of a whole node, and the commands that ask them.
@Suite(.timeLimit(.minutes(5)))
struct IndexCommandTests {
    private static let all: IndexOptions = {
        var options = IndexOptions()
        (options.transactions, options.spenders, options.filters, options.coinStatistics) = (true, true, true, true)
        return options
    }()

    /// Waits until all indexes are in step.
    private func waitUntilSynced(_ node: TestNode) async throws {
        while !node.context.indexes.kept.areSynchronized { try await Task.sleep(for: .milliseconds(20)) }
    }

    @Test func `indexes catch up in the background and follow`() async throws {
        let node = try await TestNode.loaded()
        try await node.mine(120)
        try await node.context.indexes.start(Self.all, node.context)
        // Blocks that come meanwhile are not lost.
        try await node.mine(5)
        try await waitUntilSynced(node)
        try await node.mine(2)
        let info = try await node.call("getindexinfo")
        #expect(
            info.objectValue?.keys.sorted() == [
                "basic block filter index", "coinstatsindex", "txindex", "txospenderindex",
            ])
        for name in info.objectValue?.keys ?? [] {
            #expect(info[name] == ["synced": true, "best_block_height": 127])
        }
        #expect(try await node.call("getindexinfo", "txindex").objectValue?.keys == ["txindex"])
        #expect(try await node.call("getindexinfo", "nothing") == [:])

        let hash = try await node.call("getblockhash", 100)
        let id = try await node.call("getblock", hash)["tx"][0]
        let transaction = try await node.call("getrawtransaction", id, 1)
        #expect(transaction["blockhash"] == hash)
        #expect(transaction["confirmations"] == 28)
        #expect(transaction["hex"] == (try await node.call("getrawtransaction", id)))
        #expect(try await node.call("getrawtransaction", id, 1, hash)["in_active_chain"] == true)

        let filter = try await node.call("getblockfilter", hash)
        #expect(filter["header"].stringValue?.count == 64)
        let counted = try await node.call("gettxoutsetinfo", "muhash", .null, false)
        let indexed = try await node.call("gettxoutsetinfo", "muhash")
        for key in ["height", "bestblock", "txouts", "bogosize", "muhash", "total_amount"] {
            #expect(counted[key] == indexed[key], "\(key)")
        }
        #expect(counted["transactions"] == 127)
        #expect(indexed["transactions"] == .null)
        #expect(try await node.call("gettxoutsetinfo", "none", 100)["txouts"] == 100)
        #expect(try await node.call("gettxoutsetinfo", "none", hash)["height"] == 100)
        try await node.close()
    }

    @Test func `an index that was stopped goes on at the next start`() async throws {
        let node = try await TestNode.loaded()
        try await node.mine(30)
        try await node.context.indexes.start(Self.all, node.context)
        try await waitUntilSynced(node)
        try await node.close()
        let again = try await TestNode.loaded(in: node.folder)
        try await again.context.indexes.start(Self.all, again.context)
        let info = try await again.call("getindexinfo")
        #expect(info["txindex"] == ["synced": true, "best_block_height": 30])
        #expect(info["coinstatsindex"] == ["synced": true, "best_block_height": 30])
        try await again.close()
    }

    @Test func `without indexes the commands say what is missing`() async throws {
        let node = try await TestNode.loaded()
        try await node.mine(3)
        let hash = try await node.call("getblockhash", 2)
        let id = try await node.call("getblock", hash)["tx"][0]
        #expect(try await node.call("getindexinfo") == [:])
        #expect(try await node.call("getrawtransaction", id, 0, hash).stringValue != nil)
        let lookUp = await node.failure("getrawtransaction", id)
        #expect(lookUp?.code == .invalidAddressOrKey)
        #expect(lookUp?.message.contains("Use -txindex or provide a block hash") == true)
        let filter = await node.failure("getblockfilter", hash)
        #expect(filter?.message == "Index is not enabled for filtertype basic")
        let coins = await node.failure("gettxoutsetinfo", "muhash", 2)
        #expect(coins?.message == "Querying specific block heights requires coinstatsindex")
        let kind = await node.failure("gettxoutsetinfo", "md5")
        #expect(kind?.message == "'md5' is not a valid hash_type")
        let outputs: JSONValue = [["txid": id, "vout": 0]]
        #expect(try await node.call("gettxspendingprevout", outputs) == outputs)
        let spender = await node.failure("gettxspendingprevout", outputs, ["mempool_only": false])
        #expect(spender?.message == "Mempool lacks a relevant spend, and txospenderindex is unavailable.")
        #expect(await node.failure("pruneblockchain", 1)?.message.contains("not in prune mode") == true)
        #expect(try await node.call("getblockchaininfo")["pruned"] == false)
    }

    @Test func `long work says how far it is and ends with the node`() async throws {
        let node = try await TestNode.loaded()
        try await node.mine(20)
        let recorder = NodeEventRecorder()
        let handler = try await node.service.handleEvents(events: recorder)
        let path = node.folder.path + "/utxo.dat"
        let dump = try await node.call("dumptxoutset", .string(path), "latest")
        #expect(dump["coins_written"] == 20)
        #expect(
            try await node.call("gettxoutsetinfo")["hash_serialized_3"] == dump["txoutset_hash"])
        let earlier = try await node.call("dumptxoutset", .string(path + "2"), "rollback", ["rollback": 7])
        #expect(earlier["base_height"] == 7 && earlier["coins_written"] == 7)
        await node.context.hub.delivered()
        let events = recorder.events.elements
        for title in ["Writing snapshot", "Copying coins", "Rolling back coins"] {
            #expect(events.contains("progress \(title) 0"), "\(title)")
        }
        #expect(events.contains("progress Writing snapshot 100"))
        try await handler.disconnect()
        node.context.beginShutdown()
        let stopped = await node.failure("dumptxoutset", .string(path + "3"), "latest")
        #expect(stopped != nil)
        #expect(!FileManager.default.fileExists(atPath: path + "3"))
        #expect(!FileManager.default.fileExists(atPath: path + "3.incomplete"))
    }

    @Test func `old blocks are deleted when asked for`() async throws {
        let node = try TestNode(change: { configuration in
            configuration.pruning = .manual
            configuration.sizes.maximumFile = 20_000
            configuration.sizes.blockChunk = 4000
            configuration.parameters.pruneAfterHeight = 100
        })
        try await node.load()
        try await node.mine(90)
        #expect(await node.failure("pruneblockchain", 10)?.message == "Blockchain is too short for pruning.")
        try await node.mine(310)
        #expect(try await node.call("getblockchaininfo")["pruneheight"] == 0)
        #expect(await node.failure("pruneblockchain", -1)?.message == "Negative block height.")
        let high = await node.failure("pruneblockchain", 1000)
        #expect(high?.message == "Blockchain is shorter than the attempted prune height.")
        let height = try await node.call("pruneblockchain", 400).requireInteger(as: Int.self)
        #expect(height > 20 && height <= 112)
        let info = try await node.call("getblockchaininfo")
        #expect(info["pruned"] == true)
        #expect(info["automatic_pruning"] == false)
        #expect(info["pruneheight"] == .int(height + 1))
        let gone = try await node.call("getblockhash", .int(height))
        #expect(await node.failure("getblock", gone)?.message == "Block not available (pruned data)")
        let kept = try await node.call("getblockhash", .int(height + 1))
        #expect(try await node.call("getblock", kept)["height"] == .int(height + 1))
        // What needs all blocks is refused.
        await #expect(throws: NodeError.self) { try await node.context.indexes.start(Self.all, node.context) }
        try await node.close()
    }
}
