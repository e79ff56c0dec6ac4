import Synchronization

@testable import IPC

/// How many objects there are.
final class LiveCount: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func change(by number: Int) { count.withLock { $0 += number } }
}

/// An echo that is counted while it lives.
final class CountedEcho: TestEcho {
    private let live: LiveCount

    init(_ live: LiveCount) {
        self.live = live
        live.change(by: 1)
    }

    deinit { live.change(by: -1) }

    func echo(text: String) async throws -> String { text }
    func relay(text: String, callback: @escaping TestCallback) async throws -> String { try await callback(text) + "!" }
    func fail(text: String) async throws { throw TestFailure(description: text) }

    /// Lasts until it is given up.
    func hold(text: String) async throws {
        live.change(by: 1)
        defer { live.change(by: -1) }
        try await Task.sleep(for: .seconds(3600))
    }

    func ping(text: String) async throws -> String { text == "live" ? String(live.value) : text }
    func same(object: (any TestEcho)?) async throws -> (any TestEcho)? { object }
}

/// A root that makes a new echo each time.
struct CountedInit: TestInit {
    let live = LiveCount()

    func makeEcho() async throws -> any TestEcho { CountedEcho(live) }
}
