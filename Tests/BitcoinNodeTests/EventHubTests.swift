import BitcoinInterfaces
import BitcoinNode
import TestSupport
import Testing

/// How events get to their consumers.
@Suite(.timeLimit(.minutes(5)))
struct EventHubTests {
    private func number(_ event: NodeEvent) -> UInt64? {
        if case .logAdvanced(let number) = event { number } else { nil }
    }

    @Test func `each consumer gets what it wants, in order`() async throws {
        let hub = EventHub()
        let all = Recorder<UInt64>()
        let even = Recorder<UInt64>()
        let first = hub.register { _ in
            true
        } deliver: {
            all.add(number($0) ?? 0)
        }
        let second = hub.register {
            (number($0) ?? 1) % 2 == 0
        } deliver: {
            even.add(number($0) ?? 0)
        }
        for number in UInt64(0)..<1000 { hub.publish(.logAdvanced(number)) }
        await eventually("all are delivered") { all.elements.count == 1000 && even.elements.count == 500 }
        #expect(all.elements == Array(0..<1000))
        #expect(even.elements == Array(stride(from: 0, to: 1000, by: 2)))
        withExtendedLifetime((first, second)) {}
    }

    private func register(_ client: EventClient) throws -> EventRegistration {
        try client.register(where: { _ in true }, deliver: { _ in })
    }

    private func isRefused(_ client: EventClient) -> Bool {
        do {
            _ = try register(client)
            return false
        } catch InterfaceError.overloaded {
            return true
        } catch {
            return false
        }
    }

    @Test func `a client that registers without end takes no place from others`() throws {
        let hub = EventHub()
        let greedy = hub.makeClient()
        let modest = hub.makeClient()
        var kept = try (0..<EventClient.limit).map { _ in try register(greedy) }
        #expect(isRefused(greedy))
        kept.append(try register(modest))
        #expect(hub.count == EventClient.limit + 1)
        // A place that is given back may be taken again, once.
        kept.removeFirst()
        kept.append(try register(greedy))
        #expect(isRefused(greedy))
        withExtendedLifetime(kept) {}
    }

    @Test func `a registration ended by its consumer, by disconnect or by falling behind gives its place back`()
        async throws
    {
        let hub = EventHub()
        let client = hub.makeClient()
        var kept: [EventRegistration] = []
        for _ in 0..<EventClient.limit {
            kept.append(try client.register(where: { _ in true }, deliver: { _ in throw FakeFailure("gone") }))
        }
        hub.publish(.logAdvanced(1))
        await eventually("all are ended") { hub.count == 0 }
        let gate = Gate()
        for _ in 0..<EventClient.limit {
            kept.append(try client.register(where: { _ in true }, deliver: { _ in await gate.pass() }))
        }
        for number in 0...UInt64(EventHub.queueLimit + 1) { hub.publish(.logAdvanced(number)) }
        #expect(hub.count == 0)
        for _ in 0..<EventClient.limit {
            let registration = try register(client)
            try await registration.disconnect()
        }
        #expect(!isRefused(client))
        gate.open()
        withExtendedLifetime(kept) {}
    }

    @Test func `registrations of all clients together are bounded`() async throws {
        let hub = EventHub()
        var kept: [EventRegistration] = []
        for _ in 0..<(EventHub.clientLimit / EventClient.limit) {
            let client = hub.makeClient()
            for _ in 0..<EventClient.limit { kept.append(try register(client)) }
        }
        #expect(isRefused(hub.makeClient()))
        // Waits of the node's own are not held up by that.
        let own = hub.register(where: { _ in true }, deliver: { _ in })
        #expect(hub.count == EventHub.clientLimit + 1)
        kept.removeLast()
        kept.append(try register(hub.makeClient()))
        withExtendedLifetime((kept, own)) {}
    }

