import BitcoinInterfaces
import BitcoinPrimitives
import Testing

/// Every method of every interface does through every protocol what it does without one: arguments, results, missing
/// results, objects and errors arrive as they were.
@Suite(.timeLimit(.minutes(5)))
struct InterfaceTests {
    /// Runs the same calls on a double itself and on its proxy, and compares what came of them and what the double saw.
    private func compare(
        _ wire: Wire, _ play: Stage.Play, count: Int, sourceLocation: SourceLocation = #_sourceLocation,
        _ exercise: (any ProcessInit, inout Outcomes) async -> Void
    ) async throws {
        let local = Stage(play)
        var expected = Outcomes()
        await exercise(InitDouble(local), &expected)
        let remote = Stage(play)
        let link = try await Link(wire, InitDouble(remote))
        var outcomes = Outcomes()
        await exercise(link.root, &outcomes)
        #expect(expected.lines.count >= count, sourceLocation: sourceLocation)
        for (ours, theirs) in zip(outcomes.lines, expected.lines) where ours != theirs {
            Issue.record("\(ours)\ninstead of\n\(theirs)", sourceLocation: sourceLocation)
        }
        #expect(outcomes.lines.count == expected.lines.count, sourceLocation: sourceLocation)
        for (ours, theirs) in zip(remote.calls, local.calls) where ours != theirs {
            Issue.record("the object saw \(ours)\ninstead of\n\(theirs)", sourceLocation: sourceLocation)
        }
        #expect(remote.calls.count == local.calls.count, sourceLocation: sourceLocation)
        link.close()
    }

    @Test(arguments: Wire.allCases, Stage.Play.allCases)
    func processInit(wire: Wire, play: Stage.Play) async throws {
        try await compare(wire, play, count: 3) { root, outcomes in
            await outcomes.add("getProcessInfo") { try await root.getProcessInfo() }
            await outcomes.add("listClients") { try await root.listClients() }
            await outcomes.add("disconnectClient") { try await root.disconnectClient(id: .max) }
            let chain = ChainDouble(stage: Stage(play == .full ? .full : .empty))
            await outcomes.add("makeChainClient") {
                try await root.makeChainClient(chain: chain, settings: Sample.settings)
            } then: { client, outcomes in
                await outcomes.add("getInfo") { try await client.getInfo() }
            }
            outcomes.note(chain.stage.calls)
        }
    }

    @Test(arguments: Wire.allCases, Stage.Play.allCases)
    func echo(wire: Wire, play: Stage.Play) async throws {
        try await compare(wire, play, count: 4) { root, outcomes in
            await outcomes.add("makeEcho") {
                try await root.makeEcho()
            } then: { echo, outcomes in
                for text in ["", "text", "ü🜲\u{0}\n"] {
                    await outcomes.add("echo") { try await echo.echo(echo: text) }
                }
            }
        }
    }

    @Test(arguments: Wire.allCases, Stage.Play.allCases)
    func rpc(wire: Wire, play: Stage.Play) async throws {
        try await compare(wire, play, count: 3) { root, outcomes in
            await outcomes.add("makeRpc") {
                try await root.makeRpc()
            } then: { rpc, outcomes in
                await outcomes.add("executeRpc") {
                    try await rpc.executeRpc(request: "{\"method\": \"ä\"}", uri: "/wallet/x%20y", user: "me")
                }
                await outcomes.add("executeRpc") { try await rpc.executeRpc(request: "", uri: "", user: "") }
            }
        }
    }

