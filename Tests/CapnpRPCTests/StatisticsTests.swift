import CapnpRPC
import TestData
import Testing

/// What a connection counts of what passes over it.
struct StatisticsTests {
    @Test(.timeLimit(.minutes(5)))
    func callsReturnsAndTheirLatencyAreCountedWhereTheyArrive() async throws {
        let gate = Gate()
        let server = TestServer { call in
            if call.methodID == 1 { throw RPCError(kind: .failed, reason: "no") }
            await gate.pass()
        }
        let (near, far, _, _) = InMemoryTransport.pair(second: Client(server))
        defer { near.close() }
        let object = near.bootstrap()
        _ = try? await object.send(capability: nil, methodID: 1).response()
        #expect(far.statistics.calls == 1)
        #expect(far.statistics.returns == 1)
        let promise = object.send(text: "")
        #expect(await eventually { gate.arrived == 1 })
        #expect((far.statistics.calls, far.statistics.returns) == (2, 1))
        let before = far.statistics
        try await Task.sleep(for: .milliseconds(20))
        gate.open()
        _ = try await promise.response()
        let after = far.statistics
        #expect(after.returns == 2)
        #expect(after.maxLatency >= .milliseconds(20))
        #expect(after.totalLatency == before.totalLatency + after.maxLatency)
        #expect(after.meanLatency == after.totalLatency / 2)
        // The caller has received no calls.
        #expect(near.statistics.calls == 0)
        #expect(near.statistics.meanLatency == .zero)
        withExtendedLifetime(object) {}
    }

    @Test(.timeLimit(.minutes(5)))
    func bytesAreThoseOfTheFramedMessages() async throws {
        let (near, far, fromNear, fromFar) = InMemoryTransport.pair(second: Client(TestServer.echo()))
        defer { near.close() }
        fromNear.keepLog()
        fromFar.keepLog()
        let echo = near.bootstrap()
        for length in [0, 1, 10_000, 1 << 20] {
            #expect(try await echo.echo(String(repeating: "x", count: length)).utf8.count == length)
        }
        #expect(await eventually { far.tableSizes.answers <= 1 })
        let sent = UInt64(fromNear.log.reduce(0) { $0 + $1.count })
        let received = UInt64(fromFar.log.reduce(0) { $0 + $1.count })
        #expect(near.statistics.bytesSent == sent && far.statistics.bytesReceived == sent)
        #expect(near.statistics.bytesReceived == received && far.statistics.bytesSent == received)
        #expect(sent > 1 << 20)
        withExtendedLifetime(echo) {}
    }
}
