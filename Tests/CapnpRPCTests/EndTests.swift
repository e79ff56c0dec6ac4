import Capnp
import CapnpRPC
import Foundation
import Synchronization
import TestData
import Testing

/// How calls and connections end.
struct EndTests {
    @Test(.timeLimit(.minutes(5)))
    func aLostConnectionFailsEveryCallAndFreesEveryObject() async throws {
        let counter = LifeCounter()
        let gate = Gate()
        let server = TestServer(counter: counter) { call in
            let parameter = try call.params.pointer(at: 0).capability()
            call.results(size: TestInterface.layout).pointer(at: 0).setCapability(parameter)
            if call.methodID == 1 { await gate.pass() }
        }
        let (near, far, _, _) = InMemoryTransport.pair(second: Client(server))
        defer { near.close() }
        let root = near.bootstrap()
        let given = try await root.send(capability: Client(TestServer.echo(counter: counter))).response().client()
        let calls = (0..<20).map { _ in
            root.send(capability: Client(TestServer.echo(counter: counter)), methodID: 1)
        }
        let pipelined = calls.map { $0.capability(at: 0).send(text: "later") }
        #expect(await eventually { gate.arrived == 20 })
        near.transportClosed("cable cut")
        #expect(near.isIdle)
        for call in calls + pipelined {
            let error = await #expect(throws: RPCError.self) { try await call.response() }
            #expect(error == RPCError(kind: .disconnected, reason: "cable cut"))
        }
        let late = await #expect(throws: RPCError.self) { try await root.echo("late") }
        #expect(late?.kind == .disconnected)
        // What lives here needs no connection.
        #expect(try await given.echo("still here") == "still here")
        far.transportClosed()
        #expect(far.isIdle)
        gate.open()
        #expect(await eventually { counter.alive == 2 })
        withExtendedLifetime((given, server)) {}
    }

    @Test(.timeLimit(.minutes(5)))
    func closingEndsBothSides() async throws {
        let reasons = Mutex<[String]>([])
        let (near, far, _, _) = InMemoryTransport.pair(second: Client(TestServer.echo()))
        defer { near.close() }
        near.onClose { reason in reasons.withLock { $0.append("near \(reason.kind)") } }
        far.onClose { reason in reasons.withLock { $0.append("far \(reason.kind)") } }
        near.close()
        near.close()
        #expect(near.closeReason != nil && far.closeReason != nil)
        far.onClose { _ in reasons.withLock { $0.append("late") } }
        #expect(reasons.withLock { $0 }.sorted() == ["far disconnected", "late", "near disconnected"])
    }

    @Test(.timeLimit(.minutes(5)))
    func theEndDoesNotWaitForAMethodThatHoldsItsThread() async throws {
        let door = Mutex(false)
        let isInside = Mutex(false)
        let server = TestServer { _ in
            isInside.withLock { $0 = true }
            // Without suspending: whoever delivers is in here.
            while !door.withLock({ $0 }) { usleep(1000) }
        }
        let (near, far, _, _) = InMemoryTransport.pair(second: Client(server))
        defer { near.close() }
        let root = near.bootstrap()
        let sent = Mutex<RemotePromise?>(nil)
        // A thread of its own: the pool's may be the only one.
        Thread.detachNewThread {
            let promise = root.send(text: "held")
            sent.withLock { $0 = promise }
        }
        #expect(await eventually { isInside.withLock { $0 } })
        far.close()
        #expect(await eventually { near.closeReason != nil })
        #expect(isInside.withLock { $0 } && !door.withLock { $0 })
        door.withLock { $0 = true }
        #expect(await eventually { sent.withLock { $0 != nil } })
        await #expect(throws: RPCError.self) { try await sent.withLock { $0 }?.response() }
    }

    @Test(.timeLimit(.minutes(5)))
    func finishDoesNotStopAMethod() async throws {
        let gate = Gate()
        let seen = Mutex<[Bool]>([])
        let server = TestServer { call in
            await gate.pass()
            seen.withLock { $0 += [call.isCancelled, Task.isCancelled] }
        }
        let (near, far, _, _) = InMemoryTransport.pair(second: Client(server))
        defer { near.close() }
        let root = near.bootstrap()
        _ = root.send(text: "dropped at once")
        #expect(await eventually { gate.arrived == 1 })
        gate.open()
        #expect(await eventually { seen.withLock { $0.count } == 2 })
        #expect(seen.withLock { $0 } == [true, false])
        #expect(await eventually { far.tableSizes.answers <= 1 && near.tableSizes.questions <= 1 })
    }

