import Capnp
import CapnpRPC
import TestData
import Testing

/// Calls on capabilities that are only promised.
struct PipeliningTests {
    /// An object that makes an object that makes an object ... that echoes.
    private static func chain(_ length: Int) -> TestServer {
        TestServer { call in
            if call.methodID == 0 {
                let text = try call.params.pointer(at: 0).text()
                call.results(size: TestInterface.layout).pointer(at: 0).setText("\(length): \(text)")
            } else {
                call.results(size: TestInterface.layout).pointer(at: 0).setCapability(Client(chain(length + 1)))
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func aChainOfRemotePromisesCostsNoRoundTrip() async throws {
        let (near, far, fromNear, fromFar) = InMemoryTransport.pair(second: Client(Self.chain(0)))
        defer { near.close() }
        do {
            fromFar.pause()
            fromNear.keepLog()
            var client = near.bootstrap()
            for _ in 0..<5 { client = client.send(capability: nil, methodID: 1).capability(at: 0) }
            let promise = client.send(text: "deep")
            // Bootstrap and six calls are out before any answer has been seen.
            #expect(fromNear.log.count >= 7)
            fromFar.resume()
            #expect(try await promise.response().results.pointer(at: 0).text() == "5: deep")
            #expect(try await client.echo("again") == "5: again")
        }
        #expect(await eventually { near.isIdle && far.isIdle })
    }

    @Test(.timeLimit(.minutes(5)))
    func aChainOfLocalPromisesWorksTheSame() async throws {
        var client = Client(Self.chain(0))
        for _ in 0..<5 { client = client.send(capability: nil, methodID: 1).capability(at: [0]) }
        #expect(try await client.echo("deep") == "5: deep")
    }

    @Test(.timeLimit(.minutes(5)))
    func callsOnAnAnswerThatIsNotThereWaitInOrder() async throws {
        let gate = Gate()
        let journal = Journal()
        let recorder = Client(TestServer.recorder(journal))
        let factory = TestServer { call in
            await gate.pass()
            call.results(size: TestInterface.layout).pointer(at: 0).setCapability(recorder)
        }
        let (near, far, _, _) = InMemoryTransport.pair(second: Client(factory))
        defer { near.close() }
        do {
            let promised = near.bootstrap().send(capability: nil).capability(at: 0)
            var promises = (0..<50).map { promised.send(number: $0) }
            #expect(await eventually { gate.arrived == 1 })
            #expect(journal.entries.isEmpty)
            gate.open()
            promises += (50..<100).map { promised.send(number: $0) }
            for promise in promises { _ = try await promise.response() }
            #expect(journal.entries == Array(0..<100))
        }
        #expect(await eventually { near.isIdle && far.isIdle })
    }

    @Test(.timeLimit(.minutes(5)))
    func aFailureReachesEverythingPipelinedOnIt() async throws {
        let refusal = RPCError(kind: .overloaded, reason: "not now")
        let (near, far, _, _) = InMemoryTransport.pair(second: Client(TestServer { _ in throw refusal }))
        defer { near.close() }
        do {
            let first = near.bootstrap().send(capability: nil)
            let second = first.capability(at: 0).send(capability: nil)
            let third = second.capability(at: 0).send(text: "x")
            await #expect(throws: refusal) { try await third.response() }
            await #expect(throws: refusal) { try await second.response() }
            await #expect(throws: refusal) { try await first.response() }
        }
        #expect(await eventually { near.isIdle && far.isIdle })
    }

    @Test(.timeLimit(.minutes(5)))
    func aPathThatLeadsToNoCapabilityFails() async throws {
        let (near, _, _, _) = InMemoryTransport.pair(second: Client(TestServer.echo()))
        defer { near.close() }
        let answer = near.bootstrap().send(text: "not a capability")
        await #expect(throws: RPCError.self) { try await answer.capability(at: 0).echo("x") }
        await #expect(throws: RPCError.self) { try await answer.capability(at: [0, 3]).echo("x") }
        await #expect(throws: RPCError(kind: .failed, reason: "Called null capability.")) {
            try await answer.capability(at: 7).echo("x")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func aPromisePassedAsAParameterArrives() async throws {
        let gate = Gate()
        let factory = TestServer { call in
            if call.methodID == 1 {
                await gate.pass()
                call.results(size: TestInterface.layout).pointer(at: 0).setCapability(Client(TestServer.echo()))
            } else {
                // A capability that is still a promise here: calls on it wait for it.
                let text = try await Client(try call.params.pointer(at: 0).capability()).echo("through")
                call.results(size: TestInterface.layout).pointer(at: 0).setText(text)
            }
        }
        let (near, far, _, _) = InMemoryTransport.pair(second: Client(factory))
        defer { near.close() }
        do {
            let object = near.bootstrap()
            let promised = object.send(capability: nil, methodID: 1).capability(at: 0)
            let answer = object.send(capability: promised)
            gate.open()
            #expect(try await answer.response().results.pointer(at: 0).text() == "through")
        }
        #expect(await eventually { near.isIdle && far.isIdle })
    }

    @Test(.timeLimit(.minutes(5)))
    func aVeryLongPipelineNeedsNoStack() async throws {
        let gate = Gate()
        // Every call is made on the answer of the one before, while the first one waits.
        let chainObject = Client(TestServer.selfGiver(gate))
        let (near, far, _, _) = InMemoryTransport.pair(second: chainObject)
        defer { near.close() }
        do {
            var promise = near.bootstrap().send(capability: nil, methodID: 1)
            for _ in 0..<10_000 { promise = promise.capability(at: 0).send(capability: nil) }
            gate.open()
            _ = try await promise.response()
        }
        #expect(await eventually { near.isIdle && far.isIdle })
        // And the same when the first one fails.
        do {
            let failing = Client(TestServer { _ in throw RPCError(kind: .failed, reason: "no") })
            far.offer(failing)
            var promise = near.bootstrap().send(capability: nil, methodID: 1)
            for _ in 0..<10_000 { promise = promise.capability(at: 0).send(capability: nil) }
            await #expect(throws: RPCError.self) { try await promise.response() }
        }
        #expect(await eventually { near.isIdle && far.isIdle })
    }
}

extension TestServer {
    /// Answers with itself; method 1 waits at a gate first.
    static func selfGiver(_ gate: Gate) -> TestServer {
        TestServer { call in
            if call.methodID == 1 { await gate.pass() }
            let server = selfGiver(gate)
            call.results(size: TestInterface.layout).pointer(at: 0).setCapability(Client(server))
        }
    }
}
