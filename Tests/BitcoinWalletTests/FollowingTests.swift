import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC
import BitcoinScript
import BitcoinWallet
import Testing

/// A watch-only wallet of ours follows a chain.
@Suite(.timeLimit(.minutes(5)))
struct FollowingTests {
    private let watchOnly = CreateWalletOptions(blank: true, disablePrivateKeys: true, avoidReuse: false)

    private func imports(_ timestamp: JSONValue = 1) -> JSONValue {
        [
            [
                ["desc": .string(TestKey.receive), "timestamp": timestamp, "active": true, "range": 19],
                [
                    "desc": .string(TestKey.change), "timestamp": timestamp, "active": true, "internal": true,
                    "range": 19,
                ],
            ]
        ]
    }

    private func wallet(
        _ chain: TestChain, in directory: String, create: Bool = true
    ) async throws -> WalletService {
        let service = try makeService(
            "w", walletDirectory: directory, chain: chain, create: create ? watchOnly : nil)
        try await service.start()
        return service
    }

    private func trusted(_ service: WalletService) async throws -> String {
        try await service.call("getbalances")["mine"]["trusted"].write()
    }

    @Test
    func importFindsWhatTheChainHolds() async throws {
        var blocks = Synthetic.chain(to: 3)
        let payment = Synthetic.transaction(
            spending: [Synthetic.foreignOutput(1)], paying: [(try TestKey.script(2), 5 * .coin)])
        blocks.append(Synthetic.block(after: blocks.last, height: 4, [payment]))
        let service = try await wallet(
            TestChain(blocks: blocks, time: Synthetic.startTime + 600), in: try Synthetic.directory())
        #expect(try await trusted(service) == "0.00000000")
        #expect(try await service.call("importdescriptors", imports()) == [["success": true], ["success": true]])
        #expect(try await trusted(service) == "5.00000000")
        let rows = try await service.call("listtransactions", ["*"]).requireArray()
        #expect(rows.count == 1)
        #expect(rows[0]["category"] == "receive")
        #expect(rows[0]["label"] == "")
        #expect(rows[0]["blockheight"] == 4)
        #expect(rows[0]["time"].intValue == Synthetic.startTime + 240)
        let listed = try await service.call("listdescriptors")["descriptors"].requireArray()
        // Index 2 was used: three are gone and the range reaches on.
        #expect(listed.contains { $0["next"] == 3 && $0["range"] == [0, 22] })
        try await service.stop()
    }

    @Test
    func aRescanStopsAtOnceWhenItsCallerGivesUp() async throws {
        var blocks = Synthetic.chain(to: 3)
        let payment = Synthetic.transaction(
            spending: [Synthetic.foreignOutput(1)], paying: [(try TestKey.script(2), 5 * .coin)])
        blocks.append(Synthetic.block(after: blocks.last, height: 4, [payment]))
        let chain = TestChain(blocks: blocks, time: Synthetic.startTime + 600)
        let service = try await wallet(chain, in: try Synthetic.directory())
        // The node takes an hour for block 2.
        let (asked, continuation) = AsyncStream<Void>.makeStream()
        let slow = blocks[2].hash
        await chain.setBeforeBlock { hash in
            guard hash == slow else { return }
            continuation.yield()
            try await Task.sleep(for: .seconds(3600))
        }
        let parameters = imports()
        let scan = Task { try await service.call("importdescriptors", parameters) }
        for await _ in asked { break }
        #expect(try await service.call("getwalletinfo")["scanning"] != false)
        scan.cancel()
        await #expect(throws: RPCError(.miscellaneous, "Rescan aborted by user.")) { try await scan.value }
        #expect(try await service.call("getwalletinfo")["scanning"] == false)
        await chain.setBeforeBlock(nil)
        // Nothing is broken: the wallet follows, and another import finds what this one did not get to.
        try await chain.connect(Synthetic.block(after: blocks.last, height: 5))
        #expect(try await service.call("importdescriptors", imports()) == [["success": true], ["success": true]])
        #expect(try await trusted(service) == "5.00000000")
        #expect(try await service.call("getbalances")["lastprocessedblock"]["height"] == 5)
        try await service.stop()
    }

