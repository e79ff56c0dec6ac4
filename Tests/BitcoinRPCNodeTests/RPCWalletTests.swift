import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC
import BitcoinRPCNode
import Testing

/// A wallet inside Core's node as a `Wallet`.
@Suite(.timeLimit(.minutes(5))) struct RPCWalletTests {
    private func wallet(_ script: ScriptedNode, _ name: String = "main") async throws -> any Wallet {
        let node = RPCNode(rpc: script, processID: 0, now: { 0 }, makeMining: { script })
        return try #require(try await node.wallets()).wallet(name)
    }

    private static func transaction(_ number: Int) -> TransactionID {
        TransactionID(rawValue: ScriptedNode.hash(number).rawValue)
    }

    /// A history of rows 0 (the oldest) to `count`, served as Core does: the newest `count` behind `skip`, oldest first.
    private func serveHistory(_ script: ScriptedNode, rows: Int, transactions: Int) throws {
        script.answer("listtransactions") { (parameters, _) throws(RPCError) in
            let count = Int(parameters[1].intValue ?? 10)
            let end = max(0, rows - Int(parameters[2].intValue ?? 0))
            return .array(
                (max(0, end - count)..<end).map { index in
                    [
                        "txid": .string("\(Self.transaction(index))"), "vout": .int(index % 3),
                        "category": index % 2 == 0 ? "receive" : "send", "address": .string("address \(index)"),
                        "label": index % 10 == 0 ? "rent" : "", "amount": .number("\(index).00000001"),
                        "confirmations": .int(rows - index), "blockheight": .int(index), "time": .int(index),
                        "abandoned": false,
                    ]
                })
        }
        script.answer("getwalletinfo") { (_, _) throws(RPCError) in ["txcount": .int(transactions)] }
    }

    @Test func aWindowOfTheHistoryAsksForNoMoreThanItShows() async throws {
        let script = try ScriptedNode.core()
        try serveHistory(script, rows: 2_500, transactions: 1_700)
        let wallet = try await wallet(script)
        let window = try await wallet.getTransactions(filter: "", offset: 20, count: 30)
        #expect(window.total == 2_500 && window.unfiltered == 2_500)
        #expect(window.rows.map(\.time) == (2_450..<2_480).reversed().map { Int64($0) })
        #expect(window.rows[0].amount == 247_900_000_001)
        #expect(window.rows[0].height == 2_479)
        let calls = script.calls("listtransactions")
        #expect(calls[0] == ["*", 30, 20])
        // The rest only looks for the end.
        #expect(calls.dropFirst().allSatisfy { $0[1] == 1 })
        #expect(calls.count < 30)
        // The end stays known while the number of transactions stays.
        _ = try await wallet.getTransactions(filter: "", offset: 1_000, count: 30)
        #expect(script.calls("listtransactions").count == calls.count + 1)
        #expect(script.asked.filter { $0.method == "listtransactions" }.allSatisfy { $0.uri == "/wallet/main" })
    }

    @Test(arguments: [0, 1, 2, 3, 64, 1_000, 1_001]) func theEndOfAHistoryIsFound(_ rows: Int) async throws {
        let script = try ScriptedNode.core()
        // More transactions than rows is possible too: what only moves change has none.
        for transactions in [1, rows, rows * 2 + 5] {
            try serveHistory(script, rows: rows, transactions: transactions)
            let wallet = try await wallet(script)
            #expect(try await wallet.getTransactions(filter: "", offset: 0, count: 1).total == UInt64(rows))
            #expect(try await wallet.getTransactions(filter: "", offset: 0, count: 1_000).total == UInt64(rows))
            #expect(try await wallet.getTransactions(filter: "", offset: 5_000, count: 10).total == UInt64(rows))
        }
    }

    @Test func aFilterSeesAllRowsAndKeepsThoseAskedFor() async throws {
        let script = try ScriptedNode.core()
        try serveHistory(script, rows: 2_500, transactions: 2_500)
        let wallet = try await wallet(script)
        let window = try await wallet.getTransactions(filter: "label~RENT conf>100", offset: 1, count: 3)
        #expect(window.total == 240 && window.unfiltered == 2_500)
        #expect(window.rows.map(\.time) == [2_380, 2_370, 2_360])
        #expect(try await wallet.getTransactions(filter: "amt>2490 send", offset: 0, count: 100).total == 5)
        #expect(try await wallet.getTransactions(filter: "no such", offset: 0, count: 100).rows.isEmpty)
    }

    @Test func stateAndBalancesAreRead() async throws {
        let script = try ScriptedNode.core()
        try script.answer(
            "getwalletinfo",
            """
            {"walletname":"sp ace-é","format":"sqlite","txcount":229,"private_keys_enabled":true,"unlocked_until":0,
             "scanning":{"duration":3,"progress":0.25},"descriptors":true,"blank":false,"birthtime":1700001000,
             "lastprocessedblock":{"hash":"\(ScriptedNode.hash(1))","height":208}}
            """)
        try script.answer("listdescriptors", #"{"wallet_name":"x","descriptors":[{"desc":"a"},{"desc":"b"}]}"#)
        try script.answer(
            "getbalances",
            #"{"mine":{"trusted":5234.83930642,"untrusted_pending":0.00000001,"immature":3525.02332301}}"#)
        let wallet = try await wallet(script, "sp ace-é")
        let info = try await wallet.getInfo()
        #expect(
            info
                == WalletInfo(
                    name: "sp ace-é", processID: 0, encrypted: true, locked: true, unlockedUntil: 0,
                    privateKeysEnabled: true, blank: false, descriptors: 2, transactions: 229,
                    birthTime: 1_700_001_000, lastBlock: BlockRef(hash: ScriptedNode.hash(1), height: 208),
                    scanProgress: 0.25, warnings: []))
        #expect(
            try await wallet.getBalances()
                == WalletBalances(
                    trusted: 523_483_930_642, untrustedPending: 1, immature: 352_502_332_301, nonMempool: 0))
        #expect(script.asked.last?.uri == "/wallet/sp%20ace-%C3%A9")
    }

    @Test func addressesAreSortedFilteredAndCutWithTheirPaths() async throws {
        let script = try ScriptedNode.core()
        try script.answer(
            "listreceivedbyaddress",
            """
            [{"address":"c","amount":1.5,"confirmations":3,"label":"rent","txids":["1","2"]},
             {"address":"b","amount":0.00000000,"confirmations":0,"label":"","txids":[]},
             {"address":"a","amount":2.00000000,"confirmations":3,"label":"rent","txids":["3"]}]
            """)
        script.answer("getaddressinfo") { (parameters, _) throws(RPCError) in
            guard parameters[0] != "b" else { throw RPCError(.invalidAddressOrKey, "Invalid address") }
            return ["hdkeypath": .string("m/84h/" + (parameters[0].stringValue ?? ""))]
        }
        let wallet = try await wallet(script)
        let window = try await wallet.getAddresses(filter: "", offset: 0, count: 2)
        #expect(window.total == 3)
        #expect(window.rows.map(\.address) == ["b", "a"])
        #expect(window.rows.map(\.path) == ["", "m/84h/a"])
        #expect(script.calls("getaddressinfo").count == 2)
        let rent = try await wallet.getAddresses(filter: "rent amt<2", offset: 0, count: 9)
        #expect(rent.rows.map(\.received) == [150_000_000] && rent.rows[0].transactions == 2)
    }

    @Test func lockedCoinsAreAmongTheCoins() async throws {
        let script = try ScriptedNode.core()
        let ids = (1...3).map { "\(Self.transaction($0))" }
        try script.answer(
            "listunspent",
            """
            [{"txid":"\(ids[0])","vout":0,"address":"a","label":"rent","amount":1.00000000,"confirmations":3,
              "safe":true,"solvable":true},
             {"txid":"\(ids[1])","vout":1,"amount":2.5,"confirmations":0,"safe":false,"solvable":false}]
            """)
        try script.answer("listlockunspent", #"[{"txid":"\#(ids[2])","vout":2},{"txid":"\#(ids[0])","vout":9}]"#)
        script.answer("gettxout") { (parameters, _) throws(RPCError) in
            guard parameters[1] == 2 else { return .null }
            return ["confirmations": 7, "value": 2, "scriptPubKey": ["address": "z"]]
        }
        try script.answer("getaddressinfo", #"{"labels":["vault"],"solvable":true}"#)
        let wallet = try await wallet(script)
        let coins = try await wallet.getCoins(filter: "", offset: 0, count: 10)
        #expect(coins.total == 3)
        #expect(coins.rows.map(\.amount) == [250_000_000, 200_000_000, 100_000_000])
        #expect(coins.rows.map(\.locked) == [false, true, false])
        #expect(coins.rows[1].label == "vault" && coins.rows[1].confirmations == 7)
        #expect(!coins.rows[0].safe && coins.rows[0].address.isEmpty)
        #expect(try await wallet.getCoins(filter: "conf>2", offset: 1, count: 10).rows.map(\.label) == ["rent"])
    }

    @Test func noPassphraseIsSent() async throws {
        let script = try ScriptedNode.core()
        let wallet = try await wallet(script)
        await #expect(throws: RPCNodeError.self) {
            try await wallet.unlock(passphrase: Array("hunter2".utf8), seconds: 60)
        }
        #expect(!script.texts.contains { $0.contains("hunter2") || $0.contains("walletpassphrase") })
    }

    @Test(arguments: ["[]", "{}", "[{}]", #"[{"txid":"zz"}]"#, "7", "null", #"{"mine":{"trusted":1e400}}"#])
    func resultsThatAreNoneAreErrors(_ text: String) async throws {
        let script = try ScriptedNode.core()
        for method in [
            "getwalletinfo", "listdescriptors", "getbalances", "listreceivedbyaddress", "listunspent",
            "listlockunspent", "gettransaction",
        ] { try script.answer(method, text) }
        let wallet = try await wallet(script)
        await #expect(throws: RPCNodeError.self) { try await wallet.getInfo() }
        await #expect(throws: RPCNodeError.self) { try await wallet.getBalances() }
        await #expect(throws: RPCNodeError.self) { try await wallet.getTransactionDetails(transactionID: .zero) }
        // An empty list is a list.
        guard text != "[]" else { return }
        try script.answer("listtransactions", text)
        await #expect(throws: RPCNodeError.self) { try await wallet.getTransactions(filter: "", offset: 0, count: 5) }
        await #expect(throws: RPCNodeError.self) { try await wallet.getAddresses(filter: "", offset: 0, count: 5) }
        await #expect(throws: RPCNodeError.self) { try await wallet.getCoins(filter: "", offset: 0, count: 5) }
    }
}