    @Test(arguments: Wire.allCases, Stage.Play.allCases)
    func mining(wire: Wire, play: Stage.Play) async throws {
        try await compare(wire, play, count: 12) { root, outcomes in
            await outcomes.add("makeMining") {
                try await root.makeMining()
            } then: { mining, outcomes in
                await outcomes.add("isTestChain") { try await mining.isTestChain() }
                await outcomes.add("isInitialBlockDownload") { try await mining.isInitialBlockDownload() }
                await outcomes.add("getTip") { try await mining.getTip() }
                for timeout in [0, 1.5, .greatestFiniteMagnitude, .infinity] {
                    await outcomes.add("waitTipChanged") {
                        try await mining.waitTipChanged(currentTip: Sample.hash(60), timeout: timeout)
                    }
                }
                for cooldown in [true, false] {
                    let options = BlockCreateOptions(
                        useMempool: !cooldown, blockReservedWeight: 4000, coinbaseOutputMaxAdditionalSigops: .max)
                    await outcomes.add("createNewBlock") {
                        try await mining.createNewBlock(options: options, cooldown: cooldown)
                    } then: { template, outcomes in
                        await Self.use(template, &outcomes)
                    }
                }
                for flag in [true, false] {
                    await outcomes.add("checkBlock") {
                        try await mining.checkBlock(
                            block: Sample.fullBlock, options: .init(checkMerkleRoot: flag, checkPow: !flag))
                    }
                }
                await outcomes.add("interrupt") { try await mining.interrupt() }
                await outcomes.add("submitBlock") { try await mining.submitBlock(block: Sample.fullBlock) }
                for ids in [[], [Sample.transactionID(61), .zero]] {
                    await outcomes.add("getTransactionsByTxID") { try await mining.getTransactionsByTxID(txids: ids) }
                }
                await outcomes.add("getTransactionsByWitnessID") {
                    try await mining.getTransactionsByWitnessID(wtxids: [Sample.witnessID(62)])
                }
            }
        }
    }

    private static func use(_ template: any BlockTemplate, _ outcomes: inout Outcomes) async {
        await outcomes.add("getBlockHeader") { try await template.getBlockHeader() }
        await outcomes.add("getBlock") { try await template.getBlock() }
        await outcomes.add("getTxFees") { try await template.getTxFees() }
        await outcomes.add("getTxSigops") { try await template.getTxSigops() }
        await outcomes.add("getCoinbaseTx") { try await template.getCoinbaseTx() }
        await outcomes.add("getCoinbaseMerklePath") { try await template.getCoinbaseMerklePath() }
        await outcomes.add("submitSolution") {
            try await template.submitSolution(version: .max, timestamp: 1, nonce: 2, coinbase: Sample.bytes(63))
        }
        await outcomes.add("submitSolutionOld7") {
            try await template.submitSolutionOld7(version: 1, timestamp: .max, nonce: 3, coinbase: [])
        }
        await outcomes.add("interruptWait") { try await template.interruptWait() }
        for threshold in [Int64(0), 2_100_000_000_000_000] {
            await outcomes.add("waitNext") {
                try await template.waitNext(options: .init(timeout: 0.25, feeThreshold: threshold))
            } then: { next, outcomes in
                await outcomes.add("getTxFees") { try await next.getTxFees() }
            }
        }
    }

    @Test(arguments: Wire.allCases, Stage.Play.allCases)
    func node(wire: Wire, play: Stage.Play) async throws {
        try await compare(wire, play, count: 8) { root, outcomes in
            await outcomes.add("makeNode") {
                try await root.makeNode()
            } then: { node, outcomes in
                await outcomes.add("getInfo") { try await node.getInfo() }
                await outcomes.add("getBlocks") { try await node.getBlocks(height: -1, count: .max) }
                await outcomes.add("getBlock") { try await node.getBlock(hash: Sample.hash(64)) }
                await outcomes.add("getMempool") { try await node.getMempool(offset: .max, count: 1) }
                await outcomes.add("getLog") { try await node.getLog(first: 1, count: 2) }
                await outcomes.add("handleEvents") {
                    try await node.handleEvents(events: Listener(Stage(.full)))
                } then: { handler, outcomes in
                    await outcomes.add("disconnect") { try await handler.disconnect() }
                }
                await outcomes.add("shutdown") { try await node.shutdown() }
            }
        }
    }

    @Test(arguments: Wire.allCases, Stage.Play.allCases)
    func chain(wire: Wire, play: Stage.Play) async throws {
        try await compare(wire, play, count: 14) { root, outcomes in
            await outcomes.add("makeChain") {
                try await root.makeChain()
            } then: { chain, outcomes in
                await outcomes.add("getTip") { try await chain.getTip() }
                await outcomes.add("getBlockHash") { try await chain.getBlockHash(height: .min) }
                await outcomes.add("findBlock") { try await chain.findBlock(hash: Sample.hash(65)) }
                await outcomes.add("findFork") { try await chain.findFork(locator: [Sample.hash(66), .zero]) }
                await outcomes.add("findFork") { try await chain.findFork(locator: []) }
                await outcomes.add("getLocator") { try await chain.getLocator(hash: nil) }
                await outcomes.add("getLocator") { try await chain.getLocator(hash: Sample.hash(67)) }
                await outcomes.add("getBlock") { try await chain.getBlock(hash: Sample.hash(68)) }
                await outcomes.add("isInitialBlockDownload") { try await chain.isInitialBlockDownload() }
                await outcomes.add("getTime") { try await chain.getTime() }
                await outcomes.add("getMempoolAncestry") {
                    try await chain.getMempoolAncestry(transactionID: Sample.transactionID(69))
                }
                await outcomes.add("broadcastTransaction") {
                    try await chain.broadcastTransaction(transaction: Sample.transaction, maxFee: .min)
                }
                await outcomes.add("handleNotifications") {
                    try await chain.handleNotifications(notifications: Listener(Stage(.full)))
                } then: { handler, outcomes in
                    await outcomes.add("disconnect") { try await handler.disconnect() }
                }
                let listener = Stage(.full)
                await outcomes.add("requestMempoolTransactions") {
                    try await chain.requestMempoolTransactions(notifications: Listener(listener))
                }
                outcomes.note(listener.calls.filter { $0 != "listener dropped" })
            }
        }
    }

