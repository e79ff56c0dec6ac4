import Capnp
import CapnpRPC
import TestData
import Testing

/// What a peer may make this side remember: it is told which limit it has passed, and nobody else suffers.
struct LimitTests {
    private static func reason(of frame: [UInt8]?) throws -> String {
        let root = try Message(framed: #require(frame)).root.structReader()
        #expect(root.integer(at: 0) as UInt16 == 1, "not an Abort")
        return try root.pointer(at: 0).structReader().pointer(at: 0).text()
    }

    /// A call on the bootstrap object with large parameters.
    private static func call(_ question: UInt32, bytes: Int) -> [UInt8] {
        Wire.message(2) { call in
            call.setInteger(question, at: 0)
            let target = call.pointer(at: 0).initStruct(TestInterface.layout)
            target.setInteger(0 as UInt32, at: 0)
            let payload = call.pointer(at: 1).initStruct(StructSize(dataWords: 0, pointers: 2))
            payload.pointer(at: 0).initStruct(TestInterface.layout).pointer(at: 0)
                .setData([UInt8](repeating: 1, count: bytes))
        }
    }

    @Test func anAbortNamesTheLimit() throws {
        let gate = Gate()
        let waits = Client(TestServer { _ in await gate.pass() })
        let limits = ConnectionLimits(
            answers: 4, imports: 3, capabilitiesPerMessage: 5, callWords: 200, budget: MemoryBudget(bytes: 1 << 20))
        func abort(_ frames: [[UInt8]]) throws -> String {
            let peer = ScriptedPeer()
            let connection = Connection(transport: peer, bootstrap: waits, limits: limits)
            connection.hear(Wire.bootstrap(0))
            connection.hear(all: frames)
            #expect(peer.isClosed && connection.isIdle)
            return try Self.reason(of: peer.take().last)
        }
        #expect(try abort((1...4).map { Wire.call($0, .answer(0)) }) == "Limit exceeded: 4 calls at the same time.")
        #expect(
            try abort([Wire.call(1, .answer(0), caps: (0..<4).map { .senderHosted($0) })])
                == "Limit exceeded: 3 capabilities of the peer.")
        #expect(
            try abort([Wire.call(1, .answer(0), caps: (0..<6).map { _ in .none })])
                == "Limit exceeded: 5 capabilities in one message.")
        #expect(
            try abort([Self.call(1, bytes: 2000)]) == "Limit exceeded: 200 words of calls at the same time.")
        gate.open()
    }

    @Test(.timeLimit(.minutes(5)))
    func connectionsShareABudgetBesideTheirOwn() async throws {
        let gate = Gate()
        let waits = Client(TestServer { _ in await gate.pass() })
        let budget = MemoryBudget(bytes: 20_000, guaranteedBytes: 4_000)
        let limits = ConnectionLimits(budget: budget)
        let peers = (0..<3).map { _ in ScriptedPeer() }
        let connections = peers.map { Connection(transport: $0, bootstrap: waits, limits: limits) }
        func send(_ index: Int, _ question: UInt32, bytes: Int) {
            connections[index].hear(Self.call(question, bytes: bytes))
        }
        for (index, connection) in connections.enumerated() {
            connection.hear(Wire.bootstrap(0))
            // What everybody has for certain.
            send(index, 1, bytes: 3_000)
        }
        #expect(budget.drawnBytes == 0)
        send(0, 2, bytes: 15_000)
        #expect(budget.drawnBytes > 13_000)
        send(1, 2, bytes: 15_000)
        #expect(connections[1].closeReason != nil)
        let frame = peers[1].take().last
        #expect(try Self.reason(of: frame) == "Limit exceeded: all connections together hold 20000 bytes.")
        #expect(connections[0].closeReason == nil && connections[2].closeReason == nil)
        // Returned calls give back what they drew, and so does the end of a connection.
        gate.open()
        #expect(await eventually { budget.drawnBytes == 0 })
        let closed = Gate()
        let held = Connection(
            transport: ScriptedPeer(), bootstrap: Client(TestServer { _ in await closed.pass() }), limits: limits)
        held.hear(Wire.bootstrap(0))
        held.hear(Self.call(1, bytes: 15_000))
        #expect(budget.drawnBytes > 0)
        held.close()
        #expect(budget.drawnBytes == 0)
        closed.open()
    }
}