    @Test func `a consumer that is too slow is cut off, and only that one`() async throws {
        let overflows = Counter()
        let hub = EventHub { overflows.increment() }
        let gate = Gate()
        let slow = Recorder<UInt64>()
        let quick = Recorder<UInt64>()
        let first = hub.register { _ in
            true
        } deliver: { event in
            await gate.pass()
            slow.add(number(event) ?? 0)
        }
        let second = hub.register { _ in
            true
        } deliver: {
            quick.add(number($0) ?? 0)
        }
        let total = UInt64(EventHub.queueLimit + 100)
        for value in 0..<total {
            hub.publish(.logAdvanced(value))
            // The quick one may not fall behind only because this loop is quicker still.
            if value % 500 == 499 { await eventually("the quick one follows") { quick.elements.count == value + 1 } }
        }
        await eventually("the quick one has all") { quick.elements.count == total }
        #expect(overflows.value == 1)
        #expect(hub.count == 1)
        gate.open()
        // What it has got is without holes.
        await eventually("the slow one gets the rest of its queue") { slow.elements.count >= EventHub.queueLimit }
        #expect(slow.elements == Array(0..<UInt64(slow.elements.count)))
        withExtendedLifetime((first, second)) {}
    }

    @Test func `a consumer that throws is ended`() async throws {
        let hub = EventHub()
        let calls = Counter()
        let registration = hub.register { _ in
            true
        } deliver: { _ in
            calls.increment()
            throw FakeFailure("gone")
        }
        hub.publish(.logAdvanced(1))
        await eventually("it is ended") { hub.count == 0 }
        hub.publish(.logAdvanced(2))
        #expect(calls.value == 1)
        withExtendedLifetime(registration) {}
    }

    @Test func `nothing is delivered after disconnect, not even what is queued`() async throws {
        let hub = EventHub()
        let gate = Gate()
        let begun = Counter()
        let registration = hub.register { _ in
            true
        } deliver: { _ in
            begun.increment()
            await gate.pass()
        }
        for number in UInt64(0)..<10 { hub.publish(.logAdvanced(number)) }
        await eventually("the first is being delivered") { begun.value == 1 }
        try await registration.disconnect()
        gate.open()
        try await Task.sleep(for: .milliseconds(50))
        #expect(begun.value == 1)
        #expect(hub.count == 0)
    }

    @Test func `delivered waits for what was published before, and for no dead registration`() async throws {
        let hub = EventHub()
        await hub.delivered()
        let seen = Recorder<UInt64>()
        let gate = Gate()
        let first = hub.register { _ in
            true
        } deliver: {
            await gate.pass()
            seen.add(number($0) ?? 0)
        }
        let dead = hub.register { _ in
            true
        } deliver: { _ in
            await gate.pass()
            throw FakeFailure("gone")
        }
        for number in UInt64(0)..<10 { hub.publish(.logAdvanced(number)) }
        let count = Task {
            await hub.delivered()
            return seen.elements.count
        }
        try await Task.sleep(for: .milliseconds(20))
        gate.open()
        #expect(await count.value == 10)
        withExtendedLifetime((first, dead)) {}
    }

    @Test func `a dropped registration is ended`() async throws {
        let hub = EventHub()
        do {
            let registration = hub.register { _ in
                true
            } deliver: { _ in
            }
            #expect(hub.count == 1)
            withExtendedLifetime(registration) {}
        }
        #expect(hub.count == 0)
    }

    @Test func `publishing from many tasks at once loses nothing`() async throws {
        let hub = EventHub()
        let seen = Recorder<UInt64>()
        let registration = hub.register { _ in
            true
        } deliver: {
            seen.add(number($0) ?? 0)
        }
        await withTaskGroup(of: Void.self) { group in
            for task in UInt64(0)..<8 {
                group.addTask {
                    for index in UInt64(0)..<200 { hub.publish(.logAdvanced(task * 200 + index)) }
                }
            }
        }
        await eventually("all are delivered") { seen.elements.count == 1600 }
        #expect(Set(seen.elements).count == 1600)
        withExtendedLifetime(registration) {}
    }
}
