import Capnp
import CapnpRPC
import TestData
import Testing

/// Capabilities that travel.
struct CapabilityTests {
    @Test(.timeLimit(.minutes(5)))
    func aCapabilityPassedBackAndForthIsTheSameObject() async throws {
        let (near, far, _, _) = InMemoryTransport.pair(second: Client(TestServer.echoCapability()))
        defer { near.close() }
        do {
            let mine = TestServer.echo()
            let echo = near.bootstrap()
            let back = try await echo.send(capability: Client(mine)).response().client()
            let settled = await back.resolved()
            #expect(settled.localServer === mine)
            #expect(try await back.echo("me") == "me")
            // And the peer's own object, sent back to it, arrives as that object.
            let theirs = try await echo.send(capability: echo).response().client()
            #expect(theirs.connection === near)
            #expect(theirs.isSame(as: await echo.resolved()))
        }
        #expect(await eventually { near.isIdle && far.isIdle })
    }

    @Test(.timeLimit(.minutes(5)))
    func aServerSeesItsOwnObjectInParameters() async throws {
        let object = TestServer.echo()
        let server = TestServer { call in
            if call.methodID == 1 {
                call.results(size: TestInterface.layout).pointer(at: 0).setCapability(Client(object))
            } else {
                let isMine = Client(try call.params.pointer(at: 0).capability()).localServer === object
                call.results(size: TestInterface.layout).setInteger(isMine ? 1 : 0 as Int64, at: 0)
            }
        }
        let (near, _, _, _) = InMemoryTransport.pair(second: Client(server))
        defer { near.close() }
        let root = near.bootstrap()
        // As a promise that has been answered already on the far side, and as a settled capability.
        let promised = root.send(capability: nil, methodID: 1).capability(at: 0)
        #expect(try await root.send(capability: promised).response().results.integer(at: 0) as Int64 == 1)
        let settled = try await root.send(capability: nil, methodID: 1).response().client()
        #expect(try await root.send(capability: settled).response().results.integer(at: 0) as Int64 == 1)
        #expect(try await root.send(capability: root).response().results.integer(at: 0) as Int64 == 0)
    }

    @Test(.timeLimit(.minutes(5)))
    func nullAndBrokenCapabilitiesTravel() async throws {
        let (near, far, _, _) = InMemoryTransport.pair(second: Client(TestServer.echoCapability()))
        defer { near.close() }
        do {
            let echo = near.bootstrap()
            let none = try await echo.send(capability: nil).response()
            #expect(none.results.pointer(at: 0).isNull)
            let null = try await echo.send(capability: .null).response()
            #expect(try null.client().isNull)
            let error = RPCError(kind: .overloaded, reason: "worn out")
            let broken = try await echo.send(capability: .broken(error)).response().client()
            await #expect(throws: error) { try await broken.echo("x") }
        }
        #expect(await eventually { near.isIdle && far.isIdle })
    }

    @Test(.timeLimit(.minutes(5)))
    func sendingAnObjectTwiceUsesOneExport() async throws {
        let (near, far, _, _) = InMemoryTransport.pair(
            second: Client(
                TestServer { call in
                    try await Client(try call.params.pointer(at: 0).capability()).send(text: "hold").response().keep(
                        call)
                }))
        defer { near.close() }
        do {
            let gate = Gate()
            let holder = Client(TestServer { _ in await gate.pass() })
            let root = near.bootstrap()
            let calls = (0..<5).map { _ in root.send(capability: holder) }
            #expect(await eventually { gate.arrived == 5 })
            #expect(near.tableSizes.exports == 1)
            #expect(far.tableSizes.imports == 1)
            gate.open()
            for call in calls { _ = try await call.response() }
        }
        #expect(await eventually { near.isIdle && far.isIdle })
    }

    @Test(.timeLimit(.minutes(5)))
    func aLocalPromisePassedToThePeerResolvesThere() async throws {
        let (near, far, _, _) = InMemoryTransport.pair(second: Client(TestServer.caller()))
        defer { near.close() }
        do {
            let promise = CapabilityPromise()
            let answer = near.bootstrap().send(capability: promise.client)
            #expect(await eventually { near.tableSizes.exports == 1 })
            promise.resolve(to: Client(TestServer.echo()))
            #expect(try await answer.response().results.pointer(at: 0).text() == "called")
        }
        #expect(await eventually { near.isIdle && far.isIdle })
        do {
            let promise = CapabilityPromise()
            let answer = near.bootstrap().send(capability: promise.client)
            promise.fail(RPCError(kind: .overloaded, reason: "gone"))
            await #expect(throws: RPCError(kind: .overloaded, reason: "gone")) { try await answer.response() }
        }
        #expect(await eventually { near.isIdle && far.isIdle })
    }

    @Test(.timeLimit(.minutes(5)))
    func aProcessInTheMiddlePassesCallsOn() async throws {
        // near <-> middle <-> far: the middle offers its own bootstrap from the far side.
        let counter = LifeCounter()
        let (middle, far, _, _) = InMemoryTransport.pair(second: Client(TestServer.echoCapability()))
        defer { middle.close() }
        let (near, gateway, _, _) = InMemoryTransport.pair(second: middle.bootstrap())
        defer { near.close() }
        do {
            let echo = near.bootstrap()
            #expect(
                try await echo.send(capability: Client(TestServer.echo(counter: counter))).capability(at: 0).echo(
                    "3 hops") == "3 hops")
            let mine = TestServer.echo(counter: counter)
            let back = try await echo.send(capability: Client(mine)).response().client()
            #expect(await back.resolved().localServer === mine)
        }
        #expect(await eventually { counter.alive == 0 })
        near.close()
        middle.close()
        #expect(near.isIdle && far.isIdle && middle.isIdle && gateway.isIdle)
    }
}

extension TestServer {
    /// Calls the capability it got, and answers with the answer.
    static func caller() -> TestServer {
        TestServer { call in
            let text = try await Client(try call.params.pointer(at: 0).capability()).echo("called")
            call.results(size: TestInterface.layout).pointer(at: 0).setText(text)
        }
    }
}

extension Response {
    /// Reads nothing, answers nothing.
    func keep(_ call: IncomingCall) {}
}
