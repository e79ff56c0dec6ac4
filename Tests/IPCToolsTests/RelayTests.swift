import Capnp
import Foundation
import Glibc
import IPC
import Logging
import Synchronization
import Testing

@testable import IPCTools

@Suite(.timeLimit(.minutes(5)))
struct RelayTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs a relay before a server that sends everything back.
    private func run(
        _ body: (_ client: any IpcChannel, _ received: Collector, _ seen: Seen) async throws -> Void
    ) async throws {
        let folder = "/tmp/bsr\(UInt32.random(in: 0...UInt32.max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let process = IpcProcess(argumentZero: "test", logger: logger)
        let target = try await MirrorProtocol(logger: logger).listen(try process.bind(.unix(path: folder + "/t.sock")))
        { _ in }
        let seen = Seen()
        let relay = TraceRelay(target: .unix(path: folder + "/t.sock"), process: process, showsSecrets: false) {
            event, _ in
            seen.events.withLock { $0.append(event) }
        }
        let server = try await relay.listen(try process.bind(.unix(path: folder + "/r.sock")), logger: logger)
        let client = try #require(try await process.connect(.unix(path: folder + "/r.sock")))
        let received = Collector()
        try client.start(received)
        try await body(client, received, seen)
        client.close()
        await seen.waits { if case .closed = $0.body { true } else { false } }
        server.close()
        target.close()
        target.disconnectAll()
    }

    @Test func `bytes pass through unchanged, whatever they are`() async throws {
        try await run { client, received, seen in
            // A header of four thousand million segments, then noise.
            let bytes = [UInt8](repeating: 0xff, count: 8) + (0..<3_000_000).map { _ in UInt8.random(in: 0...255) }
            for start in stride(from: 0, to: bytes.count, by: 100_000) {
                client.send(Array(bytes[start..<min(start + 100_000, bytes.count)]))
            }
            await received.waits(count: bytes.count)
            #expect(received.bytes.withLock { $0 == bytes })
            let reports = seen.events.withLock { $0.filter { if case .undecodable = $0.body { true } else { false } } }
            // Once for each side: the mirror says the same.
            #expect(reports.map(\.sender) == [.client, .server] || reports.map(\.sender) == [.server, .client])
        }
    }

    @Test func `messages are told in order, in whatever pieces they come`() async throws {
        try await run { client, received, seen in
            var bytes: [UInt8] = []
            for number in 0..<20 {
                let message = MessageBuilder()
                let root = message.initRoot(StructSize(dataWords: 1, pointers: 1))
                root.setInteger(UInt16(8), at: 0)
                root.pointer(at: 0).initStruct(StructSize(dataWords: 1, pointers: 1)).setInteger(UInt32(number), at: 0)
                bytes += message.framedBytes()
            }
            for start in stride(from: 0, to: bytes.count, by: 7) {
                client.send(Array(bytes[start..<min(start + 7, bytes.count)]))
            }
            await received.waits(count: bytes.count)
            let numbers = seen.events.withLock { events in
                events.compactMap { event -> UInt32? in
                    guard event.sender == .client, case .bootstrap(let number) = event.body else { return nil }
                    return number
                }
            }
            #expect(numbers == Array(0..<20))
            // The mirror's answer is never told before what it answers.
            let senders = seen.events.withLock { $0.compactMap(\.sender) }
            var open = 0
            for sender in senders {
                open += sender == .client ? 1 : -1
                #expect(open >= 0)
            }
        }
    }

    @Test func `a target that nobody serves is said`() async throws {
        let folder = "/tmp/bsr\(UInt32.random(in: 0...UInt32.max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let process = IpcProcess(argumentZero: "test", logger: logger)
        let seen = Seen()
        let relay = TraceRelay(target: .unix(path: folder + "/none"), process: process, showsSecrets: false) {
            event, _ in
            seen.events.withLock { $0.append(event) }
        }
        let server = try await relay.listen(try process.bind(.unix(path: folder + "/r.sock")), logger: logger)
        let client = try #require(try await process.connect(.unix(path: folder + "/r.sock")))
        let received = Collector()
        try client.start(received)
        await seen.waits { event in
            if case .closed(let reason?) = event.body { reason.contains("No such file") } else { false }
        }
        await received.waitsForEnd()
        server.close()
    }
}

/// What a relay told.
final class Seen: Sendable {
    let events = Mutex<[TraceEvent]>([])

    func waits(_ condition: (TraceEvent) -> Bool) async {
        while !events.withLock({ $0.contains(where: condition) }) { try? await Task.sleep(for: .milliseconds(2)) }
    }
}

/// What a channel delivered.
final class Collector: IpcChannelReceiver {
    let bytes = Mutex<[UInt8]>([])
    private let isClosed = Mutex(false)

    func receive(_ new: RawSpan) {
        bytes.withLock { bytes in unsafe new.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) } }
    }

    func closed(_ reason: IPCError?) { isClosed.withLock { $0 = true } }

    func waits(count: Int) async {
        while bytes.withLock({ $0.count < count }) { try? await Task.sleep(for: .milliseconds(2)) }
    }

    func waitsForEnd() async {
        while !isClosed.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(2)) }
    }
}

/// Sends back what it gets.
private struct MirrorProtocol: IpcProtocol {
    let logger: Logger

    func connect(_ channel: any IpcChannel) async throws -> IpcConnection<Void> {
        throw IPCError.unimplemented("")
    }

    func serve(
        _ channel: any IpcChannel, limits: IpcLimits, root: (IpcSession) throws -> Void
    ) throws -> IpcSession {
        try channel.start(Mirror(channel: channel))
        return IpcSession(peer: channel.peer)
    }
}

private final class Mirror: IpcChannelReceiver {
    private let channel: any IpcChannel

    init(channel: any IpcChannel) { self.channel = channel }

    func receive(_ bytes: RawSpan) { channel.send(bytes) }

    func closed(_ reason: IPCError?) {}
}
