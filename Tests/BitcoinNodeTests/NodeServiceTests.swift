import BitcoinChain
import BitcoinCommon
import BitcoinConsensus
import BitcoinInterfaces
import BitcoinNode
import BitcoinPrimitives
import BitcoinRPC
import Synchronization
import TestSupport
import Testing

/// The node as terminals see it.
@Suite(.timeLimit(.minutes(5)))
struct NodeServiceTests {
    @Test func `getInfo tells what the RPCs tell`() async throws {
        let node = try await TestNode.loaded()
        try await node.mine(2)
        node.context.addWarning("first")
        node.context.addWarning("second")
        node.context.addWarning("first")
        let info = try await node.service.getInfo()
        let json = try await node.call("getblockchaininfo")
        #expect(info.tip.height == 2)
        #expect(json["bestblockhash"] == .string(info.tip.hash.description))
        #expect(info.headersHeight == 2)
        #expect(json["time"] == .int(info.tipTime))
        #expect(json["mediantime"] == .int(info.medianTime))
        #expect(json["difficulty"] == .double(info.difficulty))
        #expect(info.chainWork == [UInt8](repeating: 0, count: 31) + [6])
        #expect(json["initialblockdownload"] == .bool(info.initialBlockDownload))
        #expect(json["size_on_disk"] == .int(info.sizeOnDisk))
        #expect(info.warnings == ["first", "second"])
        #expect(json["warnings"] == ["first", "second"])
        #expect(info.process.name == "bitcoin-node")
        #expect(info.time == TestNode.time)
        #expect(info.initMessage == "")
        #expect(info.dataDirectory == node.directory)
    }

    @Test func `getInfo answers while the chain is being loaded`() async throws {
        guard CoreFixture.isPresent else { return }
        let node = try TestNode(in: try CoreFixture.unpack(), mockTime: CoreFixture.mockTime)
        node.context.setInitMessage("Loading block index…")
        let mayGoOn = Mutex(false)
        let isLoading = Counter()
        let loading = Task {
            try await node.context.manager.load { _ in
                isLoading.increment()
                // The chain's own queue stands still here, as it does in a long validation.
                while !mayGoOn.withLock({ $0 }) { sleepBriefly() }
                return true
            }
        }
        await eventually("loading begins") { isLoading.value > 0 }
        let info = try await withTimeout(seconds: 5) { try await node.service.getInfo() }
        #expect(info?.initMessage == "Loading block index…")
        #expect(info?.tip.height == 0)
        await #expect(throws: (any Error).self) {
            try await withTimeout(seconds: 5) { try await node.service.getBlocks(height: 0, count: 1) }
        }
        mayGoOn.withLock { $0 = true }
        _ = try await loading.value
        #expect(try await node.service.getInfo().tip.height == 208)
    }

    @Test func `getBlocks is a window from a height downwards`() async throws {
        let node = try await TestNode.loaded()
        let hashes = try await node.mine(10)
        let service = node.service
        let rows = try await service.getBlocks(height: 7, count: 3)
        #expect(rows.map(\.block.height) == [7, 6, 5])
        #expect(rows.map(\.block.hash) == [hashes[6], hashes[5], hashes[4]])
        #expect(rows.allSatisfy { $0.transactions == 1 && $0.weight > $0.size })
        #expect(try await service.getBlocks(height: .max, count: 1).map(\.block.height) == [10])
        #expect(try await service.getBlocks(height: 2, count: .max).map(\.block.height) == [2, 1, 0])
        #expect(try await service.getBlocks(height: -1, count: 5).isEmpty)
        #expect(try await service.getBlocks(height: .min, count: .max).isEmpty)
        #expect(try await service.getBlocks(height: 5, count: 0).isEmpty)
    }

    @Test func `getBlock gives a block by its hash and nil for others`() async throws {
        let node = try await TestNode.loaded()
        let hash = try await node.mine(1)[0]
        #expect(try await node.service.getBlock(hash: hash)?.hash == hash)
        #expect(try await node.service.getBlock(hash: node.context.parameters.genesisHash)?.transactions.count == 1)
        #expect(try await node.service.getBlock(hash: .zero) == nil)
    }

    @Test(.enabled(if: CoreFixture.isPresent, CoreFixture.absence))
    func `getMempool is sorted by fee rate`() async throws {
        let node = try await CoreFixture.node.value
        let window = try await node.service.getMempool(offset: 0, count: 100)
        #expect(window.total == 6)
        #expect(window.rows.count == 6)
        let rates = window.rows.map { Double($0.fee) / Double($0.virtualSize) }
        #expect(rates == rates.sorted(by: >))
        #expect(try await node.service.getMempool(offset: 4, count: 100).rows == Array(window.rows[4...]))
        #expect(try await node.service.getMempool(offset: 1, count: 2).rows == Array(window.rows[1..<3]))
        #expect(try await node.service.getMempool(offset: .max, count: .max).rows.isEmpty)
    }

    @Test func `getLog is a window on the newest lines`() async throws {
        let node = try TestNode()
        for number in 0..<50 { node.context.log.write("line \(number)") }
        let service = node.service
        let window = try await service.getLog(first: 10, count: 2)
        #expect(window.first == 10)
        #expect(window.total == 50)
        #expect(window.lines.map { $0.suffix(7) } == ["line 10", "line 11"])
        #expect(try await service.getLog(first: .max, count: 3).first == 47)
        #expect(try await service.getLog(first: 0, count: .max).lines.count == 50)
    }

    @Test func `events come in the order of what happened`() async throws {
        let node = try await TestNode.loaded()
        let recorder = NodeEventRecorder()
        let handler = try await node.service.handleEvents(events: recorder)
        let hashes = try await node.mine(3)
        node.context.setInitMessage("again")
        node.context.addWarning("careful")
        node.context.beginShutdown()
        await eventually("the shutdown is told") { recorder.events.elements.last == "shutdown" }
        var expected: [String] = []
        for (offset, hash) in hashes.enumerated() {
            expected += ["header \(offset + 1) \(hash)", "tip \(offset + 1) \(hash)"]
        }
        #expect(recorder.events.elements == expected + ["init again", "warnings careful", "shutdown"])
        try await handler.disconnect()
    }

    @Test func `a growing log is told now and then, not line by line`() async throws {
        let node = try await TestNode.loaded()
        let recorder = NodeEventRecorder()
        let handler = try await node.service.handleEvents(events: recorder)
        for number in 0..<1000 { node.context.log.write("line \(number)") }
        let total = node.context.log.window(first: .max, count: 1).total
        await eventually("the last line is told") { recorder.logTotals.elements.last == total }
        #expect(recorder.logTotals.elements.count <= 3)
        try await handler.disconnect()
    }

    @Test func `a dropped handler ends the events`() async throws {
        let node = try await TestNode.loaded()
        let recorder = NodeEventRecorder()
        do {
            let handler = try await node.service.handleEvents(events: recorder)
            try await node.mine(1)
            await eventually("events arrive") { recorder.events.elements.count == 2 }
            withExtendedLifetime(handler) {}
        }
        await eventually("the registration is gone") { node.context.hub.count == 0 }
        try await node.mine(1)
        #expect(recorder.events.elements.count == 2)
    }

    @Test func `shutdown asks the program to end`() async throws {
        let node = try await TestNode.loaded()
        try await node.service.shutdown()
        #expect(node.shutdowns.value == 1)
    }
}
