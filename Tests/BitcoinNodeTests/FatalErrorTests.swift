import BitcoinChain
import BitcoinCommon
import BitcoinInterfaces
import BitcoinNode
import BitcoinPrimitives
import BitcoinRPC
import Foundation
import Testing

/// What the node does when its files fail it.
@Suite(.timeLimit(.minutes(5)))
struct FatalErrorTests {
    /// A solved block on the tip.
    private func block(on node: TestNode) async throws -> Block {
        try await node.context.manager.withState { state in
            let template = try BlockAssembler.assemble(payingTo: Script([0x51]), on: state)
            var tries = UInt64(1_000_000)
            return try #require(BlockAssembler.solve(template.block, parameters: state.parameters, tries: &tries))
        }
    }

    @Test func `a block that cannot be stored is not judged, and the node goes down saying why`() async throws {
        let node = try await TestNode.loaded()
        // A folder where the undo data of the next block has to be.
        let file = node.directory + "/blocks/rev00000.dat"
        try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
        let block = try await block(on: node)
        do {
            let verdict = try await node.mining.submitBlock(block: block)
            Issue.record("a verdict: \(verdict)")
        } catch NodeError.failed(let text) {
            #expect(text.contains(file) && text.contains("start the node again"), "\(text)")
            #expect(!text.contains(".."), "\(text)")
        }
        #expect(node.shutdowns.value == 1)
        #expect(node.context.isShuttingDown)
        #expect(node.context.failure?.contains(file) == true)
        #expect(node.context.warnings.last?.contains(file) == true)
        let log = node.context.log.window(first: 0, count: 1000).lines
        #expect(log.contains { $0.contains("*** Cannot read or write \(file)") })
        // Not marked in any way: once the file can be written, the same block is good.
        try FileManager.default.removeItem(atPath: file)
        #expect(try await node.mining.submitBlock(block: block).reason == "duplicate")
        #expect(try await node.mining.getTip()?.hash == block.hash)
        #expect(node.shutdowns.value == 1)
    }

    @Test func `a block that breaks a rule is judged, and the node goes on`() async throws {
        let node = try await TestNode.loaded()
        let good = try await block(on: node)
        let block = Block(header: good.header, transactions: good.transactions + good.transactions)
        let verdict = try await node.mining.submitBlock(block: block)
        #expect(!verdict.result && !verdict.reason.isEmpty)
        #expect(node.context.failure == nil)
        #expect(node.shutdowns.value == 0)
    }

    @Test func `generating blocks that cannot be stored is an error that names the file`() async throws {
        let node = try await TestNode.loaded()
        let file = node.directory + "/blocks/rev00000.dat"
        try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
        let error = await node.failure("generatetoaddress", 1, .string(TestNode.address))
        #expect(error?.message.contains(file) == true, "\(String(describing: error))")
        #expect(node.shutdowns.value == 1)
    }

    @Test func `a block file that is gone is named with what helps`() async throws {
        let node = try await TestNode.loaded()
        let hashes = try #require(try await node.call("generatetoaddress", 3, .string(TestNode.address)).arrayValue)
        let file = node.directory + "/blocks/blk00000.dat"
        try FileManager.default.removeItem(atPath: file)
        // Takes the last block back, for which it must be read.
        let error = await node.failure("invalidateblock", hashes[2])
        let text = error?.message ?? ""
        #expect(text.contains("\(file): the file is missing. Check the disk"), "\(text)")
        #expect(text.contains("-reindex"), "\(text)")
        #expect(node.shutdowns.value == 1)
    }
}
