import Capnp
import CapnpRPC
import TestData
import Testing

/// Dialogues, word by word, with a peer that the test plays.
struct DialogueTests {
    private let peer = ScriptedPeer()

    /// A connection that offers an object: method 0 hands back its parameter, 1 makes an echo object, 2 waits at `gate`
    /// first and then makes one, 3 fails.
    private func connection(gate: Gate = Gate(), counter: LifeCounter = LifeCounter()) -> Connection {
        Connection(
            transport: peer,
            bootstrap: Client(
                TestServer { call in
                    let results = call.results(size: TestInterface.layout)
                    results.setInteger(call.params.integer(at: 0) as Int64, at: 0)
                    switch call.methodID {
                    case 0: results.pointer(at: 0).setCapability(try call.params.pointer(at: 0).capability())
                    case 1: results.pointer(at: 0).setCapability(Client(TestServer.echo(counter: counter)))
                    case 2:
                        await gate.pass()
                        results.pointer(at: 0).setCapability(Client(TestServer.echo(counter: counter)))
                    default: throw RPCError(kind: .failed, reason: "no")
                    }
                }))
    }

    /// The frames that come within ten seconds, when `count` of them are expected.
    private func heard(_ count: Int) async -> [String] {
        _ = await eventually { peer.waitingCount >= count }
        return peer.heard()
    }

    // MARK: As the side that is asked

    @Test func bootstrapCallFinishRelease() {
        let connection = connection()
        defer { connection.close() }
        connection.hear(Wire.bootstrap(0))
        #expect(peer.heard() == ["return 0 results with senderHosted 0"])
        connection.hear(Wire.call(1, .answer(0)), Wire.call(2, .export(0), method: 3))
        #expect(peer.heard() == ["return 1 results", "return 2 exception no"])
        connection.hear(Wire.finish(0), Wire.finish(1), Wire.finish(2))
        #expect(connection.tableSizes == ConnectionTableSizes(exports: 1))
        connection.hear(Wire.release(0))
        #expect(connection.isIdle)
        #expect(peer.heard().isEmpty && !peer.isClosed)
    }

    @Test func anObjectSentTwiceIsReleasedTwice() {
        let connection = connection()
        defer { connection.close() }
        connection.hear(Wire.bootstrap(0), Wire.bootstrap(1), Wire.finish(0), Wire.finish(1, releaseResultCaps: true))
        #expect(connection.tableSizes.exports == 1)
        connection.hear(Wire.call(0, .export(0)), Wire.finish(0), Wire.release(0, 1))
        #expect(connection.isIdle)
    }

    @Test(.timeLimit(.minutes(5)))
    func finishBeforeReturnIsAnsweredWithCanceled() async {
        let gate = Gate()
        let counter = LifeCounter()
        let connection = connection(gate: gate, counter: counter)
        defer { connection.close() }
        connection.hear(Wire.bootstrap(0), Wire.call(1, .answer(0), method: 2), Wire.finish(1))
        _ = peer.heard()
        #expect(connection.tableSizes.answers == 2)
        gate.open()
        #expect(await heard(1) == ["return 1 canceled"])
        #expect(await eventually { counter.alive == 0 })
        #expect(connection.tableSizes.answers == 1)
        // The id is free again.
        connection.hear(Wire.call(1, .answer(0), method: 1))
        #expect(peer.heard() == ["return 1 results with senderHosted 1"])
    }

    @Test(.timeLimit(.minutes(5)))
    func pipelinedCallsRunBeforeTheReturnOfTheirAnswer() async {
        let gate = Gate()
        let connection = connection(gate: gate)
        defer { connection.close() }
        connection.hear(
            Wire.bootstrap(0), Wire.call(1, .answer(0), method: 2), Wire.call(2, .answer(1, [0])), Wire.finish(1))
        _ = peer.heard()
        gate.open()
        // Although its answer was finished, the pipelined call is delivered.
        #expect(Set(await heard(2)) == ["return 1 canceled", "return 2 results"])
    }

