import Capnp
import CapnpRPC
import Logging
import Testing

@testable import IPC

/// `Thread` and `ThreadMap` as a peer may use them.
@Suite(.timeLimit(.minutes(5)))
struct ServedThreadTests {
    @Test func threadsHaveNames() async throws {
        let raw = try await RawClient(try await Loopback())
        let (thread, _) = raw.makeThread("miner")
        let name = thread.call(
            interfaceID: ProxyMessages.Thread.interfaceID, methodID: 0, paramsSize: RawClient.pointers(0)
        ) { _ in }
        #expect(try await name.text == "from miner")
        #expect(raw.loop.server.peerName == "test-1" || raw.loop.server.peerName == "miner")
    }

    @Test func namesOfThreadsAreBoundedAndPrintable() async throws {
        let raw = try await RawClient(try await Loopback())
        let (thread, _) = raw.makeThread("a\nb\u{7f}" + String(repeating: "e\u{301}", count: 1 << 16))
        let name = thread.call(
            interfaceID: ProxyMessages.Thread.interfaceID, methodID: 0, paramsSize: RawClient.pointers(0)
        ) { _ in }
        let text = try await name.text
        #expect(text.hasPrefix("from abe\u{301}") && text.unicodeScalars.count <= 105)
        #expect(raw.loop.server.peerName.unicodeScalars.count <= 100)
    }

    @Test func aMethodThatReturnsDuringItsCallbackGivesUpItsTurnOnce() async throws {
        let loop = try await Loopback()
        let queue = CallQueue(limit: 10)
        let connection = ProxyConnection(
            session: loop.server, name: "test", limits: ProxyLimits(), logger: Logger(label: "test"))
        try await queue.enter()
        let request = ServerRequest(connection: connection, queue: queue, thread: nil, callbackThread: nil)
        #expect(request.beginCallback())
        request.finish()
        #expect(queue.depth == 0)
        request.endCallback()
        #expect(queue.depth == 0)
        try await queue.enter()
        queue.leave()
    }

    @Test func callsOnOneThreadRunInOrder() async throws {
        let raw = try await RawClient(try await Loopback())
        // Not awaited: the thread is a promise when the calls are sent.
        let (thread, promise) = raw.makeThread()
        let held = raw.begin(4, "held", thread: thread)
        let queued = (0..<10).map { raw.begin(1, "\($0)", thread: thread) }
        let (other, otherPromise) = raw.makeThread()
        #expect(try await raw.begin(1, "other thread", thread: other).text == "other thread")
        #expect(raw.loop.echo.calls == ["held", "other thread"])
        raw.loop.echo.gate.open()
        _ = try await held.response()
        for (index, promise) in queued.enumerated() { #expect(try await promise.text == "\(index)") }
        #expect(raw.loop.echo.calls == ["held", "other thread"] + (0..<10).map { "\($0)" })
        _ = (promise, otherPromise)
    }

    @Test func callsWithoutThreadRunInOrderPerObject() async throws {
        let raw = try await RawClient(try await Loopback())
        let held = raw.begin(4, "held", thread: nil)
        let queued = (0..<10).map { raw.begin(1, "\($0)", thread: nil) }
        await raw.loop.echo.gate.arrivals(1)
        raw.loop.echo.gate.open()
        _ = try await held.response()
        for (index, promise) in queued.enumerated() { #expect(try await promise.text == "\(index)") }
        #expect(raw.loop.echo.calls == ["held"] + (0..<10).map { "\($0)" })
    }

    @Test func aPoolRunsCallsSideBySide() async throws {
        let raw = try await RawClient(try await Loopback())
        try await raw.makePool(3)
        let held = (0..<2).map { raw.begin(4, "\($0)", thread: nil) }
        await raw.loop.echo.gate.arrivals(2)
        #expect(try await raw.begin(1, "third", thread: nil).text == "third")
        raw.loop.echo.gate.open()
        for promise in held { _ = try await promise.response() }
        let error = await #expect(throws: RPCError.self) { try await raw.makePool(1) }
        #expect(
            error
                == RPCError(
                    kind: .failed, reason: "std::exception: makePool called on connection with existing pool"))
    }

    @Test func aForeignThreadIsRefused() async throws {
        let raw = try await RawClient(try await Loopback())
        let other = try await RawClient(try await Loopback())
        for thread in [raw.echo, other.makeThread().0, Client(ThreadServer(sessionID: 0, name: "", limit: 1))] {
            let error = await #expect(throws: RPCError.self) { try await raw.begin(1, "x", thread: thread).response() }
            #expect(error == RPCError(kind: .failed, reason: "std::exception: invalid thread handle"))
        }
    }

    @Test func aBrokenThreadSaysWhy() async throws {
        let raw = try await RawClient(try await Loopback())
        let promise = raw.echo.call(interfaceID: 1, methodID: 1, paramsSize: RawClient.pointers(0)) { _ in }
        await #expect(throws: RPCError.self) {
            try await raw.begin(1, "x", thread: promise.capability(at: 0)).response()
        }
    }

