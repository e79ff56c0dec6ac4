import Capnp
import CapnpRPC
import Foundation
import TestData
import Testing

@testable import IPC

/// What a server meets in the long run.
///
/// IPC_CYCLES=10000 swift test --filter StabilityTests lets the connection loop run in full length; run alone it also compares
/// descriptors, threads and memory.
@Suite(.timeLimit(.minutes(5)), .serialized)
struct StabilityTests {
    /// A listening server and how to reach it.
    private struct Served {
        let scratch = Scratch()
        let object = InitObject()
        let path: String
        let server: IpcServer

        init(limits: IpcLimits = IpcLimits()) async throws {
            path = scratch("server.sock")
            let object = object
            server = try await capnpProtocol().listen(
                try IpcListener.bind(path: path), limits: limits, root: { _ in object })
        }

        func connect() async throws -> IpcConnection<any TestInit> {
            try await capnpProtocol().connect(channel())
        }

        func channel() throws -> SocketChannel {
            SocketChannel(descriptor: try descriptor(), peer: IpcPeer(address: path))
        }

        func descriptor() throws -> Int32 { try UnixSocket.connect(path: path).get() }

        /// Ends everything; how long that takes.
        func stop() async -> Duration {
            let sessions = server.sessions
            return await ContinuousClock().measure {
                server.close()
                server.disconnectAll()
                for session in sessions { await session.closed() }
            }
        }
    }

    @Test func connectionsInALoopLeaveNothingBehind() async throws {
        let requested = ProcessInfo.processInfo.environment["IPC_CYCLES"].flatMap { Int($0) }
        let served = try await Served()
        func cycle(_ number: Int) async throws {
            let connection = try await served.connect()
            let echo = try await connection.root.makeEcho()
            #expect(try await echo.echo(text: "\(number)") == "\(number)")
            if number.isMultiple(of: 2) { connection.session.close() }
        }
        for number in 0..<100 { try await cycle(number) }
        #expect(await eventually { served.server.sessions.isEmpty })
        let before = Footprint.now()
        for number in 0..<(requested ?? 200) { try await cycle(number) }
        #expect(await eventually { served.server.sessions.isEmpty })
        let after = Footprint.now()
        print("Footprint of \(requested ?? 200) connections: \(before) to \(after).")
        // Other tests run beside this one unless a number is given.
        if requested != nil {
            #expect(after.descriptors == before.descriptors)
            #expect(after.threads <= before.threads)
            #expect(after.kilobytes < before.kilobytes + 8_192)
        }
        _ = await served.stop()
    }

