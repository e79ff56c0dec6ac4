import Capnp
import CapnpRPC
import Synchronization
import Testing

@testable import IPC

/// Calls through proxies: threads, callbacks, objects as arguments, errors.
@Suite(.timeLimit(.minutes(5)))
struct ProxyCallTests {
    @Test func callsAreAnswered() async throws {
        let loop = try await Loopback()
        let echo = try await loop.client.root.makeEcho()
        for index in 0..<100 { #expect(try await echo.echo(text: "\(index)") == "\(index)") }
        #expect(try await echo.ping(text: "no context") == "no context")
        #expect(loop.echo.calls.count == 101)
    }

    @Test func oneCallerKeepsToOneThread() async throws {
        let loop = try await Loopback(serverLimits: limits { $0.servedThreads = 1 })
        let echo = try await loop.client.root.makeEcho()
        for _ in 0..<20 { _ = try await echo.echo(text: "x") }
    }

    @Test func callsOfManyTasksDoNotWaitForOneAnother() async throws {
        let loop = try await Loopback()
        let echo = try await loop.client.root.makeEcho()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<50 { group.addTask { try await echo.hold(text: "\(index)") } }
            await loop.echo.gate.arrivals(50)
            #expect(try await echo.echo(text: "in between") == "in between")
            loop.echo.gate.open()
            try await group.waitForAll()
        }
    }

