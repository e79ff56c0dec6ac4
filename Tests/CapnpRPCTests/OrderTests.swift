import Capnp
import CapnpRPC
import Synchronization
import TestData
import Testing

/// E-order: calls on one reference are delivered in the order in which they were made, also across promises.
struct OrderTests {
    @Test(.timeLimit(.minutes(5)))
    func callsBeforeAndAfterAnAnswerThatLeadsBackKeepTheirOrder() async throws {
        let journal = Journal()
        let (near, far, _, fromFar) = InMemoryTransport.pair(second: Client(TestServer.echoCapability()))
        defer { near.close() }
        do {
            let recorder = Client(TestServer.recorder(journal))
            fromFar.pause()
            let answer = near.bootstrap().send(capability: recorder)
            let promised = answer.capability(at: 0)
            var calls = (0..<10).map { promised.send(number: $0) }
            // The answers to Bootstrap and to the call; the forwarded calls are still under way.
            #expect(fromFar.deliverOne())
            #expect(fromFar.deliverOne())
            _ = try await answer.response()
            #expect(near.tableSizes.embargoes == 1)
            calls += (10..<20).map { promised.send(number: $0) }
            // A capability taken from the answer only now is the same promise.
            calls += (20..<30).map { answer.capability(at: 0).send(number: $0) }
            #expect(journal.entries.isEmpty)
            fromFar.resume()
            for call in calls { _ = try await call.response() }
            #expect(journal.entries == Array(0..<30))
            #expect(near.tableSizes.embargoes == 0)
        }
        #expect(await eventually { near.isIdle && far.isIdle })
    }

    @Test(.timeLimit(.minutes(5)))
    func callsBeforeAndAfterAResolveThatLeadsBackKeepTheirOrder() async throws {
        let journal = Journal()
        let promise = CapabilityPromise()
        let parameter = CapabilityPromise()
        let server = TestServer { call in
            if call.methodID == 1 { parameter.resolve(to: Client(try call.params.pointer(at: 0).capability())) }
            call.results(size: TestInterface.layout).pointer(at: 0).setCapability(promise.client)
        }
        let (near, far, _, fromFar) = InMemoryTransport.pair(second: Client(server))
        defer { near.close() }
        do {
            let root = near.bootstrap()
            let promised = try await root.send(capability: nil).response().client()
            _ = try await root.send(capability: Client(TestServer.recorder(journal)), methodID: 1).response()
            var calls = (0..<10).map { promised.send(number: $0) }
            fromFar.pause()
            promise.resolve(to: parameter.client)
            // Ten forwarded calls, then the Resolve.
            #expect(fromFar.waitingCount == 11)
            calls += (10..<20).map { promised.send(number: $0) }
            fromFar.resume()
            calls += (20..<30).map { promised.send(number: $0) }
            for call in calls { _ = try await call.response() }
            #expect(journal.entries == Array(0..<30))
            #expect(await promised.resolved().localServer != nil)
        }
        parameter.fail(RPCError(kind: .failed, reason: "over"))
        near.close()
        #expect(near.isIdle && far.isIdle)
    }

    @Test(.timeLimit(.minutes(5)))
    func aReferenceThatCameBackAndLeadsAwayAgainKeepsOrder() async throws {
        // near's promise travels to far and back; near then resolves it to an object of far's: calls made before take
        // three hops, and calls made after must not take one.
        let journal = Journal()
        let server = TestServer { call in
            let answer = call.results(size: TestInterface.layout).pointer(at: 0)
            if call.methodID == 1 {
                answer.setCapability(Client(TestServer.recorder(journal)))
            } else {
                answer.setCapability(try call.params.pointer(at: 0).capability())
            }
        }
        let (near, far, fromNear, fromFar) = InMemoryTransport.pair(second: Client(server))
        defer { near.close() }
        do {
            let root = near.bootstrap()
            let recorder = try await root.send(capability: nil, methodID: 1).response().client()
            let promise = CapabilityPromise()
            fromFar.pause()
            let answer = root.send(capability: promise.client)
            let promised = answer.capability(at: 0)
            var calls = (0..<10).map { promised.send(number: $0) }
            promise.resolve(to: recorder)
            fromNear.pause()
            fromFar.resume()
            calls += (10..<20).map { promised.send(number: $0) }
            fromNear.resume()
            calls += (20..<30).map { promised.send(number: $0) }
            for call in calls { _ = try await call.response() }
            #expect(journal.entries == Array(0..<30))
        }
        #expect(await eventually { near.isIdle && far.isIdle })
    }