    @Test func parameterCapabilitiesAreReleasedWhenTheMethodIsDone() {
        let connection = connection()
        defer { connection.close() }
        connection.hear(Wire.bootstrap(0), Wire.call(1, .answer(0), method: 1, caps: [.senderHosted(7)]))
        #expect(
            peer.heard() == [
                "return 0 results with senderHosted 0", "return 1 results with senderHosted 1", "release 7 x1",
            ])
        connection.hear(Wire.call(2, .answer(0), caps: [.senderHosted(7)]))
        // Handed back, and kept as long as the answer may be asked for it.
        #expect(peer.heard() == ["return 2 results with receiverHosted 7"])
        connection.hear(Wire.finish(2))
        #expect(peer.heard() == ["release 7 x1"])
    }

    @Test func aVineStandsForAThirdPartysObject() {
        let connection = connection()
        defer { connection.close() }
        connection.hear(Wire.bootstrap(0), Wire.call(1, .answer(0), caps: [.thirdPartyHosted(vine: 9)]))
        #expect(peer.heard().last == "return 1 results with receiverHosted 9")
    }

    @Test func strangeDescriptorsBecomeBrokenCapabilities() {
        let connection = connection()
        defer { connection.close() }
        connection.hear(Wire.bootstrap(0), Wire.call(1, .answer(0), caps: [.unknown(77)]))
        #expect(
            peer.heard().suffix(2) == [
                "return 1 results with senderPromise 1", "resolve 1 to exception unknown CapDescriptor type",
            ])
        connection.hear(Wire.call(2, .answer(0), caps: [.receiverHosted(1234)]))
        #expect(peer.heard().last == "resolve 2 to exception invalid 'receiverHosted' export ID")
    }

    @Test func unknownMessagesGoBack() {
        let connection = connection()
        defer { connection.close() }
        for kind: UInt16 in [7, 9, 10, 11, 12, 14, 999] {
            connection.hear(Wire.message(kind) { $0.setInteger(5 as UInt32, at: 0) })
            #expect(peer.heard() == ["unimplemented(message of kind \(kind))"])
        }
        connection.hear(Wire.call(3, .export(0), caps: [.senderHosted(4)], resultsTo: 2))
        #expect(peer.heard() == ["unimplemented(call 3 on import 0 method 0 with senderHosted 4)"])
        connection.hear(Wire.disembargo(.export(0), context: 2, id: 0))
        #expect(peer.heard().count == 1)
        #expect(connection.isIdle && !peer.isClosed)
    }

    @Test func disembargoComesBackAfterTheCallsThatWereForwarded() {
        let connection = connection()
        defer { connection.close() }
        connection.hear(Wire.bootstrap(0), Wire.call(1, .answer(0), caps: [.senderHosted(7)]))
        _ = peer.heard()
        connection.hear(
            Wire.call(2, .answer(1, [0])), Wire.call(3, .answer(1, [0])),
            Wire.disembargo(.answer(1, [0]), context: 0, id: 42))
        #expect(
            peer.heard() == [
                "call 0 on import 7 method 0", "call 1 on import 7 method 0", "disembargo 42 receiver at import 7",
            ])
    }

    @Test func aDisembargoOfSomethingThatDoesNotLeadBackAborts() {
        let connection = connection()
        defer { connection.close() }
        connection.hear(Wire.bootstrap(0), Wire.disembargo(.answer(0), context: 0, id: 1))
        #expect(peer.heard().last == "abort")
        #expect(peer.isClosed && connection.isIdle)
    }

    @Test(.timeLimit(.minutes(5)))
    func resultsKeptHereAnswerAnotherQuestion() async throws {
        // The peer answers our call with the results of a call of its own, which we still have.
        let connection = connection()
        defer { connection.close() }
        let call = connection.bootstrap().send(capability: nil)
        connection.hear(Wire.bootstrap(0), Wire.call(1, .answer(0), method: 1, number: 17, resultsTo: 1))
        _ = peer.heard()
        connection.hear(Wire.results(0, caps: [.senderHosted(3)], bare: true), Wire.returned(1, tag: 4, other: 1))
        let response = try await call.response()
        #expect(response.results.integer(at: 0) as Int64 == 17)
        #expect(try await response.client().echo("local") == "local")
        connection.hear(Wire.finish(0), Wire.finish(1), Wire.release(0))
        #expect(await eventually { connection.isIdle })
    }

    @Test func aCallForItselfIsReturnedElsewhere() {
        let connection = connection()
        defer { connection.close() }
        connection.hear(Wire.bootstrap(0), Wire.call(1, .answer(0), resultsTo: 1))
        #expect(peer.heard().last == "return 1 elsewhere")
    }

    // MARK: As the side that asks

    @Test(.timeLimit(.minutes(5)))
    func aCallOfOursFromBootstrapToFinish() async throws {
        let connection = connection()
        defer { connection.close() }
        let root = connection.bootstrap()
        let call = root.send(capability: Client(TestServer.echo()), methodID: 4)
        #expect(peer.heard() == ["bootstrap 0", "call 1 on answer 0 [] method 4 with senderHosted 0"])
        connection.hear(Wire.results(0, caps: [.senderHosted(5)], bare: true))
        #expect(peer.heard() == ["finish 0"])
        connection.hear(Wire.results(1, number: 3, releaseParamCaps: true))
        #expect(try await call.response().results.integer(at: 0) as Int64 == 3)
        #expect(peer.heard() == ["finish 1"])
        #expect(connection.tableSizes == ConnectionTableSizes(imports: 1))
        let next = root.send(number: 1)
        #expect(peer.heard() == ["call 1 on import 5 method 0"])
        connection.hear(Wire.exception(1, "bad", kind: 1))
        await #expect(throws: RPCError(kind: .overloaded, reason: "bad")) { try await next.response() }
    }

    @Test func droppedPromisesFinishEarlyAndIgnoreWhatComes() {
        let connection = connection()
        defer { connection.close() }
        do { _ = connection.bootstrap().send(capability: nil) }
        #expect(
            Set(peer.heard()) == [
                "bootstrap 0", "call 1 on answer 0 [] method 0", "finish 1 and release", "finish 0 and release",
            ])
        // The peer had answered already; `Finish` makes it release what is in the answers.
        connection.hear(Wire.results(0, caps: [.senderHosted(5)], bare: true), Wire.returned(1, tag: 2))
        #expect(connection.isIdle && !peer.isClosed && peer.heard().isEmpty)
    }

    @Test(.timeLimit(.minutes(5)))
    func callsThatThePeerDoesNotImplementFail() async {
        let connection = connection()
        defer { connection.close() }
        let root = connection.bootstrap()
        let call = root.send(capability: Client(TestServer.echo()))
        let frames = peer.take()
        connection.hear(Wire.unimplemented(frames[1]), Wire.unimplemented(frames[0]))
        let error = await #expect(throws: RPCError.self) { try await call.response() }
        #expect(error?.kind == .unimplemented)
        #expect(await eventually { connection.tableSizes.questions == 0 && connection.tableSizes.exports == 0 })
    }

    @Test(.timeLimit(.minutes(5)))
    func aPromiseOfThePeerResolves() async throws {
        let connection = connection()
        defer { connection.close() }
        let root = connection.bootstrap()
        connection.hear(Wire.results(0, caps: [.senderPromise(5)], bare: true))
        let before = root.send(number: 1)
        connection.hear(Wire.resolve(5, .senderHosted(6)))
        let after = root.send(number: 2)
        #expect(
            peer.heard() == [
                "bootstrap 0", "finish 0", "call 0 on import 5 method 0", "release 5 x1", "call 1 on import 6 method 0",
            ])
        // Only one Resolve is expected; another is for a promise that is gone, and only releases what it brings.
        connection.hear(Wire.resolve(5, .senderHosted(8)))
        #expect(peer.heard() == ["release 8 x1"])
        connection.hear(Wire.results(0), Wire.results(1))
        _ = try await before.response()
        _ = try await after.response()
    }

    @Test(.timeLimit(.minutes(5)))
    func aBrokenPromiseOfThePeerFailsCalls() async {
        let connection = connection()
        defer { connection.close() }
        let root = connection.bootstrap()
        connection.hear(Wire.results(0, caps: [.senderPromise(5)], bare: true), Wire.resolve(5, exception: "gone"))
        await #expect(throws: RPCError(kind: .failed, reason: "gone")) { try await root.send(number: 1).response() }
    }

    @Test(.timeLimit(.minutes(5)))
    func anAbortFailsEverything() async {
        let connection = connection()
        defer { connection.close() }
        let call = connection.bootstrap().send(number: 1)
        connection.hear(Wire.abort("I am out"))
        await #expect(throws: RPCError(kind: .disconnected, reason: "The peer ended the connection: I am out")) {
            try await call.response()
        }
        #expect(peer.isClosed && connection.isIdle)
        #expect(!peer.heard().contains("abort"))
    }
}