    @Test
    func listenersAreBounded() async throws {
        let service = try await wallet(
            TestChain(blocks: Synthetic.chain(to: 1), time: Synthetic.startTime + 600), in: try Synthetic.directory())
        var kept: [any Handler] = []
        for _ in 0..<WalletService.listenerLimit {
            kept.append(try await service.handleEvents(events: DeafListener()))
        }
        await #expect(throws: InterfaceError.self) { _ = try await service.handleEvents(events: DeafListener()) }
        // A place is free again as soon as its listener is gone, whichever way.
        kept.removeLast()
        kept.append(try await service.handleEvents(events: DeafListener()))
        try await kept[0].disconnect()
        kept.append(try await service.handleEvents(events: DeafListener()))
        await #expect(throws: InterfaceError.self) { _ = try await service.handleEvents(events: DeafListener()) }
        try await service.stop()
    }

    @Test
    func blocksAndMempoolAreFollowed() async throws {
        let blocks = Synthetic.chain(to: 1)
        let chain = TestChain(blocks: blocks, time: Synthetic.startTime + 600)
        let service = try await wallet(chain, in: try Synthetic.directory())
        _ = try await service.call("importdescriptors", imports())
        let payment = Synthetic.transaction(
            spending: [Synthetic.foreignOutput(1)], paying: [(try TestKey.script(0), 2 * .coin)])
        try await chain.addToMempool(payment)
        try await waitUntil {
            try await service.call("getbalances")["mine"]["untrusted_pending"].write() == "2.00000000"
        }
        try await chain.connect(Synthetic.block(after: blocks[1], height: 2, [payment]))
        #expect(try await trusted(service) == "2.00000000")
        let spend = Synthetic.transaction(
            spending: [OutPoint(transactionID: payment.id, index: 0)],
            paying: [(Synthetic.foreignScript, 1 * .coin), (try TestKey.script(0, of: TestKey.change), 90_000_000)])
        try await chain.addToMempool(spend)
        // Made of nothing but our own coins: trusted at once.
        try await waitUntil { try await trusted(service) == "0.90000000" }
        let rows = try await service.call("listtransactions", ["*"]).requireArray()
        #expect(rows.map { $0["category"] } == ["receive", "send"])
        #expect(rows[1]["amount"].write() == "-1.00000000")
        #expect(rows[1]["fee"].write() == "-0.10000000")
        try await chain.removeFromMempool(spend.id)
        try await waitUntil { try await service.call("getbalances")["mine"]["nonmempool"].write() == "-2.00000000" }
        try await service.stop()
    }

    @Test
    func reorganisationTakesBack() async throws {
        let blocks = Synthetic.chain(to: 2)
        let chain = TestChain(blocks: blocks, time: Synthetic.startTime + 600)
        let service = try await wallet(chain, in: try Synthetic.directory())
        _ = try await service.call("importdescriptors", imports())
        let payment = Synthetic.transaction(
            spending: [Synthetic.foreignOutput(1)], paying: [(try TestKey.script(0), 2 * .coin)])
        try await chain.connect(Synthetic.block(after: blocks[2], height: 3, paying: try TestKey.script(1), [payment]))
        #expect(try await service.call("getbalances")["mine"]["immature"].write() == "50.00000000")
        try await chain.disconnect()
        let rival = Synthetic.transaction(
            spending: [Synthetic.foreignOutput(1)], paying: [(Synthetic.foreignScript, 2 * .coin)])
        let other = Synthetic.block(after: blocks[2], height: 3, [rival], salt: 1)
        try await chain.connect(other)
        try await chain.connect(Synthetic.block(after: other, height: 4))
        let balances = try await service.call("getbalances")
        #expect(balances["mine"]["trusted"].write() == "0.00000000")
        #expect(balances["mine"]["immature"].write() == "0.00000000")
        #expect(balances["lastprocessedblock"]["height"] == 4)
        let rows = try await service.call("listtransactions", ["*"]).requireArray()
        // The coinbase is an orphan; the payment, contradicted by a block, is shown no more.
        #expect(rows.map { $0["category"] } == ["orphan"])
        #expect(rows[0]["abandoned"] == true)
        let details = try await service.call("gettransaction", [.string(payment.id.description)])
        #expect(details["confirmations"] == -2)
        #expect(details["decoded"].isNull)
        let decoded = try await service.call("gettransaction", [.string(payment.id.description), .null, true])
        #expect(decoded["decoded"]["txid"].stringValue == payment.id.description)
        #expect(decoded["decoded"]["vout"].arrayValue?.count == payment.outputs.count)
        #expect(decoded["decoded"]["hex"].isNull)
        try await service.stop()
    }

