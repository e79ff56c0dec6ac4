import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC
import BitcoinRPCNode
import Testing

/// Core's node as a `Node`.
@Suite(.timeLimit(.minutes(5))) struct RPCNodeTests {
    private static let now: Int64 = 1_700_104_000

    private func node(_ script: ScriptedNode) -> RPCNode {
        RPCNode(rpc: script, processID: 4711, now: { Self.now }, makeMining: { script })
    }

    @Test func aSnapshotIsMadeOfFiveMethodsInOneRequest() async throws {
        let script = try ScriptedNode.core()
        let info = try await node(script).getInfo()
        #expect(script.texts.count == 1)
        #expect(
            info
                == NodeInfo(
                    process: ProcessInfo(
                        name: "Bitcoin Core", version: "31.99.0", processID: 4711, chain: "regtest",
                        startTime: Self.now - 1200),
                    tip: BlockRef(hash: ScriptedNode.hash(1), height: 208), headersHeight: 210,
                    tipTime: 1_700_103_937, medianTime: 1_700_099_754, difficulty: 4.656542373906925e-10,
                    chainWork: Array(repeating: 0, count: 30) + [0x01, 0xa2], initialBlockDownload: false,
                    verificationProgress: 1, sizeOnDisk: 260_808, mempoolTransactions: 6, mempoolBytes: 4607,
                    mempoolFees: 23_129, peers: 3, warnings: ["This is a pre-release test build"],
                    dataDirectory: "/srv/bitcoin/regtest", time: Self.now, initMessage: ""))
    }

    @Test func aNodeThatStartsSaysWhatItIsDoing() async throws {
        let script = try ScriptedNode.core()
        for method in ["getblockchaininfo", "getmempoolinfo", "getnetworkinfo", "uptime", "getrpcinfo"] {
            script.refuse(method, RPCError(.inWarmup, "Loading block index…"))
        }
        let info = try await node(script).getInfo()
        #expect(info.initMessage == "Loading block index…")
        #expect(info.tip.height == 0)
    }

    @Test func warningsOfOlderVersionsAreOneText() async throws {
        let script = try ScriptedNode.core()
        for (text, expected) in [("\"\"", []), ("\"disk full\"", ["disk full"])] as [(String, [String])] {
            try script.answer(
                "getblockchaininfo",
                """
                {"chain":"main","blocks":1,"headers":1,"bestblockhash":"\(ScriptedNode.hash(1))","difficulty":1,
                 "time":1,"mediantime":1,"verificationprogress":0.5,"initialblockdownload":true,"chainwork":"02",
                 "size_on_disk":1,"warnings":\(text)}
                """)
            #expect(try await node(script).getInfo().warnings == expected)
        }
    }

    private func serveBlocks(_ script: ScriptedNode, tip: Int, pruned: Set<Int> = []) {
        script.answer("getblockhash") { (parameters, _) throws(RPCError) in
            guard let height = parameters[0].intValue, height <= tip else {
                throw RPCError(.invalidParameter, "Block height out of range")
            }
            return .string("\(ScriptedNode.hash(Int(height)))")
        }
        script.answer("getblock") { (parameters, _) throws(RPCError) in
            let height = Int(parameters[0].stringValue ?? "", radix: 16) ?? -1
            if pruned.contains(height) { throw RPCError(.miscellaneous, "Block not available (pruned data)") }
            return ["time": .int(1000 + height), "nTx": 2, "size": 300, "weight": 900, "tx": []]
        }
        script.answer("getblockheader") { (parameters, _) throws(RPCError) in
            ["time": .int(1000 + (Int(parameters[0].stringValue ?? "", radix: 16) ?? -1)), "nTx": 9]
        }
    }

    @Test func blocksAreAskedForOnceAndThenKnownByHash() async throws {
        let script = try ScriptedNode.core()
        serveBlocks(script, tip: 100)
        let node = node(script)
        let rows = try await node.getBlocks(height: 100, count: 60)
        #expect(rows.map(\.block.height) == (41...100).reversed().map { Int32($0) })
        #expect(rows[0].block.hash == ScriptedNode.hash(100))
        #expect(rows[3] == BlockSummary(block: rows[3].block, time: 1097, transactions: 2, size: 300, weight: 900))
        #expect(script.calls("getblock").count == 60)
        #expect(try await node.getBlocks(height: 99, count: 60).count == 60)
        #expect(script.calls("getblock").count == 61)
    }

    @Test func blocksAboveTheTipAndBelowTheFirstAreNotThere() async throws {
        let script = try ScriptedNode.core()
        serveBlocks(script, tip: 2)
        let node = node(script)
        #expect(try await node.getBlocks(height: 5, count: 10).map(\.block.height) == [2, 1, 0])
        #expect(try await node.getBlocks(height: -1, count: 10).isEmpty)
        #expect(try await node.getBlocks(height: 2, count: 0).isEmpty)
        #expect(try await node.getBlocks(height: .max, count: .max).isEmpty)
    }

    @Test func aPrunedBlockIsShownByItsHeader() async throws {
        let script = try ScriptedNode.core()
        serveBlocks(script, tip: 2, pruned: [1])
        let rows = try await node(script).getBlocks(height: 2, count: 3)
        #expect(rows.map(\.transactions) == [2, 9, 2])
        #expect(rows[1].size == 0 && rows[1].time == 1001)
    }

    /// Bitcoin's first block on regtest.
    private static let genesis =
        "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f61"
        + "7fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f20020000000101000000010000000000000000000000000000000000"
        + "000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f323030392043"
        + "68616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff01"
        + "00f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4"
        + "f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000"

    @Test func aBlockComesWhole() async throws {
        let script = try ScriptedNode.core()
        try script.answer("getblock", "\"\(Self.genesis)\"")
        let block = try #require(try await node(script).getBlock(hash: ScriptedNode.hash(1)))
        #expect("\(block.header.hash)" == "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206")
        #expect(script.calls("getblock")[0][1] == 0)
        script.refuse("getblock", RPCError(.invalidAddressOrKey, "Block not found"))
        #expect(try await node(script).getBlock(hash: ScriptedNode.hash(2)) == nil)
        try script.answer("getblock", "\"00ff\"")
        await #expect(throws: RPCNodeError.unreadable(method: "getblock")) {
            try await node(script).getBlock(hash: ScriptedNode.hash(2))
        }
    }

    @Test func theMempoolIsSortedByFeeRateAndCut() async throws {
        let script = try ScriptedNode.core()
        let ids = (1...3).map { "\(ScriptedNode.hash($0))" }
        try script.answer(
            "getrawmempool",
            """
            {"\(ids[0])":{"vsize":200,"time":10,"fees":{"base":0.00000200}},
             "\(ids[1])":{"vsize":100,"time":11,"fees":{"base":0.00000900}},
             "\(ids[2])":{"vsize":100,"time":12,"fees":{"base":0.00000500}}}
            """)
        let window = try await node(script).getMempool(offset: 0, count: 2)
        #expect(window.total == 3)
        #expect(window.rows.map(\.fee) == [900, 500])
        #expect(try await node(script).getMempool(offset: 2, count: 9).rows.map(\.time) == [10])
        try script.answer("getmempoolinfo", #"{"size":200000,"bytes":1,"total_fee":1.0}"#)
        let asked = script.calls("getrawmempool").count
        await #expect(throws: RPCNodeError.self) { try await node(script).getMempool(offset: 0, count: 2) }
        #expect(script.calls("getrawmempool").count == asked)
    }

    @Test func theLogIsNotServedAndItsPlaceIsNamed() async throws {
        let script = try ScriptedNode.core()
        await #expect(
            throws: RPCNodeError.notServed(
                "Bitcoin Core does not serve its log; it is in /srv/bitcoin/regtest/debug.log")
        ) {
            try await node(script).getLog(first: 0, count: 10)
        }
    }

    @Test func aNodeBuiltWithoutWalletsHasNone() async throws {
        let script = try ScriptedNode.core()
        #expect(try await node(script).wallets() != nil)
        script.refuse("listwallets", RPCError(.methodNotFound, "Method not found"))
        #expect(try await node(script).wallets() == nil)
        // A node that still starts may have some.
        script.refuse("listwallets", RPCError(.inWarmup, "Loading wallet…"))
        #expect(try await node(script).wallets() != nil)
    }

    @Test func whatTheNodeRefusesIsToldInItsWords() async throws {
        let script = try ScriptedNode.core()
        script.refuse("getmempoolinfo", RPCError(.clientMempoolDisabled, "Mempool disabled or instance not found"))
        await #expect(throws: RPCError(.clientMempoolDisabled, "Mempool disabled or instance not found")) {
            try await node(script).getInfo()
        }
    }

    @Test(arguments: [
        "", "nothing", "{}", "[]", "1", #"[{"id":0}]"#, #"[{"id":7,"result":{}},{},{},{},{}]"#,
        #"[{"id":0,"result":{"bestblockhash":5}},{"id":1,"result":{}},{"id":2,"result":[]},{"id":3},{"id":4}]"#,
        #"[{"id":0,"result":null},{"id":1,"result":null},{"id":2,"result":null},{"id":3,"result":-1e999},{"id":4}]"#,
    ])
    func answersThatAreNoneAreErrors(_ text: String) async throws {
        let script = ScriptedNode()
        script.answerAll(text)
        let node = node(script)
        await #expect(throws: RPCNodeError.self) { try await node.getInfo() }
        await #expect(throws: RPCNodeError.self) { try await node.getBlock(hash: .zero) }
        await #expect(throws: RPCNodeError.self) { try await node.getMempool(offset: .max, count: .max) }
    }

    @Test func aClientThatMayAskNothingIsToldSo() async throws {
        let script = ScriptedNode()
        script.answerAll("null")
        await #expect(throws: RPCNodeError.refused) { try await node(script).getInfo() }
    }
}