    @Test func aServerWithWaitingClientsStopsAtOnce() async throws {
        let served = try await Served()
        var clients: [IpcConnection<any TestInit>] = []
        var calls: [Task<Bool, Never>] = []
        for _ in 0..<20 {
            let client = try await served.connect()
            clients.append(client)
            let echo = try await client.root.makeEcho()
            calls.append(
                Task {
                    do {
                        try await echo.hold(text: "waits")
                        return false
                    } catch { return error is IPCError }
                })
        }
        await served.object.echo.gate.arrivals(20)
        let duration = await served.stop()
        for call in calls { #expect(await call.value) }
        print("Stopped with 20 waiting clients in \(duration).")
        // Under a second, unless the machine is busy.
        #expect(duration < .seconds(20))
        served.object.echo.gate.open()
    }

    @Test func halfOpenSocketsHarmNobody() async throws {
        let served = try await Served()
        var silent: [Int32] = []
        for index in 0..<30 {
            let descriptor = try served.descriptor()
            // Some say nothing, some begin a message, some only stop sending.
            let beginning: [UInt8] = [0, 0, 0, 0, 9, 0, 0, 0, 1]
            if index % 3 == 1 { _ = unsafe UnixSocket.send(descriptor, beginning.span.bytes) }
            if index % 3 == 2 { _ = shutdown(descriptor, Int32(SHUT_WR)) }
            silent.append(descriptor)
        }
        let client = try await served.connect()
        #expect(try await client.root.makeEcho().echo(text: "served") == "served")
        // Those that sent an end of file are gone, the others wait.
        #expect(await eventually { served.server.sessions.count == 21 })
        for descriptor in silent { UnixSocket.close(descriptor) }
        #expect(await eventually { served.server.sessions.count == 1 })
        _ = await served.stop()
    }

    @Test func aFloodOfOneClientDoesNotStarveAnother() async throws {
        let served = try await Served()
        let quiet = try await served.connect()
        let echo = try await quiet.root.makeEcho()
        let loud = try await served.connect()
        let flooded = try await loud.root.makeEcho()
        let flood = Task {
            let text = String(repeating: "x", count: 10_000)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        while !Task.isCancelled { _ = try? await flooded.ping(text: text) }
                    }
                }
            }
        }
        // Also when the test ends early: the flood would starve all others of the process.
        defer { flood.cancel() }
        var latencies: [Duration] = []
        for number in 0..<200 {
            let start = ContinuousClock.now
            #expect(try await echo.ping(text: "\(number)") == "\(number)")
            latencies.append(ContinuousClock.now - start)
        }
        flood.cancel()
        await flood.value
        latencies.sort()
        print("Latency beside a flood: median \(latencies[100]), worst \(latencies[199]).")
        // Both run on the same machine as the flood, on two processors perhaps: no more than a loose bound.
        #expect(latencies[100] < .seconds(2))
        _ = await served.stop()
    }

    @Test func aClientThatTakesNothingCostsBoundedMemory() async throws {
        var limits = IpcLimits()
        limits.queuedBytes = 1 << 20
        let served = try await Served(limits: limits)
        let client = try await served.connect()
        let descriptor = try served.descriptor()
        let budget = MemoryBudget.process.drawnBytes
        // Asks for the bootstrap again and again, and never reads.
        let frame = MessageBuilder()
        let root = frame.initRoot(StructSize(dataWords: 1, pointers: 1))
        root.setInteger(UInt16(8), at: 0)
        let bootstrap = root.pointer(at: 0).initStruct(StructSize(dataWords: 1, pointers: 1))
        sending: for number in 0..<UInt32(200_000) {
            bootstrap.setInteger(number, at: 0)
            let bytes = frame.framedBytes()
            var sent = 0
            var idle = 0
            while sent < bytes.count {
                let rest = Array(bytes[sent...])
                guard let count = unsafe UnixSocket.send(descriptor, rest.span.bytes) else { break sending }
                sent += count
                idle = count == 0 ? idle + 1 : 0
                if idle > 100 { break sending }
                if count == 0 { try await Task.sleep(for: .milliseconds(5)) }
            }
        }
        // Not read from any more, or disconnected for too many calls; in any case others are served.
        #expect(try await client.root.makeEcho().echo(text: "served") == "served")
        UnixSocket.close(descriptor)
        #expect(await eventually { served.server.sessions.count == 1 })
        #expect(await eventually { MemoryBudget.process.drawnBytes <= budget })
        _ = await served.stop()
    }

    @Test func aTooLongMessageIsNamedInTheAbort() async throws {
        var limits = IpcLimits()
        limits.messageBytes = 8000
        let (near, far) = try SocketChannel.makePair()
        let session = try capnpProtocol().serve(far, limits: limits, root: { _ in InitObject() })
        let end = Collector()
        try near.start(end)
        near.send([0, 0, 0, 0, 0xe9, 3, 0, 0])
        #expect(await session.closed() == .protocolViolation("Limit exceeded: 1000 words in one message."))
        _ = await end.end()
        let message = try Message(framed: await end.bytes(.max)).root.structReader()
        #expect(message.integer(at: 0) as UInt16 == 1)
        let reason = try message.pointer(at: 0).structReader().pointer(at: 0).text()
        #expect(reason == "Limit exceeded: 1000 words in one message.")
    }
}

/// What this process uses, as the kernel counts it.
private struct Footprint: CustomStringConvertible {
    let descriptors: Int
    let threads: Int
    let kilobytes: Int

    var description: String { "\(descriptors) descriptors, \(threads) threads, \(kilobytes) kB" }

    static func now() -> Footprint {
        func count(_ folder: String) -> Int {
            (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? 0
        }
        let status = Scratch.read("/proc/self/status")
        let resident = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return Footprint(
            descriptors: count("/proc/self/fd"), threads: count("/proc/self/task"),
            kilobytes: resident.flatMap { Int($0.filter(\.isNumber)) } ?? 0)
    }
}
