import Capnp
import CapnpRPC
import TestData
import Testing

/// A peer that does not keep to the protocol, by mistake or on purpose.
struct HostilePeerTests {
    /// Messages that make no sense, each after a `Bootstrap` that was answered.
    private static let violations: [(String, [[UInt8]])] = [
        ("a call on an export that is not there", [Wire.call(1, .export(99))]),
        ("a call on an answer that is not there", [Wire.call(1, .answer(99))]),
        ("a call on itself", [Wire.call(1, .answer(1))]),
        ("a question id in use", [Wire.call(0, .export(0))]),
        ("a second bootstrap with the id of the first", [Wire.bootstrap(0)]),
        ("a finish of nothing", [Wire.finish(5)]),
        ("two finishes", [Wire.finish(0), Wire.finish(0)]),
        ("a return of nothing", [Wire.results(3)]),
        ("a release of nothing", [Wire.release(3)]),
        ("a release of too much", [Wire.release(0, 2)]),
        ("a release after the last one", [Wire.release(0, 1), Wire.release(0, 1)]),
        ("an embargo lifted that was never set", [Wire.disembargo(.export(0), context: 1, id: 0)]),
        ("a disembargo at nothing", [Wire.disembargo(.export(9), context: 0, id: 0)]),
        (
            "a target of an unknown kind",
            [Wire.message(2) { $0.pointer(at: 0).initStruct($0.size).setInteger(9 as UInt16, at: 4) }]
        ),
        ("a call whose target is a list", [Wire.message(2) { $0.pointer(at: 0).setData([1, 2, 3] as [UInt8]) }]),
        ("an unimplemented call that was never made", [Wire.unimplemented(Wire.call(4, .export(0)))]),
    ]

    @Test(arguments: violations.indices)
    func aViolationEndsTheConnectionWithAnAbort(index: Int) {
        let (what, frames) = Self.violations[index]
        let counter = LifeCounter()
        let peer = ScriptedPeer()
        do {
            let connection = Connection(transport: peer, bootstrap: Client(TestServer.echo(counter: counter)))
            connection.hear(Wire.bootstrap(0))
            #expect(peer.heard().count == 1)
            for frame in frames { connection.hear(frame) }
            #expect(peer.heard().last == "abort", "\(what)")
            #expect(peer.isClosed && connection.isIdle && connection.closeReason?.kind == .disconnected)
            // What follows is ignored.
            connection.hear(Wire.bootstrap(7), Wire.abort("x"))
            #expect(peer.heard().isEmpty)
        }
        #expect(counter.alive == 0)
    }

    @Test func aMalformedMessageAborts() {
        let peer = ScriptedPeer()
        let connection = Connection(transport: peer)
        connection.receive(Message(segments: []))
        #expect(peer.heard() == ["abort"])
    }

    @Test func aPeerMayNotFillTheTables() {
        let peer = ScriptedPeer()
        let gate = Gate()
        var connection = Connection(
            transport: peer, bootstrap: Client(TestServer { _ in await gate.pass() }),
            limits: ConnectionLimits(answers: 10))
        connection.hear(Wire.bootstrap(0))
        for id: UInt32 in 1..<10 { connection.hear(Wire.call(id, .export(0))) }
        #expect(!peer.isClosed)
        connection.hear(Wire.call(10, .export(0)))
        #expect(peer.isClosed && connection.isIdle)
        gate.open()

        let heavy = ScriptedPeer()
        let closed = Gate()
        connection = Connection(
            transport: heavy, bootstrap: Client(TestServer { call in if call.methodID == 1 { await closed.pass() } }),
            limits: ConnectionLimits(callWords: 100))
        connection.hear(Wire.bootstrap(0))
        // Calls that return at once may follow each other for ever.
        for id: UInt32 in 1..<50 { connection.hear(Wire.call(id, .export(0))) }
        #expect(!heavy.isClosed)
        for id: UInt32 in 50..<60 { connection.hear(Wire.call(id, .export(0), method: 1)) }
        #expect(heavy.isClosed && connection.isIdle)
        closed.open()

        let many = ScriptedPeer()
        connection = Connection(
            transport: many, bootstrap: Client(TestServer.echoCapability()), limits: ConnectionLimits(imports: 10))
        connection.hear(Wire.bootstrap(0))
        for id: UInt32 in 1...11 { connection.hear(Wire.call(id, .export(0), caps: [.senderHosted(id)])) }
        #expect(many.isClosed)

        let crowd = ScriptedPeer()
        connection = Connection(transport: crowd, limits: ConnectionLimits(capabilitiesPerMessage: 10))
        connection.hear(Wire.call(0, .export(0), caps: Array(repeating: .senderHosted(1), count: 11)))
        #expect(crowd.isClosed)

        let maker = ScriptedPeer()
        let factory = TestServer { call in
            call.results(size: TestInterface.layout).pointer(at: 0).setCapability(Client(TestServer.echo()))
        }
        connection = Connection(transport: maker, bootstrap: Client(factory), limits: ConnectionLimits(exports: 10))
        connection.hear(Wire.bootstrap(0))
        for id: UInt32 in 1...12 { connection.hear(Wire.call(id, .export(0))) }
        #expect(maker.isClosed && connection.isIdle)
    }