    @Test(.timeLimit(.minutes(5)))
    func finishCancelsAMethodThatAllowsIt() async throws {
        let outcome = Mutex<String>("")
        let server = TestServer { call in
            call.allowCancellation()
            call.onCancel { outcome.withLock { $0 += "told " } }
            do {
                try await Task.sleep(for: .seconds(60))
            } catch {
                outcome.withLock { $0 += "stopped" }
            }
        }
        let (near, far, _, _) = InMemoryTransport.pair(second: Client(server))
        defer { near.close() }
        do {
            let root = near.bootstrap()
            let waiting = Task { try await root.send(text: "long").response() }
            #expect(await eventually { far.tableSizes.answers > 0 })
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
        }
        #expect(await eventually { outcome.withLock { $0 } == "told stopped" })
        #expect(await eventually { near.isIdle && far.isIdle })
    }

    @Test(.timeLimit(.minutes(5)))
    func aLostConnectionCancelsTheTasksOfItsMethods() async throws {
        let stopped = Gate()
        let server = TestServer { _ in
            try? await Task.sleep(for: .seconds(60))
            await stopped.pass()
        }
        let (near, _, _, _) = InMemoryTransport.pair(second: Client(server))
        defer { near.close() }
        let call = near.bootstrap().send(text: "long")
        near.close()
        #expect(await eventually { stopped.arrived == 1 })
        stopped.open()
        await #expect(throws: RPCError.self) { try await call.response() }
    }

    @Test(.timeLimit(.minutes(5)))
    func resultsThatNobodyWaitsForAreReleased() async throws {
        let counter = LifeCounter()
        let gate = Gate()
        let server = TestServer { call in
            await gate.pass()
            let object = TestServer.echo(counter: counter)
            call.results(size: TestInterface.layout).pointer(at: 0).setCapability(Client(object))
        }
        let (near, far, _, fromFar) = InMemoryTransport.pair(second: Client(server))
        defer { near.close() }
        do {
            let root = near.bootstrap()
            // Finish overtakes the Return here...
            _ = root.send(capability: nil)
            #expect(await eventually { gate.arrived == 1 })
            gate.open()
            // ... and crosses it here.
            fromFar.pause()
            do { _ = root.send(capability: nil) }
            fromFar.resume()
        }
        #expect(await eventually { near.isIdle && far.isIdle })
        #expect(await eventually { counter.alive == 0 })
    }

    @Test(.timeLimit(.minutes(5)))
    func giftsBothWaysLeaveNothingBehind() async throws {
        let counter = LifeCounter()
        let server = TestServer(counter: counter) { call in
            // Keeps nothing, gives one, uses one.
            let parameter = Client(try call.params.pointer(at: 0).capability())
            _ = try await parameter.echo("hello")
            let gift = Client(TestServer.echo(counter: counter))
            call.results(size: TestInterface.layout).pointer(at: 0).setCapability(gift)
        }
        let (near, far, _, _) = InMemoryTransport.pair(second: Client(server))
        defer { near.close() }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<50 {
                        let root = near.bootstrap()
                        let mine = Client(TestServer.echo(counter: counter))
                        let gift = root.send(capability: mine).capability(at: 0)
                        let text = try? await gift.echo("thanks")
                        #expect(text == "thanks")
                    }
                }
            }
        }
        #expect(await eventually { near.isIdle && far.tableSizes.imports == 0 && far.tableSizes.answers == 0 })
        #expect(await eventually { far.isIdle })
        #expect(await eventually { counter.alive == 1 })
        withExtendedLifetime(server) {}
    }

    @Test(.timeLimit(.minutes(5)))
    func disconnectsInTheMiddleOfTrafficLeaveNothingBehind() async throws {
        #if THREAD_SANITIZER
            let rounds = 10
        #else
            let rounds = 50
        #endif
        for round in 0..<rounds {
            let counter = LifeCounter()
            do {
                let server = TestServer(counter: counter) { call in
                    let parameter = Client(try call.params.pointer(at: 0).capability())
                    _ = try? await parameter.echo("hello")
                    let gift = Client(TestServer.echo(counter: counter))
                    call.results(size: TestInterface.layout).pointer(at: 0).setCapability(gift)
                }
                let (near, far, _, _) = InMemoryTransport.pair(second: Client(server))
                defer { near.close() }
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<4 {
                        group.addTask {
                            let root = near.bootstrap()
                            for _ in 0..<20 {
                                let mine = Client(TestServer.echo(counter: counter))
                                _ = try? await root.send(capability: mine).capability(at: 0).echo("thanks")
                            }
                        }
                    }
                    group.addTask {
                        for _ in 0..<round { await Task.yield() }
                        if round.isMultiple(of: 2) { near.close() } else { far.close() }
                    }
                }
                #expect(near.isIdle && far.isIdle)
            }
            #expect(await eventually { counter.alive == 0 }, "round \(round)")
        }
    }
}
