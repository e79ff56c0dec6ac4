import Capnp
import CapnpRPC
import TestData
import Testing

/// The hints of Cap'n Proto 1.0 in `Call`, `Return` and `Finish`: heeded, sent, and harmless to who does not know them.
struct HintTests {
    private static let noPromisePipelining = 129
    private static let onlyPromisePipeline = 130

    private let peer = ScriptedPeer()

    /// Method 0 hands back its parameter, 1 makes an object, 2 makes a recorder when `gate` opens, 3 fails.
    private func connection(
        gate: Gate = Gate(), counter: LifeCounter = LifeCounter(), journal: Journal = Journal()
    ) -> Connection {
        let server = TestServer { call in
            let results = call.results(size: TestInterface.layout)
            switch call.methodID {
            case 0: results.pointer(at: 0).setCapability(try call.params.pointer(at: 0).capability())
            case 1: results.pointer(at: 0).setCapability(Client(TestServer.echo(counter: counter)))
            case 2:
                await gate.pass()
                results.pointer(at: 0).setCapability(Client(TestServer.recorder(journal)))
            default: throw RPCError(kind: .failed, reason: "no")
            }
        }
        let connection = Connection(transport: peer, bootstrap: Client(server))
        connection.hear(Wire.bootstrap(0), Wire.finish(0))
        _ = peer.heard()
        return connection
    }

    @Test func aCallWhoseResultsCannotBeAddressedNeedsNoFinish() {
        let connection = connection()
        defer { connection.close() }
        connection.hear(
            Wire.call(1, .export(0), hints: [Self.noPromisePipelining]),
            Wire.call(2, .export(0), method: 3, hints: [Self.noPromisePipelining]))
        #expect(peer.heard() == ["return 1 and over results", "return 2 and over exception no"])
        #expect(connection.tableSizes == ConnectionTableSizes(exports: 1))
        // A caller may send it all the same, once each, also when the id names another call meanwhile finished.
        connection.hear(Wire.finish(1), Wire.finish(2))
        #expect(!peer.isClosed)
        connection.hear(Wire.finish(1))
        #expect(peer.heard() == ["abort"])
    }

    @Test func resultsWithCapabilitiesWaitForFinish() {
        let connection = connection()
        defer { connection.close() }
        connection.hear(Wire.call(1, .export(0), method: 1, hints: [Self.noPromisePipelining]))
        #expect(peer.heard() == ["return 1 results with senderHosted 1"])
        #expect(connection.tableSizes == ConnectionTableSizes(answers: 1, exports: 2))
        connection.hear(Wire.finish(1, releaseResultCaps: true))
        #expect(connection.tableSizes == ConnectionTableSizes(exports: 1))
    }

    @Test func aCallMadeToBePipelinedIsNotReturned() {
        let counter = LifeCounter()
        let connection = connection(counter: counter)
        defer { connection.close() }
        // The C++ implementation takes such ids from the upper half.
        let id: UInt32 = 1 << 31
        connection.hear(
            Wire.call(id, .export(0), method: 1, hints: [Self.onlyPromisePipeline]),
            Wire.call(1, .answer(id, [0])))
        #expect(peer.heard() == ["return 1 results"])
        #expect(counter.alive == 1)
        connection.hear(Wire.finish(1), Wire.finish(id))
        #expect(counter.alive == 0 && counter.freed == 1)
        #expect(connection.tableSizes == ConnectionTableSizes(exports: 1))
    }

    @Test(.timeLimit(.minutes(5)), arguments: [true, false])
    func aFinishedCallIsDeliveredOnlyIfItsCallerIsOld(workaround: Bool) async {
        let gate = Gate()
        let journal = Journal()
        let connection = connection(gate: gate, journal: journal)
        defer { connection.close() }
        // The second call waits for the results of the first, and is finished meanwhile.
        connection.hear(
            Wire.call(1, .export(0), method: 2), Wire.call(2, .answer(1, [0]), number: 9),
            Wire.finish(2, workaround: workaround))
        gate.open()
        #expect(await eventually { peer.waitingCount == 2 })
        #expect(Set(peer.heard()) == ["return 2 canceled", "return 1 results with senderHosted 1"])
        #expect(journal.entries == (workaround ? [9] : []))
    }

    @Test(.timeLimit(.minutes(5)))
    func aReturnThatNeedsNoFinishGetsNone() async throws {
        let connection = connection()
        defer { connection.close() }
        let root = connection.bootstrap()
        connection.hear(Wire.results(0, caps: [.senderHosted(5)], bare: true))
        #expect(peer.heard() == ["bootstrap 0", "finish 0"])
        let call = root.call(
            interfaceID: TestInterface.id, methodID: 0, paramsSize: TestInterface.layout, isPipelined: false
        ) { _ in }
        #expect(peer.heard() == ["call 0 on import 5 method 0 unpipelined"])
        connection.hear(Wire.results(0, number: 7, noFinishNeeded: true))
        #expect(try await call.response().results.integer(at: 0) as Int64 == 7)
        #expect(peer.heard().isEmpty && connection.tableSizes.questions == 0)
        // The id may be used again at once.
        let next = root.send(number: 1)
        #expect(peer.heard() == ["call 0 on import 5 method 0"])
        connection.hear(Wire.results(0, number: 8))
        _ = try await next.response()
        #expect(peer.heard() == ["finish 0"])
    }

    @Test(.timeLimit(.minutes(5)))
    func callsOnTheResultsOfAnUnpipelinedCallWaitHere() async throws {
        let journal = Journal()
        let (near, far, _, fromFar) = InMemoryTransport.pair(
            second: Client(TestServer.giver(of: Client(TestServer.recorder(journal)))))
        defer { near.close() }
        do {
            let root = await near.bootstrap().resolved()
            fromFar.pause()
            let giver = root.call(
                interfaceID: TestInterface.id, methodID: 0, paramsSize: TestInterface.layout, isPipelined: false
            ) { _ in }
            let calls = (0..<3).map { giver.capability(at: 0).send(number: $0) }
            #expect(near.tableSizes.questions == 1)
            fromFar.resume()
            for call in calls { _ = try await call.response() }
            #expect(journal.entries == [0, 1, 2])
        }
        #expect(await eventually { near.isIdle && far.isIdle })
    }
}
