import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC
import BitcoinRPCNode
import Synchronization
import Testing

/// Events made of waiting for the tip.
@Suite(.timeLimit(.minutes(5))) struct RPCEventTests {
    /// Takes down every event as a line.
    private final class Journal: NodeEvents, WalletLoaderEvents, WalletEvents {
        let lines = Mutex<[String]>([])

        private func add(_ line: String) { lines.withLock { $0.append(line) } }

        func blockTip(tip: BlockRef, time: Int64, initialBlockDownload: Bool) async throws { add("tip \(tip.height)") }
        func headerTip(tip: BlockRef, time: Int64) async throws { add("headers \(tip.height)") }
        func initMessage(message: String) async throws { add("init \(message)") }
        func progress(title: String, percent: Int32) async throws { add("progress") }
        func mempoolChanged(transactions: UInt64, bytes: UInt64) async throws { add("mempool \(transactions)") }
        func warningsChanged(warnings: [String]) async throws { add("warnings \(warnings)") }
        func logAdvanced(total: UInt64) async throws { add("log") }
        func shutdownStarted() async throws { add("shutdown") }
        func walletLoaded(listing: WalletListing) async throws { add("loaded \(listing.name)") }
        func walletUnloaded(listing: WalletListing, reason: String) async throws { add("unloaded \(listing.name)") }
        func walletFailed(listing: WalletListing) async throws { add("failed") }
        func transactionChanged(transactionID: TransactionID) async throws { add("transaction \(transactionID)") }
        func balancesChanged(balances: WalletBalances) async throws { add("balance \(balances.trusted)") }
        func addressBookChanged(address: String, label: String) async throws { add("label") }
        func statusChanged(info: WalletInfo) async throws { add("status \(info.transactions)") }

        func until(_ line: String) async throws {
            let deadline = ContinuousClock.now + .seconds(60)
            while ContinuousClock.now < deadline {
                if lines.withLock({ $0.contains(line) }) { return }
                try await Task.sleep(for: .milliseconds(2))
            }
            Issue.record("never \(line): \(lines.withLock { $0 })")
        }
    }

    private func waited(for script: ScriptedNode, _ isWaited: Bool = true) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while script.isWaitedFor != isWaited, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(2))
        }
        #expect(script.isWaitedFor == isWaited)
    }

    private func node(_ script: ScriptedNode) -> RPCNode {
        RPCNode(rpc: script, processID: 0, now: { 0 }, makeMining: { script })
    }

    private func chainInfo(height: Int, headers: Int, warnings: String = "[]") -> String {
        """
        {"chain":"regtest","blocks":\(height),"headers":\(headers),"bestblockhash":"\(ScriptedNode.hash(height))",
         "difficulty":1,"time":1,"mediantime":1,"verificationprogress":1,"initialblockdownload":false,"chainwork":"02",
         "size_on_disk":1,"warnings":\(warnings)}
        """
    }

    @Test func theTipIsToldAtOnceAndTheRestWithTheBeat() async throws {
        let script = try ScriptedNode.core()
        try script.answer("getblockchaininfo", chainInfo(height: 208, headers: 208))
        let journal = Journal()
        let handler = try await node(script).handleEvents(events: journal)
        try await journal.until("init ")
        try await waited(for: script)
        try script.answer("getblockchaininfo", chainInfo(height: 209, headers: 211))
        script.connect(BlockRef(hash: ScriptedNode.hash(209), height: 209))
        try await journal.until("tip 209")
        try await journal.until("headers 211")
        try await waited(for: script)
        try script.answer("getmempoolinfo", #"{"size":9,"bytes":900,"total_fee":0.1}"#)
        try script.answer("getblockchaininfo", chainInfo(height: 209, headers: 211, warnings: #"["beware"]"#))
        script.beat()
        try await journal.until("mempool 9")
        try await journal.until(#"warnings ["beware"]"#)
        #expect(journal.lines.withLock { $0.filter { $0.hasPrefix("tip") } } == ["tip 209"])
        try await waited(for: script)
        try await handler.disconnect()
        // Nobody listens: nobody waits at the node.
        try await waited(for: script, false)
    }

    @Test func aNodeThatGoesDownSaysSoAndALostOneDoesNot() async throws {
        for isOrderly in [true, false] {
            let script = try ScriptedNode.core()
            let journal = Journal()
            let node = node(script)
            let handler = try await node.handleEvents(events: journal)
            try await journal.until("init ")
            try await waited(for: script)
            if isOrderly { script.shutDown() } else { script.lose() }
            if isOrderly { try await journal.until("shutdown") }
            try await handler.disconnect()
            #expect(journal.lines.withLock { $0.contains("shutdown") } == isOrderly)
        }
    }

    @Test func walletsLoadedByOthersAreTold() async throws {
        let script = try ScriptedNode.core()
        let journal = Journal()
        let node = node(script)
        let wallets = try #require(try await node.wallets())
        let handler = try await wallets.handleEvents(events: journal)
        try await waited(for: script)
        let asked = script.calls("listwallets").count
        script.beat()
        try await waited(for: script)
        // The first signal only shows what is there.
        while script.calls("listwallets").count <= asked { await Task.yield() }
        try script.answer("listwallets", #"["main","cold"]"#)
        script.beat()
        try await journal.until("loaded cold")
        try await journal.until("unloaded sp ace-é")
        // What is loaded here is told without waiting for the beat.
        try script.answer("loadwallet", #"{"name":"friend"}"#)
        try script.answer("listwallets", #"["main","cold","friend"]"#)
        #expect(try await wallets.loadWallet(name: "friend").address == "/wallet/friend")
        try await journal.until("loaded friend")
        #expect(script.calls("loadwallet") == [["friend", true]])
        try await handler.disconnect()
    }

    @Test func aWalletEndsWhenItIsUnloaded() async throws {
        let script = try ScriptedNode.core()
        let node = node(script)
        let wallets = try #require(try await node.wallets())
        let ended = Task { await wallets.waitUntilUnloaded("main") }
        try await waited(for: script)
        try script.answer("listwallets", "[]")
        script.beat()
        await ended.value
    }

    @Test func aWalletTellsWhatHasChanged() async throws {
        let script = try ScriptedNode.core()
        func serve(transactions: Int, balance: String) throws {
            try script.answer(
                "getwalletinfo",
                #"{"txcount":\#(transactions),"private_keys_enabled":false,"scanning":false,"birthtime":1}"#)
            try script.answer(
                "getbalances", #"{"mine":{"trusted":\#(balance),"untrusted_pending":0,"immature":0}}"#)
        }
        try serve(transactions: 1, balance: "1.0")
        try script.answer("listdescriptors", #"{"descriptors":[]}"#)
        try script.answer(
            "listtransactions",
            """
            [{"txid":"\(ScriptedNode.hash(3))","vout":0,"category":"receive","amount":1.0,"confirmations":1,"time":5}]
            """)
        let journal = Journal()
        let node = node(script)
        let wallet = try #require(try await node.wallets()).wallet("main")
        let handler = try await wallet.handleEvents(events: journal)
        while script.calls("getbalances").isEmpty { await Task.yield() }
        try await waited(for: script)
        // Nothing has changed: nothing more is asked.
        script.beat()
        try await waited(for: script)
        while script.calls("getwalletinfo").count < 3 { await Task.yield() }
        #expect(script.calls("getbalances").count == 1)
        try serve(transactions: 2, balance: "3.5")
        script.beat()
        try await journal.until("status 2")
        try await journal.until("balance 350000000")
        try await journal.until("transaction \(ScriptedNode.hash(3))")
        try await handler.disconnect()
    }
}
