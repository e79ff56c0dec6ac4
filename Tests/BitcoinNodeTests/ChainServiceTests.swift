import BitcoinConsensus
import BitcoinInterfaces
import BitcoinNode
import BitcoinPrimitives
import BitcoinRPC
import TestSupport
import Testing

/// The chain as wallets see it.
@Suite(.timeLimit(.minutes(5)))
struct ChainServiceTests {
    @Test func `tip, hashes and blocks are found`() async throws {
        let node = try await TestNode.loaded()
        let hashes = try await node.mine(3)
        let chain = node.chain
        #expect(try await chain.getTip() == BlockRef(hash: hashes[2], height: 3))
        #expect(try await chain.getBlockHash(height: 2) == hashes[1])
        #expect(try await chain.getBlockHash(height: 4) == nil)
        #expect(try await chain.getBlockHash(height: -1) == nil)
        #expect(try await chain.getBlock(hash: hashes[0])?.hash == hashes[0])
        #expect(try await chain.getBlock(hash: .zero) == nil)
        #expect(try await chain.getBlock(hash: node.context.parameters.genesisHash) != nil)
        let found = try #require(try await chain.findBlock(hash: hashes[1]))
        #expect(found.block == BlockRef(hash: hashes[1], height: 2))
        #expect(found.inActiveChain)
        #expect(found.maxTime >= found.time)
        #expect(try await chain.findBlock(hash: .zero) == nil)
    }

    @Test func `a locator leads back to its block`() async throws {
        let node = try await TestNode.loaded()
        let hashes = try await node.mine(30)
        let chain = node.chain
        let locator = try await chain.getLocator(hash: nil)
        #expect(locator.first == hashes[29])
        #expect(locator.last == node.context.parameters.genesisHash)
        #expect(try await chain.findFork(locator: locator)?.height == 30)
        #expect(try await chain.getLocator(hash: hashes[4]).first == hashes[4])
        #expect(try await chain.findFork(locator: [.zero, hashes[4], hashes[2]])?.height == 5)
        #expect(try await chain.findFork(locator: [.zero]) == nil)
        #expect(try await chain.findFork(locator: []) == nil)
        #expect(try await chain.getLocator(hash: .zero) == [])
    }

    @Test func `a wallet is told of blocks in order, beginning after its registration`() async throws {
        let node = try await TestNode.loaded()
        try await node.mine(1)
        let recorder = ChainRecorder()
        let handler = try await node.chain.handleNotifications(notifications: recorder)
        let hashes = try await node.mine(3)
        await eventually("all are told") { recorder.events.elements.count == 6 }
        #expect(
            recorder.events.elements
                == hashes.enumerated().flatMap { ["+\($0 + 2) \($1)", "flushed \($1)"] })
        try await handler.disconnect()
    }

    @Test func `a reorganisation is told block by block, down and up`() async throws {
        let node = try await TestNode.loaded()
        let shared = try await node.mine(1)
        let old = try await node.mine(2)
        // The same first block, then a longer branch of another node.
        let other = try await TestNode.loaded()
        _ = try await other.mining.submitBlock(block: try #require(try await node.chain.getBlock(hash: shared[0])))
        let new = try await other.mine(3, to: TestNode.otherAddress)

        let recorder = ChainRecorder()
        let handler = try await node.chain.handleNotifications(notifications: recorder)
        let terminal = NodeEventRecorder()
        let terminalHandler = try await node.service.handleEvents(events: terminal)
        for (offset, hash) in new.enumerated() {
            let block = try #require(try await other.chain.getBlock(hash: hash))
            let answer = try await node.mining.submitBlock(block: block)
            // As long as the branch has not more work, the block is stored and no more.
            #expect(answer.result == (offset == 2))
            #expect(answer.reason == (offset == 2 ? "" : "inconclusive"))
        }
        await eventually("all are told") { recorder.events.elements.last == "flushed \(new[2])" }
        #expect(
            recorder.events.elements == [
                "-3 \(old[1])", "-2 \(old[0])", "+2 \(new[0])", "+3 \(new[1])", "+4 \(new[2])", "flushed \(new[2])",
            ])
        await eventually("the tip is told") { terminal.events.elements.last == "tip 4 \(new[2])" }
        #expect(terminal.events.elements.filter { $0.hasPrefix("tip") }.count == 1)
        let stale = try #require(try await node.chain.findBlock(hash: old[1]))
        #expect(!stale.inActiveChain)
        #expect(try await node.chain.findFork(locator: [old[1], old[0]])?.hash == shared[0])
        let tips = try await node.call("getchaintips")
        #expect(tips[1]["status"] == "valid-fork")
        #expect(tips[1]["branchlen"] == 2)
        try await handler.disconnect()
        try await terminalHandler.disconnect()
    }

    @Test(.enabled(if: CoreFixture.isPresent, CoreFixture.absence))
    func `the mempool is replayed to a wallet and its graph is told`() async throws {
        let node = try await CoreFixture.node.value
        let recorder = ChainRecorder()
        try await node.chain.requestMempoolTransactions(notifications: recorder)
        let ids = (CoreFixture.facts["getrawmempool_verbose"].objectValue?.keys ?? []).map { "+tx \($0)" }
        #expect(recorder.events.elements.count == 6)
        #expect(Set(recorder.events.elements) == Set(ids))
        for member in CoreFixture.facts["getrawmempool_verbose"].objectValue?.members ?? [] {
            let id = try #require(TransactionID(hex: member.key))
            let ancestry = try #require(try await node.chain.getMempoolAncestry(transactionID: id))
            #expect(.int(ancestry.ancestors) == member.value["ancestorcount"])
            #expect(.int(ancestry.ancestorSize) == member.value["ancestorsize"])
            #expect(.int(ancestry.descendants) == member.value["descendantcount"])
            #expect(recordedAmount(member.value["fees"]["ancestor"]) == ancestry.ancestorFees)
        }
        #expect(try await node.chain.getMempoolAncestry(transactionID: .zero) == nil)
    }

    @Test func `a transaction that spends nothing known is refused with Core's reason`() async throws {
        let node = try await TestNode.loaded()
        let transaction = Transaction(
            inputs: [
                TransactionInput(
                    previousOutput: OutPoint(transactionID: .zero, index: 7), scriptSig: Script(), sequence: 0)
            ],
            outputs: [TransactionOutput(value: 1, scriptPubKey: Script([0x51]))])
        let reason = try await node.chain.broadcastTransaction(transaction: transaction, maxFee: 0)
        #expect(!reason.isEmpty)
        #expect(try await node.call("getmempoolinfo")["size"] == 0)
    }
}