    @Test func threadsAreBoundedAndFreed() async throws {
        var limits = ProxyLimits()
        limits.servedThreads = 4
        let raw = try await RawClient(try await Loopback(serverLimits: limits))
        // One is the proxies' own, if they have made a call already.
        var threads: [(Client, RemotePromise)] = []
        for _ in 0..<4 {
            threads.append(raw.makeThread())
            _ = try await threads.last?.1.response()
        }
        let error = await #expect(throws: RPCError.self) { try await raw.makeThread().1.response() }
        #expect(error?.kind == .overloaded)
        threads = []
        let thread = raw.makeThread()
        _ = try await thread.1.response()
    }

    @Test func queuesAreBounded() async throws {
        var limits = ProxyLimits()
        limits.queuedCalls = 3
        let raw = try await RawClient(try await Loopback(serverLimits: limits))
        let (thread, promise) = raw.makeThread()
        let calls = (0..<4).map { raw.begin(4, "\($0)", thread: thread) }
        let error = await #expect(throws: RPCError.self) { try await raw.begin(1, "x", thread: thread).response() }
        #expect(error?.kind == .overloaded)
        raw.loop.echo.gate.open()
        for call in calls { _ = try await call.response() }
        _ = promise
    }

    @Test func aCallQueuedWhenThePeerGoesIsNotBegun() async throws {
        let loop = try await Loopback()
        let echo = loop.echo
        let raw = try await RawClient(loop)
        let (thread, promise) = raw.makeThread()
        let calls = (0..<3).map { raw.begin(4, "\($0)", thread: thread) }
        await echo.gate.arrivals(1)
        loop.client.session.close()
        await loop.server.closed()
        echo.gate.open()
        for call in calls { await #expect(throws: RPCError.self) { try await call.response() } }
        try await Task.sleep(for: .milliseconds(50))
        #expect(echo.calls == ["0"])
        _ = promise
    }

    @Test func unknownMethodsAreUnimplemented() async throws {
        let raw = try await RawClient(try await Loopback())
        for (interface, method) in [(ProxyMessages.ThreadMap.interfaceID, UInt16(9)), (1, 0)] {
            let error = await #expect(throws: RPCError.self) {
                try await raw.threadMap.call(
                    interfaceID: interface, methodID: method, paramsSize: RawClient.pointers(0)
                ) { _ in }.response()
            }
            #expect(error?.kind == .unimplemented)
        }
    }

    @Test func nonsenseWherePointersShouldBeIsAnError() async throws {
        let raw = try await RawClient(try await Loopback())
        // The context is a text, the text a struct.
        let promise = raw.echo.call(interfaceID: TestID.echo, methodID: 1, paramsSize: RawClient.pointers(2)) {
            params in
            params.pointer(at: 0).setText("not a struct")
            _ = params.pointer(at: 1).initStruct(RawClient.pointers(1))
        }
        let error = await #expect(throws: RPCError.self) { try await promise.response() }
        #expect(error?.kind == .failed)
        #expect(try await raw.begin(1, "still there", thread: nil).text == "still there")
    }
}