    @Test(.timeLimit(.minutes(5)))
    func aUsedPromiseThatBecomesAnotherPromiseHandsOnThatItWasUsed() async throws {
        let journal = Journal()
        let promise = CapabilityPromise()
        let parameter = Mutex<Client?>(nil)
        let server = TestServer { call in
            let given = Client(try call.params.pointer(at: 0).capability())
            parameter.withLock { $0 = given }
            call.results(size: TestInterface.layout).pointer(at: 0).setCapability(promise.client)
        }
        let (near, far, fromNear, fromFar) = InMemoryTransport.pair(second: Client(server))
        defer { near.close() }
        do {
            let root = await near.bootstrap().resolved()
            fromFar.pause()
            let answer = root.send(capability: Client(TestServer.recorder(journal)))
            let promised = answer.capability(at: 0)
            fromNear.pause()
            // Sent to the answer; then the answer becomes a promise of far's, and that becomes an object of near's.
            var calls = [promised.send(number: 0)]
            promise.resolve(to: try #require(parameter.withLock { $0 }))
            fromFar.resume()
            calls.append(promised.send(number: 1))
            #expect(journal.entries.isEmpty)
            fromNear.resume()
            for call in calls { _ = try await call.response() }
            #expect(journal.entries == [0, 1])
        }
        parameter.withLock { $0 = nil }
        near.close()
        #expect(near.isIdle && far.isIdle)
    }

    @Test(.timeLimit(.minutes(5)))
    func methodsBeginInOrderWhereverTheCallerRuns() async throws {
        let local = Journal()
        let remote = Journal()
        func server(_ journal: Journal) -> Client {
            Client(
                TestServer { call in
                    journal.note(call.params.integer(at: 0))
                    await Task.yield()
                })
        }
        let own = server(local)
        let (near, _, _, _) = InMemoryTransport.pair(second: server(remote))
        defer { near.close() }
        let root = near.bootstrap()
        @Sendable func callTwice(_ number: Int64) {
            for number in number...(number + 1) {
                let calls = [own.send(number: number), root.send(number: number)]
                // An object of this process begins at once, whatever executor the caller is on.
                #expect(local.entries.last == number)
                withExtendedLifetime(calls) {}
            }
        }
        actor Caller {
            func run(_ body: @Sendable () -> Void) { body() }
        }
        for round in 0..<100 as Range<Int64> {
            callTwice(round * 10)
            await Caller().run { callTwice(round * 10 + 2) }
            await MainActor.run { callTwice(round * 10 + 4) }
            await Task.immediateDetached { callTwice(round * 10 + 6) }.value
            await Task.detached { callTwice(round * 10 + 8) }.value
        }
        #expect(local.entries == Array(0..<1000))
        _ = try await root.send(number: 1000).response()
        #expect(remote.entries == Array(0...1000))
    }

    /// A program of random calls, passings and resolutions, with frames delivered in random turns.
    @Test(.timeLimit(.minutes(5)), arguments: 0..<200 as Range<UInt64>)
    func orderHoldsWhateverTheInterleaving(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let journal = Journal()
        // What methods start with: 0 hands back its parameter, 1 hands back a recorder of the far side, 2 hands it back
        // later, from another thread, 3 hands back a promise of it.
        let server = TestServer { call in
            let parameter = try call.params.pointer(at: 0).capability()
            let results = call.results(size: TestInterface.layout).pointer(at: 0)
            switch call.methodID {
            case 1: results.setCapability(Client(TestServer.recorder(journal)))
            case 3:
                let promise = CapabilityPromise()
                results.setCapability(promise.client)
                Task {
                    await Task.yield()
                    promise.resolve(to: Client(parameter))
                }
            case 2:
                await Task.yield()
                fallthrough
            default: results.setCapability(parameter)
            }
        }
        let (near, far, fromNear, fromFar) = InMemoryTransport.pair(second: Client(server))
        defer { near.close() }
        var calls: [RemotePromise] = []
        do {
            let root = near.bootstrap()
            var handles = [
                Client(TestServer.recorder(journal)), root.send(capability: nil, methodID: 1).capability(at: 0),
            ]
            var counts: [Int64] = [0, 0]
            var promises: [(promise: CapabilityPromise, handle: Int)] = []
            fromNear.pause()
            fromFar.pause()
            for _ in 0..<80 {
                let chosen = Int.random(in: 0..<handles.count, using: &random)
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<4:
                    calls.append(handles[chosen].send(number: Int64(chosen) << 32 | counts[chosen]))
                    counts[chosen] += 1
                case 4:
                    let methodID: UInt16 = [0, 2, 3].randomElement(using: &random) ?? 0
                    handles.append(root.send(capability: handles[chosen], methodID: methodID).capability(at: 0))
                    counts.append(0)
                case 5:
                    let promise = CapabilityPromise()
                    promises.append((promise, handles.count))
                    handles.append(promise.client)
                    counts.append(0)
                case 6:
                    guard !promises.isEmpty else { continue }
                    let (promise, handle) = promises.remove(at: Int.random(in: 0..<promises.count, using: &random))
                    // An older one: a promise must not come to depend on itself.
                    promise.resolve(to: handles[Int.random(in: 0..<handle, using: &random)])
                case 7, 8: _ = fromNear.deliverOne()
                default: _ = fromFar.deliverOne()
                }
            }
            for (promise, handle) in promises {
                promise.resolve(to: handles[Int.random(in: 0..<handle, using: &random)])
            }
            fromNear.resume()
            fromFar.resume()
            for (index, handle) in handles.enumerated() {
                calls.append(handle.send(number: Int64(index) << 32 | counts[index]))
            }
            for call in calls { _ = try await call.response() }
            for index in handles.indices {
                let seen = journal.entries.filter { $0 >> 32 == Int64(index) }.map { $0 & 0xffff_ffff }
                #expect(seen == Array(0...counts[index]), "handle \(index)")
            }
        }
        calls = []
        #expect(await eventually { near.isIdle && far.isIdle })
    }
}