    @Test
    func walletGoesOnFromWhereItWas() async throws {
        let directory = try Synthetic.directory()
        let blocks = Synthetic.chain(to: 2)
        let chain = TestChain(blocks: blocks, time: Synthetic.startTime + 600)
        let first = try await wallet(chain, in: directory)
        _ = try await first.call("importdescriptors", imports())
        let payment = Synthetic.transaction(
            spending: [Synthetic.foreignOutput(1)], paying: [(try TestKey.script(0), 2 * .coin)])
        let lost = Synthetic.block(after: blocks[2], height: 3, [payment])
        try await chain.connect(lost)
        #expect(try await trusted(first) == "2.00000000")
        _ = try await first.call("setlabel", [.string(address(try TestKey.script(0))), "rent"])
        try await first.stop()

        // While it is away, its last block leaves the chain and others come.
        try await chain.disconnect(telling: false)
        let better = Synthetic.block(
            after: blocks[2], height: 3,
            [
                Synthetic.transaction(
                    spending: [Synthetic.foreignOutput(2)], paying: [(try TestKey.script(5), 3 * .coin)])
            ], salt: 1)
        await chain.connectSilently(better)
        await chain.connectSilently(Synthetic.block(after: better, height: 4))
        let second = try await wallet(chain, in: directory, create: false)
        #expect(try await trusted(second) == "3.00000000")
        #expect(try await second.call("listlabels") == ["", "rent"])
        let info = try await second.call("getwalletinfo")
        #expect(info["lastprocessedblock"]["height"] == 4)
        #expect(info["txcount"] == 2)
        try await second.stop()
    }

    @Test
    func walletThatLostItsNodeCatchesUp() async throws {
        let blocks = Synthetic.chain(to: 2)
        let service = try await wallet(
            TestChain(blocks: blocks, time: Synthetic.startTime + 600), in: try Synthetic.directory())
        _ = try await service.call("importdescriptors", imports())
        let payment = Synthetic.transaction(
            spending: [Synthetic.foreignOutput(1)], paying: [(try TestKey.script(0), 2 * .coin)])
        let more = blocks + [Synthetic.block(after: blocks[2], height: 3, [payment])]
        try await service.reattach(to: TestChain(blocks: more, time: Synthetic.startTime + 600))
        #expect(try await trusted(service) == "2.00000000")
        try await service.stop()
    }

