import Capnp
import CapnpRPC
import TestData
import Testing

/// Calls, outcomes and their ends, between two connections.
struct CallTests {
    @Test(.timeLimit(.minutes(5)))
    func anEchoComesBack() async throws {
        let (near, far, _, _) = InMemoryTransport.pair(second: Client(TestServer.echo()))
        defer { near.close() }
        let echo = near.bootstrap()
        #expect(try await echo.echo("héllo") == "héllo")
        #expect(try await echo.echo("") == "")
        near.close()
        #expect(near.isIdle && far.isIdle)
    }

    @Test(.timeLimit(.minutes(5)))
    func aCallTravelsTogetherWithTheRequestForItsTarget() async throws {
        let (near, _, fromNear, fromFar) = InMemoryTransport.pair(second: Client(TestServer.echo()))
        defer { near.close() }
        fromFar.pause()
        fromNear.keepLog()
        let echo = near.bootstrap()
        let promise = echo.send(text: "early")
        // Bootstrap and Call, no answer seen.
        #expect(fromNear.log.count == 2)
        fromFar.resume()
        #expect(try await promise.response().results.pointer(at: 0).text() == "early")
        withExtendedLifetime(echo) {}
    }

    @Test(.timeLimit(.minutes(5)))
    func aThrownErrorArrivesAsItIsReported() async throws {
        struct Trouble: Error, CustomStringConvertible { let description = "no such block" }
        let server = TestServer { call in
            switch call.methodID {
            case 0: throw Trouble()
            case 1: throw RPCError(kind: .overloaded, reason: "busy")
            default: throw call.unimplemented()
            }
        }
        let (near, _, _, _) = InMemoryTransport.pair(second: Client(server))
        defer { near.close() }
        let client = near.bootstrap()
        await #expect(throws: RPCError(kind: .failed, reason: "std::exception: no such block")) {
            try await client.send(capability: nil).response()
        }
        await #expect(throws: RPCError(kind: .overloaded, reason: "busy")) {
            try await client.send(capability: nil, methodID: 1).response()
        }
        let error = await #expect(throws: RPCError.self) {
            try await client.send(capability: nil, methodID: 2).response()
        }
        #expect(error?.kind == .unimplemented)
    }

    @Test(.timeLimit(.minutes(5)))
    func aPeerWithoutBootstrapSaysSo() async throws {
        let (near, _, _, _) = InMemoryTransport.pair()
        defer { near.close() }
        let error = await #expect(throws: RPCError.self) { try await near.bootstrap().echo("x") }
        #expect(error?.kind == .unimplemented)
    }

    @Test(.timeLimit(.minutes(5)))
    func theTablesAreEmptyWhenEverythingIsDropped() async throws {
        let counter = LifeCounter()
        let (near, far, _, _) = InMemoryTransport.pair(
            second: Client(
                TestServer { call in
                    let client = Client(TestServer.echo(counter: counter))
                    call.results(size: TestInterface.layout).pointer(at: 0).setCapability(client)
                }))
        defer { near.close() }
        do {
            let factory = near.bootstrap()
            for round in 0..<10 {
                let made = try await factory.send(capability: nil).response().client()
                #expect(try await made.echo("\(round)") == "\(round)")
            }
        }
        #expect(await eventually { near.isIdle && far.isIdle })
        #expect(await eventually { counter.alive == 0 })
        #expect(counter.made == 10)
    }

    @Test(.timeLimit(.minutes(5)))
    func aSlowCallDoesNotHoldUpOthers() async throws {
        let gate = Gate()
        let server = TestServer { call in
            if call.methodID == 1 { await gate.pass() }
            call.results(size: TestInterface.layout).setInteger(Int64(call.methodID), at: 0)
        }
        let (near, _, _, _) = InMemoryTransport.pair(second: Client(server))
        defer { near.close() }
        let client = near.bootstrap()
        let slow = client.send(capability: nil, methodID: 1)
        let quick = try await client.send(capability: nil, methodID: 0).response()
        #expect(quick.results.integer(at: 0) as Int64 == 0)
        gate.open()
        #expect(try await slow.response().results.integer(at: 0) as Int64 == 1)
    }

    @Test(.timeLimit(.minutes(5)))
    func callsBeginInTheOrderOfSending() async throws {
        let journal = Journal()
        let (near, _, _, _) = InMemoryTransport.pair(second: Client(TestServer.recorder(journal)))
        defer { near.close() }
        let client = near.bootstrap()
        let promises = (0..<1000).map { client.send(number: $0) }
        for promise in promises { _ = try await promise.response() }
        #expect(journal.entries == Array(0..<1000))
    }

    @Test(.timeLimit(.minutes(5)))
    func nestedCallbacksAreAnswered() async throws {
        // Each side asks the other one level down, with a capability of its own to call back.
        let (near, far, _, _) = InMemoryTransport.pair(second: Client(TestServer.countdown()))
        defer { near.close() }
        do {
            let answer = try await near.bootstrap().send(number: 20, back: Client(TestServer.countdown())).response()
            #expect(answer.results.integer(at: 0) as Int64 == 210)
        }
        #expect(await eventually { near.isIdle && far.isIdle })
    }

    @Test(.timeLimit(.minutes(5)))
    func localCallsNeedNoConnection() async throws {
        let client = Client(TestServer.echo())
        #expect(try await client.echo("here") == "here")
        #expect(client.localServer is TestServer)
        await #expect(throws: RPCError(kind: .failed, reason: "Called null capability.")) {
            try await Client.null.echo("nowhere")
        }
    }
}

extension TestServer {
    /// Adds up the numbers down to 0, half of them at the caller's.
    static func countdown() -> TestServer {
        TestServer { call in
            let depth: Int64 = call.params.integer(at: 0)
            let other = Client(try call.params.pointer(at: 0).capability())
            var sum = depth
            if depth > 0 {
                let answer = try await other.send(number: depth - 1, back: Client(TestServer.countdown())).response()
                sum += answer.results.integer(at: 0)
            }
            call.results(size: TestInterface.layout).setInteger(sum, at: 0)
        }
    }
}

extension Client {
    /// Calls method 0 with a number and a capability to call back.
    func send(number: Int64, back: Client) -> RemotePromise {
        call(interfaceID: TestInterface.id, methodID: 0, paramsSize: TestInterface.layout) {
            $0.setInteger(number, at: 0)
            $0.pointer(at: 0).setCapability(back)
        }
    }
}
