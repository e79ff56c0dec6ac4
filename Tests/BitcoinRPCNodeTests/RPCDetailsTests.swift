import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC
import BitcoinRPCNode
import Testing

/// One transaction of a wallet inside Core's node.
@Suite(.timeLimit(.minutes(5))) struct RPCDetailsTests {
    private let id = TransactionID(rawValue: ScriptedNode.hash(5).rawValue)
    private let parent = "\(ScriptedNode.hash(6))"

    private func details(_ script: ScriptedNode) async throws -> TransactionDetails? {
        try script.answer("listwallets", "[]")
        script.answer("getaddressinfo") { (parameters, _) throws(RPCError) in
            [
                "ismine": .bool(parameters[0] != "shop"), "ischange": .bool(parameters[0] == "change"),
                "labels": parameters[0] == "mine" ? ["salary"] : [],
            ]
        }
        let node = RPCNode(rpc: script, processID: 0, now: { 0 }, makeMining: { script })
        return try await #require(try await node.wallets()).wallet("main").getTransactionDetails(transactionID: id)
    }

    private func serve(_ script: ScriptedNode, extra: String, vin: String) throws {
        let text =
            """
            {"amount":-0.5,"confirmations":0,"time":1700000000,"hex":"0200",\(extra)
             "decoded":{"vsize":222,"vin":[\(vin)],"vout":[
               {"value":0.5,"n":0,"scriptPubKey":{"type":"witness_v0_keyhash","address":"shop"}},
               {"value":0.49999,"n":1,"scriptPubKey":{"type":"witness_v0_keyhash","address":"change"}},
               {"value":0,"n":2,"scriptPubKey":{"type":"nulldata"}}]}}
            """
        let json = try JSONValue(parsing: text)
        let parentJSON = try JSONValue(
            parsing: #"{"decoded":{"vout":[{"value":7},{"value":1,"scriptPubKey":{"address":"mine"}}]}}"#)
        let (id, parent) = ("\(id)", parent)
        script.answer("gettransaction") { (parameters, _) throws(RPCError) in
            switch parameters[0].stringValue {
            case id: return json
            case parent: return parentJSON
            default: throw RPCError(.invalidAddressOrKey, "Invalid or non-wallet transaction id")
            }
        }
    }

    @Test func inputsOfAPendingOneComeFromTheWalletsTransactions() async throws {
        let script = ScriptedNode()
        try serve(script, extra: #""fee":-0.00001,"#, vin: #"{"txid":"\#(parent)","vout":1}"#)
        let details = try #require(try await details(script))
        #expect(details.block == nil && details.fee == 1000 && details.virtualSize == 222)
        #expect(
            details.inputs == [
                TransactionEnd(address: "mine", amount: 100_000_000, label: "salary", isMine: true, isChange: false)
            ])
        #expect(details.outputs.map(\.address) == ["shop", "change", "nulldata"])
        #expect(details.outputs.map(\.isMine) == [false, true, false])
        #expect(details.outputs.map(\.isChange) == [false, true, false])
        #expect(details.raw == [2, 0])
        #expect(script.calls("getrawtransaction").isEmpty)
    }

    @Test func inputsOfAConfirmedOneComeFromItsBlock() async throws {
        let script = ScriptedNode()
        let hash = ScriptedNode.hash(9)
        try serve(
            script, extra: #""blockhash":"\#(hash)","blockheight":7,"replaced_by_txid":"ab","#,
            vin: #"{"txid":"\#(parent)","vout":1},{"txid":"\#(ScriptedNode.hash(7))","vout":0}"#)
        try script.answer(
            "getrawtransaction",
            """
            {"vin":[{"txid":"x","vout":0,"prevout":{"value":0.4,"scriptPubKey":{"address":"mine","type":"t"}}},
                    {"txid":"y","vout":0,"prevout":{"value":0.7,"scriptPubKey":{"type":"pubkey"}}}]}
            """)
        let details = try #require(try await details(script))
        #expect(details.block == BlockRef(hash: hash, height: 7))
        #expect(details.inputs.map(\.address) == ["mine", "pubkey"])
        #expect(details.inputs.map(\.amount) == [40_000_000, 70_000_000])
        // The node told no fee; both sides are known.
        #expect(details.fee == 10_001_000)
        #expect(details.replacedBy == "ab")
    }

    @Test func whatIsNotKnownIsSaidToBeUnknown() async throws {
        let script = ScriptedNode()
        let vin =
            #"{"coinbase":"00"},{"txid":"\#(parent)","vout":4294967295},{"txid":"\#(ScriptedNode.hash(8))","vout":0}"#
        try serve(script, extra: "", vin: vin)
        let details = try #require(try await details(script))
        #expect(details.inputs.map(\.address) == ["coinbase", "", ""])
        #expect(details.inputs.allSatisfy { $0.amount == -1 && !$0.isMine })
        #expect(details.fee == -1)
    }

    @Test func aTransactionOfOthersIsNone() async throws {
        let script = ScriptedNode()
        script.refuse("gettransaction", RPCError(.invalidAddressOrKey, "Invalid or non-wallet transaction id"))
        #expect(try await details(script) == nil)
        // A wallet that is gone is another matter.
        let gone = RPCError(.walletNotFound, "Requested wallet does not exist or is not loaded")
        script.refuse("gettransaction", gone)
        await #expect(throws: gone) { try await details(script) }
    }
}