    @Test(arguments: Wire.allCases, Stage.Play.allCases)
    func wallet(wire: Wire, play: Stage.Play) async throws {
        try await compare(wire, play, count: 10) { root, outcomes in
            await outcomes.add("makeWallet") {
                try await root.makeWallet(name: "sp ace-é")
            } then: { wallet, outcomes in
                await outcomes.add("getInfo") { try await wallet.getInfo() }
                await outcomes.add("getBalances") { try await wallet.getBalances() }
                await outcomes.add("getTransactions") {
                    try await wallet.getTransactions(filter: "amt>0.1", offset: 1 << 40, count: 100)
                }
                for seed in [UInt8(11), 12] {
                    await outcomes.add("getTransactionDetails") {
                        try await wallet.getTransactionDetails(transactionID: Sample.transactionID(seed))
                    }
                }
                await outcomes.add("getAddresses") { try await wallet.getAddresses(filter: "", offset: 0, count: 0) }
                await outcomes.add("getCoins") { try await wallet.getCoins(filter: "ü", offset: 1, count: .max) }
                await outcomes.add("unlock") { try await wallet.unlock(passphrase: [0, 255, 7], seconds: -1) }
                await outcomes.add("lock") { try await wallet.lock() }
                await outcomes.add("handleEvents") {
                    try await wallet.handleEvents(events: Listener(Stage(.full)))
                } then: { handler, outcomes in
                    await outcomes.add("disconnect") { try await handler.disconnect() }
                }
            }
        }
    }

    @Test(arguments: Wire.allCases, Stage.Play.allCases)
    func walletLoader(wire: Wire, play: Stage.Play) async throws {
        try await compare(wire, play, count: 7) { root, outcomes in
            await outcomes.add("makeWalletLoader") {
                try await root.makeWalletLoader()
            } then: { loader, outcomes in
                await outcomes.add("listWallets") { try await loader.listWallets() }
                await outcomes.add("listWalletDirectory") { try await loader.listWalletDirectory() }
                await outcomes.add("loadWallet") { try await loader.loadWallet(name: "") }
                await outcomes.add("createWallet") {
                    try await loader.createWallet(name: "new", options: Sample.options)
                }
                await outcomes.add("unloadWallet") { try await loader.unloadWallet(name: "/a/b") }
                await outcomes.add("handleEvents") {
                    try await loader.handleEvents(events: Listener(Stage(.full)))
                } then: { handler, outcomes in
                    await outcomes.add("disconnect") { try await handler.disconnect() }
                }
            }
        }
    }

    /// The wallet process as the node sees it: an object of the caller's, called by the other side.
    @Test(arguments: Wire.allCases, Stage.Play.allCases)
    func chainClient(wire: Wire, play: Stage.Play) async throws {
        try await compare(wire, .full, count: 3) { root, outcomes in
            let client = ChainClientDouble(stage: Stage(play))
            await outcomes.add("attachWallet") {
                try await root.attachWallet(client: client, info: Sample.client)
            } then: { handler, outcomes in
                await outcomes.add("disconnect") { try await handler.disconnect() }
            }
            outcomes.note(client.stage.calls)
            await outcomes.add("makeChainClient") {
                try await root.makeChainClient(chain: ChainDouble(stage: Stage(play)), settings: Sample.settings)
            } then: { client, outcomes in
                await outcomes.add("start") { try await client.start() }
                await outcomes.add("executeRpc") { try await client.executeRpc(request: "x", uri: "y", user: "z") }
                await outcomes.add("stop") { try await client.stop() }
            }
        }
    }
}