    @Test
    func otherNodesMempoolAndBlocksCount() async throws {
        let blocks = Synthetic.chain(to: 2)
        let payment = Synthetic.transaction(
            spending: [Synthetic.foreignOutput(1)], paying: [(try TestKey.script(0), 2 * .coin)])
        let pending = Synthetic.transaction(
            spending: [OutPoint(transactionID: payment.id, index: 0)], paying: [(Synthetic.foreignScript, 1 * .coin)])
        let first = TestChain(
            blocks: blocks + [Synthetic.block(after: blocks[2], height: 3, [payment])], mempool: [pending],
            time: Synthetic.startTime + 600)
        let service = try await wallet(first, in: try Synthetic.directory())
        _ = try await service.call("importdescriptors", imports())
        #expect(try await trusted(service) == "0.00000000")
        // The other node never heard of the last block, nor of the pending transaction.
        let other = Synthetic.block(after: blocks[2], height: 3, salt: 5)
        try await service.reattach(to: TestChain(blocks: blocks + [other], time: Synthetic.startTime + 600))
        let row = try await service.call("gettransaction", [.string(payment.id.description)])
        #expect(row["confirmations"] == 0 && row["trusted"] == false)
        #expect(
            try await service.call("getbalances")["lastprocessedblock"]["hash"].stringValue == other.hash.description)
        try await service.stop()
    }

    @Test
    func walletOfAnotherChainIsRefused() async throws {
        let directory = try Synthetic.directory()
        let service = try await wallet(
            TestChain(blocks: Synthetic.chain(to: 1), time: 0), in: directory)
        try await service.stop()
        let other = TestChain(blocks: [Synthetic.block(after: nil, height: 0, salt: 9)], time: 0)
        let again = try makeService("w", walletDirectory: directory, chain: other)
        await #expect(throws: WalletFileError.otherChain) { try await again.start() }
    }

    @Test
    func eventsTellWhatChanged() async throws {
        let blocks = Synthetic.chain(to: 1)
        let chain = TestChain(blocks: blocks, time: Synthetic.startTime + 600)
        let service = try await wallet(chain, in: try Synthetic.directory())
        _ = try await service.call("importdescriptors", imports())
        let recorder = EventRecorder()
        let handler = try await service.handleEvents(events: recorder)
        let payment = Synthetic.transaction(
            spending: [Synthetic.foreignOutput(1)], paying: [(try TestKey.script(0), 2 * .coin)])
        try await chain.connect(Synthetic.block(after: blocks[1], height: 2, [payment]))
        _ = try await service.call("setlabel", [.string(address(try TestKey.script(0))), "tea"])
        try await waitUntil {
            let events = await recorder.events
            return events.contains("tx \(payment.id)") && events.contains("balance 200000000")
                && events.contains("block 2") && events.contains { $0.hasSuffix("=tea") }
        }
        try await handler.disconnect()
        try await service.stop()
    }

    @Test
    func windowsAndFilters() async throws {
        var blocks = Synthetic.chain(to: 1)
        for index in 0..<5 {
            let payment = Synthetic.transaction(
                spending: [Synthetic.foreignOutput(UInt8(index + 1))],
                paying: [(try TestKey.script(UInt32(index)), Amount(index + 1) * .coin)])
            blocks.append(Synthetic.block(after: blocks.last, height: index + 2, [payment]))
        }
        let service = try await wallet(
            TestChain(blocks: blocks, time: Synthetic.startTime + 900), in: try Synthetic.directory())
        _ = try await service.call("importdescriptors", imports())
        _ = try await service.call("setlabel", [.string(address(try TestKey.script(3))), "Rent May"])
        let window = try await service.getTransactions(filter: "", offset: 1, count: 2)
        #expect(window.total == 5 && window.unfiltered == 5)
        #expect(window.rows.map(\.amount) == [4 * .coin, 3 * .coin])
        let rent = try await service.getTransactions(filter: "label~rent", offset: 0, count: 10)
        #expect(rent.rows.map(\.label) == ["Rent May"])
        let large = try await service.getTransactions(filter: "amt>2.5 conf<3", offset: 0, count: 10)
        #expect(large.total == 2)
        let coins = try await service.getCoins(filter: "", offset: 0, count: 2)
        #expect(coins.total == 5)
        #expect(coins.rows.map(\.amount) == [5 * .coin, 4 * .coin])
        let addresses = try await service.getAddresses(filter: "rent", offset: 0, count: 10)
        #expect(addresses.rows.map(\.received) == [4 * .coin])
        #expect(try await service.getTransactions(filter: "", offset: 99, count: 10).rows.isEmpty)
        let id = try #require(window.rows.first?.transactionID)
        let details = try #require(try await service.getTransactionDetails(transactionID: id))
        #expect(details.fee == -1)
        #expect(details.outputs.first?.isMine == true)
        try await service.stop()
    }

    @Test
    func lockedCoinsStayLocked() async throws {
        let directory = try Synthetic.directory()
        let payment = Synthetic.transaction(
            spending: [Synthetic.foreignOutput(1)], paying: [(try TestKey.script(0), 2 * .coin)])
        var blocks = Synthetic.chain(to: 1)
        blocks.append(Synthetic.block(after: blocks[1], height: 2, [payment]))
        let chain = TestChain(blocks: blocks, time: Synthetic.startTime + 900)
        let service = try await wallet(chain, in: directory)
        _ = try await service.call("importdescriptors", imports())
        let output: JSONValue = [["txid": .string(payment.id.description), "vout": 0]]
        #expect(try await service.call("lockunspent", [false, output, true]) == true)
        #expect(try await service.call("listunspent") == [])
        try await service.stop()
        let again = try await wallet(chain, in: directory, create: false)
        #expect(try await again.call("listlockunspent") == output)
        #expect(try await again.call("lockunspent", [true, output]) == true)
        #expect(try await again.call("listunspent").requireArray().count == 1)
        try await again.stop()
    }

    private func address(_ script: Script) -> String {
        Destination(scriptPubKey: script)?.address(on: .regtest) ?? ""
    }

    private func waitUntil(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<500 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("the wallet did not get there")
    }
}

/// Notes events as short texts.
private actor EventRecorder: WalletEvents {
    private(set) var events: [String] = []

    func transactionChanged(transactionID: TransactionID) async throws { events.append("tx \(transactionID)") }
    func balancesChanged(balances: WalletBalances) async throws { events.append("balance \(balances.trusted)") }
    func addressBookChanged(address: String, label: String) async throws { events.append("\(address)=\(label)") }
    func statusChanged(info: WalletInfo) async throws { events.append("block \(info.lastBlock.height)") }
}

/// Hears nothing.
private struct DeafListener: WalletEvents {
    func transactionChanged(transactionID: TransactionID) async throws {}
    func balancesChanged(balances: WalletBalances) async throws {}
    func addressBookChanged(address: String, label: String) async throws {}
    func statusChanged(info: WalletInfo) async throws {}
}
