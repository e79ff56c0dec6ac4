import BitcoinChain
import BitcoinNode
import BitcoinPrimitives
import BitcoinRPC
import Testing

/// What `-stopatheight` and `-maxtipage` do.
@Suite(.timeLimit(.minutes(5)))
struct ChainOptionTests {
    @Test func `the chain stops at its height and the node ends, at the next start too`() async throws {
        let node = try TestNode(change: { $0.stopHeight = 5 })
        try await node.load()
        #expect(try await node.call("generatetoaddress", 4, .string(TestNode.address)).arrayValue?.count == 4)
        #expect(!node.context.isShuttingDown)
        #expect(try await node.call("generatetoaddress", 10, .string(TestNode.address)).arrayValue?.count == 1)
        #expect(node.context.isShuttingDown && node.shutdowns.value == 1)
        #expect(try await node.call("getblockcount") == 5)
        try await node.close()
        let again = try TestNode(in: node.folder, change: { $0.stopHeight = 3 })
        try await again.load()
        #expect(again.context.isShuttingDown)
        #expect(try await again.call("getblockcount") == 5)
    }

    @Test func `blocks behind the height of the stop are kept and not connected`() async throws {
        let miner = try await TestNode.loaded()
        let node = try TestNode(change: { $0.stopHeight = 2 })
        try await node.load()
        for hash in try await miner.mine(3) {
            _ = try await node.call("submitblock", miner.call("getblock", .string(hash.description), 0))
        }
        #expect(try await node.call("getblockcount") == 2)
        #expect(try await node.call("getblockchaininfo")["headers"] == 3)
        try await node.close()
        let again = try await TestNode.loaded(in: node.folder)
        #expect(try await again.call("getblockcount") == 3)
    }

    @Test func `how old the tip may be decides whether the chain is being caught up`() async throws {
        let age = TestNode.time - 1_296_688_602
        for (limit, isCatchingUp) in [(age, false), (age - 1, true), (.max, false), (.min, true)] as [(Int64, Bool)] {
            let node = try TestNode(change: { $0.maxTipAge = limit })
            try await node.load()
            #expect(try await node.call("getblockchaininfo")["initialblockdownload"] == .bool(isCatchingUp))
        }
    }
}
