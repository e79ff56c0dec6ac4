import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinInterfaces
import BitcoinNode
import BitcoinPrimitives
import BitcoinRPC
import TestSupport
import Testing

/// The mining interface.
@Suite(.timeLimit(.minutes(5)))
struct MiningServiceTests {
    @Test func `regtest is a test chain and the tip is told`() async throws {
        let node = try await TestNode.loaded()
        #expect(try await node.mining.isTestChain())
        #expect(try await node.mining.isInitialBlockDownload())
        let hash = try await node.mine(1)[0]
        #expect(try await !node.mining.isInitialBlockDownload())
        #expect(try await node.mining.getTip() == BlockRef(hash: hash, height: 1))
    }

    @Test func `getTip and waitTipChanged wait for the chain to be loaded`() async throws {
        let node = try TestNode()
        let tip = Task { try await node.mining.getTip() }
        let change = Task { try await node.mining.waitTipChanged(currentTip: .zero, timeout: 60_000) }
        try await Task.sleep(for: .milliseconds(20))
        try await node.load()
        let genesis = BlockRef(hash: node.context.parameters.genesisHash, height: 0)
        #expect(try await tip.value == genesis)
        #expect(try await change.value == genesis)
    }

    @Test func `a wait whose caller gives up ends at once and leaves nothing behind`() async throws {
        let node = try await TestNode.loaded()
        let genesis = node.context.parameters.genesisHash
        let wait = Task {
            try await node.mining.waitTipChanged(currentTip: genesis, timeout: .greatestFiniteMagnitude)
        }
        await eventually("the wait has begun") { node.context.hub.count == 1 }
        wait.cancel()
        await #expect(throws: CancellationError.self) { try await wait.value }
        await eventually("nothing is left registered") { node.context.hub.count == 0 }
    }

