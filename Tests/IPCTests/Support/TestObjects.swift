import Synchronization

@testable import IPC

/// Lets waiters go when told to; also counts them.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var arrived = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
        var watchers: [(count: Int, CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        waiters.forEach { $0.resume() }
    }

    /// Waits until the gate is open.
    func pass() async {
        await withCheckedContinuation { continuation in
            let (isOpen, watchers) = state.withLock { state in
                state.arrived += 1
                if !state.isOpen { state.waiters.append(continuation) }
                let watchers = state.watchers.filter { $0.count <= state.arrived }
                let arrived = state.arrived
                state.watchers.removeAll { $0.count <= arrived }
                return (state.isOpen, watchers)
            }
            if isOpen { continuation.resume() }
            watchers.forEach { $0.1.resume() }
        }
    }

    /// Waits until `count` have come.
    func arrivals(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.arrived < count { state.watchers.append((count, continuation)) }
                return state.arrived >= count
            }
            if isThere { continuation.resume() }
        }
    }

    var arrived: Int { state.withLock { $0.arrived } }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String
}

/// An echo that notes what happens to it.
final class EchoObject: TestEcho {
    /// Opened for calls of `hold`.
    let gate = Gate()
    /// Opened when the object goes.
    let gone = Gate()
    private let log = Mutex<[String]>([])

    /// The texts of the calls, in the order in which they began.
    var calls: [String] { log.withLock { $0 } }

    deinit { gone.open() }

    func echo(text: String) async throws -> String {
        log.withLock { $0.append(text) }
        return text
    }

    func relay(text: String, callback: @escaping TestCallback) async throws -> String {
        log.withLock { $0.append(text) }
        return try await callback(text) + "!"
    }

    func fail(text: String) async throws {
        switch text {
        case "unimplemented": throw IPCError.unimplemented("not here")
        case "remote": throw RemoteException("from afar")
        default: throw TestFailure(description: text)
        }
    }

    func hold(text: String) async throws {
        log.withLock { $0.append(text) }
        await gate.pass()
    }

    func ping(text: String) async throws -> String {
        log.withLock { $0.append(text) }
        if text == "open" { gate.open() }
        return text
    }

    func same(object: (any TestEcho)?) async throws -> (any TestEcho)? { object }
}

/// A root that makes one echo for all.
final class InitObject: TestInit {
    let echo: EchoObject
    /// Opened when the root goes.
    let gone = Gate()

    init(echo: EchoObject = EchoObject()) { self.echo = echo }

    deinit { gone.open() }

    func makeEcho() async throws -> any TestEcho { echo }
}