    @Test(.timeLimit(.minutes(5)))
    func promisesThatResolveInCirclesBreak() async {
        // To itself, as what the peer calls it and by way of our own tables.
        let peer = ScriptedPeer()
        let connection = Connection(transport: peer, bootstrap: Client(TestServer.echoCapability()))
        let root = connection.bootstrap()
        connection.hear(Wire.results(0, caps: [.senderPromise(5)], bare: true), Wire.resolve(5, .senderPromise(5)))
        let error = await #expect(throws: RPCError.self) { try await root.send(number: 1).response() }
        #expect(error?.kind == .failed)

        // Our answer hands back the promise; the promise resolves to our answer.
        let other = connection.bootstrap()
        let id = connection.tableSizes.questions == 1 ? UInt32(0) : 1
        connection.hear(Wire.results(id, caps: [.senderPromise(6)], bare: true))
        connection.hear(Wire.bootstrap(0), Wire.call(1, .answer(0), caps: [.senderPromise(6)]))
        connection.hear(Wire.resolve(6, .receiverAnswer(1, [0])))
        // That is the peer's own circle to go round: the call is sent to it, after an embargo.
        #expect(peer.heard().last == "disembargo 0 sender at import 6")
        let call = other.send(number: 1)
        #expect(peer.heard().isEmpty)
        connection.hear(Wire.disembargo(.answer(1, [0]), context: 1, id: 0))
        #expect(peer.heard() == ["call \(id) on import 6 method 0"])

        // Two that resolve to each other.
        connection.hear(Wire.call(2, .answer(0), caps: [.senderPromise(10)]))
        connection.hear(Wire.call(3, .answer(0), caps: [.senderPromise(11)]))
        connection.hear(Wire.resolve(10, .senderPromise(11)), Wire.resolve(11, .senderPromise(10)))
        connection.hear(Wire.call(4, .answer(2, [0])), Wire.call(5, .answer(3, [0])))
        connection.hear(Wire.call(6, .answer(0), caps: [.senderPromise(12)]))
        connection.hear(Wire.call(7, .answer(0), caps: [.senderPromise(13)]))
        connection.hear(Wire.resolve(12, .receiverAnswer(7, [0])), Wire.resolve(13, .receiverAnswer(6, [0])))
        connection.hear(Wire.call(8, .answer(6, [0])), Wire.call(9, .answer(7, [0])))
        #expect(!peer.isClosed)
        connection.close()
        #expect(connection.isIdle)
        await #expect(throws: RPCError.self) { try await call.response() }
    }

    @Test func longChainsOfPromisesDoNotExhaustTheStack() {
        let peer = ScriptedPeer()
        do {
            let connection = Connection(transport: peer, bootstrap: Client(TestServer.echoCapability()))
            connection.hear(Wire.bootstrap(0))
            // Each resolves to the next one, which is unresolved then.
            connection.hear(Wire.call(1, .answer(0), caps: [.senderPromise(0)]))
            for id: UInt32 in 0..<20_000 { connection.hear(Wire.resolve(id, .senderPromise(id + 1))) }
            // Each is answered by us with the one before.
            var next: UInt32 = 2
            connection.hear(Wire.call(next, .answer(0), caps: [.senderPromise(100_000)]))
            for id: UInt32 in 100_001..<110_000 {
                connection.hear(Wire.call(next + 1, .answer(0), caps: [.senderPromise(id)]))
                connection.hear(Wire.resolve(id, .receiverAnswer(next, [0])))
                connection.hear(Wire.finish(next))
                next += 1
            }
            #expect(!peer.isClosed)
            connection.close()
            #expect(connection.isIdle)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func longPipelinesDoNotExhaustTheStack() async {
        let peer = ScriptedPeer()
        let gate = Gate()
        #if THREAD_SANITIZER
            let length: UInt32 = 200
        #else
            let length: UInt32 = 20_000
        #endif
        for fails in [false, true] {
            let server = TestServer { call in
                if call.methodID == 1 { await gate.pass() }
                if fails { throw RPCError(kind: .failed, reason: "no") }
                call.results(size: TestInterface.layout).pointer(at: 0).setCapability(
                    Client(TestServer.echoCapability()))
            }
            let connection = Connection(
                transport: peer, bootstrap: Client(server), limits: ConnectionLimits(answers: 1 << 20))
            connection.hear(Wire.bootstrap(0), Wire.call(1, .answer(0), method: 1))
            for id: UInt32 in 2..<length {
                connection.hear(Wire.call(id, .answer(id - 1, [0]), caps: [.receiverHosted(0)]))
            }
            gate.open()
            #expect(await eventually { peer.waitingCount > Int(length) * 19 / 20 })
            connection.close()
            _ = peer.take()
        }
        // And when the connection goes before anything has moved.
        let closed = Gate()
        let server = TestServer { _ in await closed.pass() }
        let connection = Connection(
            transport: peer, bootstrap: Client(server), limits: ConnectionLimits(answers: 1 << 20))
        connection.hear(Wire.bootstrap(0), Wire.call(1, .answer(0), method: 1))
        for id: UInt32 in 2..<length { connection.hear(Wire.call(id, .answer(id - 1, [0]))) }
        connection.close()
        closed.open()
        #expect(connection.isIdle)
    }
}