    @Test func `a caller that gives up does not wait for the chain to be loaded`() async throws {
        let node = try TestNode()
        let tip = Task { try await node.mining.getTip() }
        let mining = Task { try await NodeInit(node.context).makeMining() }
        try await Task.sleep(for: .milliseconds(20))
        tip.cancel()
        mining.cancel()
        await #expect(throws: CancellationError.self) { try await tip.value }
        await #expect(throws: CancellationError.self) { _ = try await mining.value }
        // One that was cancelled before it began, too.
        let late = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return try await node.mining.getTip()
        }
        await #expect(throws: CancellationError.self) { try await late.value }
        try await node.load()
        #expect(try await node.mining.getTip()?.height == 0)
    }

    @Test func `waitTipChanged returns at once when the tip is another one`() async throws {
        let node = try await TestNode.loaded()
        let hash = try await node.mine(1)[0]
        let genesis = node.context.parameters.genesisHash
        let tip = try await node.mining.waitTipChanged(currentTip: genesis, timeout: .greatestFiniteMagnitude)
        #expect(tip?.hash == hash)
    }

    @Test func `waitTipChanged returns the new tip when it comes`() async throws {
        let node = try await TestNode.loaded()
        let genesis = node.context.parameters.genesisHash
        let wait = Task {
            try await node.mining.waitTipChanged(currentTip: genesis, timeout: .greatestFiniteMagnitude)
        }
        await eventually("the wait has begun") { node.context.hub.count == 1 }
        let hash = try await node.mine(1)[0]
        #expect(try await wait.value == BlockRef(hash: hash, height: 1))
        await eventually("nothing is left registered") { node.context.hub.count == 0 }
    }

    @Test func `waitTipChanged returns the old tip after its time`() async throws {
        let node = try await TestNode.loaded()
        let genesis = node.context.parameters.genesisHash
        let start = ContinuousClock.now
        let tip = try await node.mining.waitTipChanged(currentTip: genesis, timeout: 60)
        #expect(ContinuousClock.now - start >= .milliseconds(60))
        #expect(tip == BlockRef(hash: genesis, height: 0))
        #expect(try await node.mining.waitTipChanged(currentTip: genesis, timeout: 0)?.hash == genesis)
    }

    @Test(arguments: [-1.0, -Double.infinity, .nan])
    func `a timeout that is none does not wait`(_ timeout: Double) async throws {
        let node = try await TestNode.loaded()
        let genesis = node.context.parameters.genesisHash
        #expect(try await node.mining.waitTipChanged(currentTip: genesis, timeout: timeout)?.hash == genesis)
    }

    @Test func `interrupt ends every wait of its object with nil, and only of its`() async throws {
        let node = try await TestNode.loaded()
        let genesis = node.context.parameters.genesisHash
        let mining = node.mining
        let other = node.mining
        let waits = (0..<3).map { _ in
            Task { try await mining.waitTipChanged(currentTip: genesis, timeout: .infinity) }
        }
        let otherWait = Task { try await other.waitTipChanged(currentTip: genesis, timeout: .infinity) }
        await eventually("the waits have begun") { node.context.hub.count == 4 }
        try await mining.interrupt()
        for wait in waits { #expect(try await wait.value == nil) }
        #expect(node.context.hub.count >= 1)
        let hash = try await node.mine(1)[0]
        #expect(try await otherWait.value?.hash == hash)
        // The object can be used again.
        #expect(try await mining.waitTipChanged(currentTip: genesis, timeout: 60_000)?.hash == hash)
    }

    @Test func `a shutdown ends waits with nil, those that come later too`() async throws {
        let node = try await TestNode.loaded()
        let genesis = node.context.parameters.genesisHash
        let wait = Task { try await node.mining.waitTipChanged(currentTip: genesis, timeout: .infinity) }
        await eventually("the wait has begun") { node.context.hub.count == 1 }
        node.context.beginShutdown()
        #expect(try await wait.value == nil)
        let initial = NodeInit(node.context)
        #expect(try await initial.makeMining() == nil)
    }

    @Test func `checkBlock and submitBlock tell Core's reasons`() async throws {
        let node = try await TestNode.loaded()
        let mining = node.mining
        let hash = try await node.mine(1)[0]
        let mined = try #require(try await node.chain.getBlock(hash: hash))

        let again = try await mining.submitBlock(block: mined)
        #expect(again.reason == "duplicate")
        #expect(!again.result)

        let elsewhere = try await mining.checkBlock(block: mined, options: BlockCheckOptions())
        #expect(elsewhere.reason == "inconclusive-not-best-prevblk")
        #expect(!elsewhere.result)

        let other = try await TestNode.loaded()
        _ = try await other.mining.submitBlock(block: mined)
        let next = try await other.mine(1)[0]
        let good = try #require(try await other.chain.getBlock(hash: next))
        let checked = try await mining.checkBlock(block: good, options: BlockCheckOptions())
        #expect(checked == (reason: "", debug: "", result: true))
        #expect(try await mining.getTip()?.hash == hash)

        let header = good.header
        let damaged = Block(
            header: BlockHeader(
                version: header.version, previousBlockHash: header.previousBlockHash, merkleRoot: .zero,
                time: header.time, bits: header.bits, nonce: header.nonce),
            transactions: good.transactions)
        let merkle = try await mining.checkBlock(block: damaged, options: BlockCheckOptions(checkPow: false))
        #expect(merkle.reason == "bad-txnmrklroot")
        #expect(!merkle.result)
        let unchecked = try await mining.checkBlock(
            block: damaged, options: BlockCheckOptions(checkMerkleRoot: false, checkPow: false))
        #expect(unchecked.result, "\(unchecked)")

        let lazy = (0..<UInt32.max).lazy.map { nonce in
            BlockHeader(
                version: header.version, previousBlockHash: header.previousBlockHash, merkleRoot: header.merkleRoot,
                time: header.time, bits: header.bits, nonce: nonce)
        }.first { ($0.hash.bytes.last ?? 0) >= 0x80 }
        let workless = Block(header: try #require(lazy), transactions: good.transactions)
        #expect(try await mining.checkBlock(block: workless, options: BlockCheckOptions()).reason == "high-hash")
        #expect(try await mining.submitBlock(block: workless).reason == "high-hash")
        #expect(try await mining.submitBlock(block: good) == (reason: "", debug: "", result: true))
        #expect(try await mining.getTip()?.hash == next)
    }

    @Test(.enabled(if: CoreFixture.isPresent, CoreFixture.absence))
    func `transactions of the mempool are found by both ids`() async throws {
        let node = try await CoreFixture.node.value
        let members = try #require(CoreFixture.facts["getrawmempool_verbose"].objectValue?.members)
        let ids = members.compactMap { TransactionID(hex: $0.key) }
        let witnessIDs = members.compactMap { $0.value["wtxid"].stringValue.flatMap { WitnessTransactionID(hex: $0) } }
        let byID = try await node.mining.getTransactionsByTxID(txids: [.zero] + ids)
        #expect(byID.first == [])
        #expect(try byID.dropFirst().map { try Transaction(decoding: $0).id } == ids)
        let byWitnessID = try await node.mining.getTransactionsByWitnessID(wtxids: witnessIDs + [.zero])
        #expect(byWitnessID.dropLast() == byID.dropFirst())
        #expect(byWitnessID.last == [])
    }
}
