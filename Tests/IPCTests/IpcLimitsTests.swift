import Capnp
import Synchronization
import TestData
import Testing

@testable import IPC

/// Limits of a listening address, and what is counted of each connection.
@Suite(.timeLimit(.minutes(5)))
struct IpcLimitsTests {
    let scratch = Scratch()
    let process = IpcProcess(argumentZero: "test", logger: testLogger)

    private func listen(_ change: (inout IpcLimits) -> Void = { _ in }) async throws -> (IpcServer, InitObject) {
        var limits = IpcLimits()
        change(&limits)
        let object = InitObject()
        let listener = try process.bind(.unix(path: scratch("node.sock")))
        return (try await capnpProtocol().listen(listener, limits: limits) { _ in object }, object)
    }

    private func connect() async throws -> IpcConnection<any TestInit> {
        let channel = try #require(try await process.connect(.unix(path: scratch("node.sock"))))
        return try await capnpProtocol().connect(channel)
    }

    @Test func aPeerPastTheNumberOfConnectionsIsToldAndDropped() async throws {
        let (server, _) = try await listen { $0.connections = 1 }
        let first = try await connect()
        for _ in 0..<20 {
            let error = await #expect(throws: IPCError.self) { try await connect() }
            #expect(
                error?.description.contains("No more than 1 connections are served at this address.") == true,
                "\(String(describing: error))")
        }
        // It took nothing from the one that is served.
        #expect(try await first.root.makeEcho().echo(text: "still") == "still")
        first.session.close()
        #expect(await eventually { server.sessions.isEmpty })
        let next = try await connect()
        #expect(try await next.root.makeEcho().echo(text: "now") == "now")
        next.session.close()
        server.close()
    }

    /// What a client of any make sees: an `Abort` message with the reason, then the end.
    @Test func theRefusalIsAnAbortMessage() async throws {
        let (server, _) = try await listen { $0.connections = 1 }
        let first = try await connect()
        let channel = try #require(try await process.connect(.unix(path: scratch("node.sock"))))
        let collector = Collector()
        try channel.start(collector)
        _ = await collector.end()
        var decoder = FrameDecoder()
        decoder.push(await collector.bytes(.max))
        let root = try #require(try decoder.next()).root.structReader()
        // Message.abort :Exception is member 1 of the union; an exception's reason is its first pointer.
        #expect((root.integer(at: 0) as UInt16) == 1)
        let reason = try root.pointer(at: 0).structReader().pointer(at: 0).text()
        #expect(reason == "No more than 1 connections are served at this address.")
        #expect(decoder.pendingBytes == 0)
        first.session.close()
        server.close()
    }

    /// A channel that nobody is left to close keeps a descriptor.
    @Test func nothingIsLeftOfThoseWhoAreRefused() async throws {
        final class Channels: Sendable {
            private struct Reference { weak var channel: SocketChannel? }
            private let references = Mutex<[Reference]>([])

            func add(_ channel: SocketChannel) { references.withLock { $0.append(Reference(channel: channel)) } }
            var counts: (accepted: Int, left: Int) {
                references.withLock { list in (list.count, list.count { $0.channel != nil }) }
            }
        }
        let channels = Channels()
        let listener = try process.bind(.unix(path: scratch("node.sock")))
        let wire = capnpProtocol()
        let acceptor = try SocketAcceptor.start(listener, queueLimit: 1 << 20, logger: testLogger) { channel in
            channels.add(channel)
            wire.refuse(channel, reason: "Nobody is served here.")
        }
        for _ in 0..<50 {
            UnixSocket.close(try UnixSocket.connect(path: scratch("node.sock")).get())
            await #expect(throws: IPCError.self) { try await connect() }
        }
        #expect(await eventually { channels.counts == (100, 0) }, "\(channels.counts)")
        acceptor.close()
    }

    @Test func aPeerWithTooManyCallsIsToldAndDropped() async throws {
        let (server, object) = try await listen { $0.calls = 4 }
        let client = try await connect()
        let other = try await connect()
        let echo = try await client.root.makeEcho()
        let calls = (0..<8).map { _ in Task { try await echo.hold(text: "") } }
        let reason = await client.session.closed()
        let text = reason.map { "\($0)" } ?? ""
        #expect(text.contains("Limit exceeded: 4 calls at the same time."), "\(text)")
        for call in calls { await #expect(throws: (any Error).self) { try await call.value } }
        #expect(try await other.root.makeEcho().echo(text: "unharmed") == "unharmed")
        object.echo.gate.open()
        other.session.close()
        server.close()
    }

    @Test func aMessageThatIsTooLongEndsTheConnection() async throws {
        let (server, _) = try await listen { $0.messageBytes = 1 << 16 }
        let client = try await connect()
        let echo = try await client.root.makeEcho()
        #expect(try await echo.echo(text: String(repeating: "x", count: 60_000)).utf8.count == 60_000)
        await #expect(throws: IPCError.self) { try await echo.echo(text: String(repeating: "x", count: 70_000)) }
        #expect(await eventually { server.sessions.isEmpty })
        server.close()
    }

    @Test func whatPassesIsCounted() async throws {
        let (server, object) = try await listen()
        let client = try await connect()
        #expect(await eventually { server.sessions.count == 1 })
        let session = try #require(server.sessions.first)
        let before = session.statistics
        let echo = try await client.root.makeEcho()
        for _ in 0..<10 { #expect(try await echo.echo(text: String(repeating: "y", count: 10_000)).count == 10_000) }
        let after = session.statistics
        // One call for the object, one for each echo, and those that make threads.
        #expect(after.calls >= before.calls + 11)
        #expect(after.bytesReceived > before.bytesReceived + 100_000)
        #expect(after.bytesSent > before.bytesSent + 100_000)
        #expect(after.callsInFlight == 0)
        #expect(after.objects > before.objects)
        #expect(after.meanLatency > .zero && after.meanLatency <= after.maxLatency)
        let hold = Task { try await echo.hold(text: "") }
        #expect(await eventually { session.statistics.callsInFlight == 1 })
        object.echo.gate.open()
        try await hold.value
        #expect(await eventually { session.statistics.callsInFlight == 0 })
        client.session.close()
        #expect(await eventually { server.sessions.isEmpty })
        #expect(session.statistics == IpcStatistics())
        server.close()
    }

    @Test func oneConnectionCanBeEndedByItsNumber() async throws {
        let (server, _) = try await listen()
        let first = try await connect()
        let second = try await connect()
        #expect(await eventually { server.sessions.count == 2 })
        let id = try #require(server.sessions.first?.id)
        #expect(!server.disconnect(id + 1000))
        #expect(server.disconnect(id))
        await first.session.closed()
        #expect(await eventually { server.sessions.count == 1 })
        #expect(!server.disconnect(id))
        #expect(try await second.root.makeEcho().echo(text: "stays") == "stays")
        second.session.close()
        server.close()
    }
}
