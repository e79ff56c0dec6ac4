import BitcoinIPC
import BitcoinInterfaces
import IPC
import Synchronization
import TestData
import Testing

/// Listeners and registrations across a connection.
@Suite(.timeLimit(.minutes(5)))
struct CallbackTests {
    /// Every event that a node, a chain, a wallet and a list of wallets have.
    private func emit(_ root: InitDouble, _ outcomes: inout Outcomes) async {
        if let node = root.node.listener.withLock({ $0 }) {
            for flag in [true, false] {
                await outcomes.add("blockTip") {
                    try await node.blockTip(tip: Sample.block(1), time: -1, initialBlockDownload: flag)
                }
            }
            await outcomes.add("headerTip") { try await node.headerTip(tip: Sample.block(2), time: .max) }
            await outcomes.add("initMessage") { try await node.initMessage(message: "Loading…") }
            await outcomes.add("progress") { try await node.progress(title: "", percent: 100) }
            await outcomes.add("mempoolChanged") { try await node.mempoolChanged(transactions: 1, bytes: .max) }
            for warnings in [[], ["a", ""]] {
                await outcomes.add("warningsChanged") { try await node.warningsChanged(warnings: warnings) }
            }
            await outcomes.add("logAdvanced") { try await node.logAdvanced(total: 1 << 50) }
            await outcomes.add("shutdownStarted") { try await node.shutdownStarted() }
        }
        if let chain = root.chain.listener.withLock({ $0 }) {
            await outcomes.add("added") { try await chain.transactionAddedToMempool(transaction: Sample.transaction) }
            await outcomes.add("removed") {
                try await chain.transactionRemovedFromMempool(transactionID: Sample.transactionID(3))
            }
            await outcomes.add("connected") { try await chain.blockConnected(block: Sample.connected) }
            await outcomes.add("disconnected") { try await chain.blockDisconnected(block: Sample.connected) }
            await outcomes.add("flushed") { try await chain.chainStateFlushed(locator: [Sample.hash(4)]) }
        }
        if let wallet = root.wallet.listener.withLock({ $0 }) {
            await outcomes.add("transaction") {
                try await wallet.transactionChanged(transactionID: Sample.transactionID(5))
            }
            await outcomes.add("balances") { try await wallet.balancesChanged(balances: Sample.balances) }
            await outcomes.add("address") { try await wallet.addressBookChanged(address: "a", label: "ü") }
            await outcomes.add("status") { try await wallet.statusChanged(info: Sample.walletInfo) }
        }
        if let loader = root.loader.listener.withLock({ $0 }) {
            await outcomes.add("loaded") { try await loader.walletLoaded(listing: Sample.listing) }
            await outcomes.add("unloaded") { try await loader.walletUnloaded(listing: Sample.listing, reason: "") }
            await outcomes.add("failed") { try await loader.walletFailed(listing: Sample.listing) }
        }
    }

    private func register(_ listener: Listener, _ root: any ProcessInit) async throws -> [any Handler] {
        [
            try await root.makeNode().handleEvents(events: listener),
            try await root.makeChain().handleNotifications(notifications: listener),
            try await root.makeWallet(name: "w").handleEvents(events: listener),
            try await root.makeWalletLoader().handleEvents(events: listener),
        ]
    }

    @Test(arguments: Wire.allCases, Stage.Play.allCases)
    func `events and the listener's errors arrive as they are`(wire: Wire, play: Stage.Play) async throws {
        // What happens without a protocol.
        let near = Stage(play)
        let local = InitDouble(Stage(.full))
        let kept = try await register(Listener(near), local)
        var expected = Outcomes()
        await emit(local, &expected)
        // What happens with one.
        let far = Stage(play)
        let root = InitDouble(Stage(.full))
        let link = try await Link(wire, root)
        let handlers = try await register(Listener(far), link.root)
        var outcomes = Outcomes()
        await emit(root, &outcomes)
        #expect(expected.lines.count == 22)
        #expect(outcomes.lines == expected.lines)
        #expect(far.calls == near.calls)
        withExtendedLifetime((kept, handlers)) {}
        link.close()
    }

    @Test(arguments: Wire.allCases)
    func `events come in the order in which they were sent`(wire: Wire) async throws {
        let root = InitDouble(Stage(.full))
        let link = try await Link(wire, root)
        let stage = Stage(.full)
        let handler = try await link.root.makeNode().handleEvents(events: Listener(stage))
        let listener = try #require(root.node.listener.withLock { $0 })
        for number in UInt64(0)..<200 { try await listener.logAdvanced(total: number) }
        #expect(stage.calls == (0..<200).map { "logAdvanced [\($0)]" })
        withExtendedLifetime(handler) {}
        link.close()
    }

    @Test(arguments: Wire.allCases)
    func `a registration ends when its handler is dropped, and so does the listener`(wire: Wire) async throws {
        let root = InitDouble(Stage(.full))
        let link = try await Link(wire, root)
        let stage = Stage(.full)
        var handlers = try await register(Listener(stage), link.root)
        #expect(handlers.count == 4)
        handlers = []
        #expect(await eventually { root.stage.calls.count { $0.hasSuffix("registration dropped") } == 4 })
        root.node.listener.withLock { $0 = nil }
        root.chain.listener.withLock { $0 = nil }
        root.wallet.listener.withLock { $0 = nil }
        root.loader.listener.withLock { $0 = nil }
        #expect(await eventually { stage.calls.contains("listener dropped") })
        link.close()
    }

    @Test func `a lost connection ends registrations, listeners and everything served`() async throws {
        let stage = Stage(.full)
        weak var weakRoot: InitDouble?
        let link: Link
        let handlers: [any Handler]
        let listening = Stage(.full)
        do {
            let root = InitDouble(stage)
            weakRoot = root
            link = try await Link(.capnp, root)
            handlers = try await register(Listener(listening), link.root)
        }
        link.server.close()
        await link.client.session.closed()
        #expect(await eventually { stage.calls.count { $0.hasSuffix("registration dropped") } == 4 })
        #expect(await eventually { listening.calls.contains("listener dropped") })
        #expect(await eventually { weakRoot == nil })
        await #expect(throws: IPCError.self) { try await handlers[0].disconnect() }
        await #expect(throws: IPCError.self) { _ = try await link.root.getProcessInfo() }
    }
}