    @Test func tooManyCallsAreRefusedHere() async throws {
        let loop = try await Loopback(limits: limits { $0.remoteThreads = 3 })
        let echo = try await loop.client.root.makeEcho()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { try await echo.hold(text: "") } }
            await loop.echo.gate.arrivals(3)
            let error = await #expect(throws: IPCError.self) { try await echo.echo(text: "") }
            #expect(error == .overloaded("more than 3 calls to one peer at a time"))
            loop.echo.gate.open()
            try await group.waitForAll()
        }
        #expect(try await echo.echo(text: "again") == "again")
    }

    @Test func errorsKeepTheirText() async throws {
        let loop = try await Loopback()
        let echo = try await loop.client.root.makeEcho()
        #expect(await failure(echo, "some words") as? RemoteException == RemoteException("some words"))
        #expect(await failure(echo, "remote") as? RemoteException == RemoteException("from afar"))
        #expect(await failure(echo, "unimplemented") as? IPCError == .unimplemented("not here"))
    }

    @Test func exceptionsHaveCoresFormOnTheWire() {
        #expect(
            ErrorMapping.toWire(TestFailure(description: "what"))
                == RPCError(kind: .failed, reason: "std::exception: what"))
        #expect(
            ErrorMapping.toWire(RemoteException("what")) == RPCError(kind: .failed, reason: "std::exception: what"))
        let foreign = RPCError(kind: .failed, reason: "something else")
        #expect(ErrorMapping.fromWire(foreign, closed: false) as? RemoteException == RemoteException("something else"))
    }

    @Test func callbacksMayNest() async throws {
        // One thread on either side: every nested call has to run on the threads that wait.
        let loop = try await Loopback(
            limits: limits {
                $0.remoteThreads = 1
                $0.idleRemoteThreads = 1
            }, serverLimits: limits { $0.servedThreads = 1 })
        let echo = try await loop.client.root.makeEcho()
        let result = try await echo.relay(text: "a") { text in
            try await echo.relay(text: text + "b") { text in
                try await echo.relay(text: text + "c") { text in
                    try await echo.echo(text: text + "d")
                }
            }
        }
        #expect(result == "abcd!!!")
        #expect(loop.echo.calls == ["a", "ab", "abc", "abcd"])
        #expect(try await echo.echo(text: "after") == "after")
    }

    @Test func aCallbackMayOutliveItsCall() async throws {
        final class Keeper: TestEcho {
            let kept = Mutex<TestCallback?>(nil)
            func echo(text: String) async throws -> String {
                let callback = kept.withLock { $0 }
                return try await callback?(text) ?? ""
            }
            func relay(text: String, callback: @escaping TestCallback) async throws -> String {
                kept.withLock { $0 = callback }
                return text
            }
            func fail(text: String) async throws { kept.withLock { $0 = nil } }
            func hold(text: String) async throws {}
            func ping(text: String) async throws -> String { text }
            func same(object: (any TestEcho)?) async throws -> (any TestEcho)? { nil }
        }
        struct Root: TestInit {
            func makeEcho() async throws -> any TestEcho { Keeper() }
        }
        let (near, far) = try SocketChannel.makePair()
        let served = try capnpProtocol().serve(far, root: Root())
        let client = try await capnpProtocol().connect(near)
        let echo = try await client.root.makeEcho()
        let gone = Gate()
        do {
            let token = Token(gone)
            let result = try await echo.relay(text: "x") { text in token.mark(text) }
            #expect(result == "x")
        }
        #expect(try await echo.echo(text: "later") == "later*")
        #expect(gone.arrived == 0)
        try await echo.fail(text: "")
        await gone.arrivals(1)
        #expect(!served.isClosed)
    }

    @Test func aCallMayEndWhileItsTaskStillCallsBack() async throws {
        final class Starter: TestEcho {
            func echo(text: String) async throws -> String { text }
            func relay(text: String, callback: @escaping TestCallback) async throws -> String {
                Task.immediate { _ = try await callback(text) }
                return text
            }
            func fail(text: String) async throws {}
            func hold(text: String) async throws {}
            func ping(text: String) async throws -> String { text }
            func same(object: (any TestEcho)?) async throws -> (any TestEcho)? { nil }
        }
        struct Root: TestInit {
            func makeEcho() async throws -> any TestEcho { Starter() }
        }
        let oneThread = limits {
            $0.remoteThreads = 1
            $0.idleRemoteThreads = 1
        }
        let (near, far) = try SocketChannel.makePair()
        let served = try capnpProtocol().serve(far, root: Root())
        let client = try await capnpProtocol(limits: oneThread).connect(near)
        let echo = try await client.root.makeEcho()
        let gate = Gate()
        let result = try await echo.relay(text: "x") { text in
            await gate.pass()
            return text
        }
        #expect(result == "x")
        await gate.arrivals(1)
        // The thread is free again, and stays so when the callback returns.
        #expect(try await echo.echo(text: "a") == "a")
        gate.open()
        try await Task.sleep(for: .milliseconds(20))
        for _ in 0..<3 { #expect(try await echo.echo(text: "b") == "b") }
        client.session.close()
        await served.closed()
    }

    @Test func anObjectThatComesBackIsTheObjectItself() async throws {
        let loop = try await Loopback()
        let echo = try await loop.client.root.makeEcho()
        // Ours, to the far side and back.
        let own = EchoObject()
        #expect(try await echo.same(object: own) as AnyObject === own)
        #expect(try await echo.same(object: nil) as AnyObject? === nil)
    }

    @Test func theFarSidesObjectIsHandedBackUnwrapped() async throws {
        final class Comparer: TestEcho {
            func echo(text: String) async throws -> String { text }
            func relay(text: String, callback: @escaping TestCallback) async throws -> String { text }
            func fail(text: String) async throws {}
            func hold(text: String) async throws {}
            func ping(text: String) async throws -> String { text }
            func same(object: (any TestEcho)?) async throws -> (any TestEcho)? {
                object as AnyObject === self ? self : nil
            }
        }
        struct Root: TestInit {
            let comparer = Comparer()
            func makeEcho() async throws -> any TestEcho { comparer }
        }
        let (near, far) = try SocketChannel.makePair()
        let served = try capnpProtocol().serve(far, root: Root())
        var echo: (any TestEcho)? = try await capnpProtocol().connect(near).root.makeEcho()
        let back = try await echo?.same(object: echo)
        #expect(back is TestEchoProxyClient)
        // Each reference lives by itself.
        echo = nil
        #expect(try await back?.echo(text: "x") == "x")
        #expect(!served.isClosed)
    }

    @Test func aDroppedProxyDestroysTheObject() async throws {
        let loop = try await Loopback()
        let gone: Gate
        do {
            let own = EchoObject()
            gone = own.gone
            let echo = try await loop.client.root.makeEcho()
            _ = try await echo.same(object: own)
        }
        await gone.pass()
    }

    @Test func callsAfterDestroyFail() async throws {
        let loop = try await Loopback()
        let echo = try #require(try await loop.client.root.makeEcho() as? TestEchoProxyClient)
        let client = echo.remote.capability
        func call(_ method: UInt16) async throws -> Response {
            try await client.call(
                interfaceID: TestID.echo, methodID: method, paramsSize: StructSize(dataWords: 0, pointers: 2)
            ) { _ in }.response()
        }
        _ = try await call(1)
        _ = try await call(0)
        let error = await #expect(throws: RPCError.self) { _ = try await call(1) }
        #expect(error == RPCError(kind: .failed, reason: "std::exception: method called after destroy"))
    }

    @Test func aCancelledCallDoesNotBlockTheNext() async throws {
        let loop = try await Loopback()
        let echo = try await loop.client.root.makeEcho()
        let task = Task { try await echo.hold(text: "") }
        await loop.echo.gate.arrivals(1)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // The far side goes on with the method; this side does not queue behind it.
        #expect(try await echo.echo(text: "next") == "next")
        loop.echo.gate.open()
    }

    private func failure(_ echo: any TestEcho, _ text: String) async -> (any Error)? {
        do {
            try await echo.fail(text: text)
            return nil
        } catch { return error }
    }

    private func limits(_ change: (inout ProxyLimits) -> Void) -> ProxyLimits {
        var limits = ProxyLimits()
        change(&limits)
        return limits
    }
}

/// Tells a gate when it goes.
private final class Token: Sendable {
    private let gate: Gate

    init(_ gate: Gate) { self.gate = gate }

    deinit {
        gate.open()
        let gate = gate
        Task { await gate.pass() }
    }

    func mark(_ text: String) -> String { text + "*" }
}
