import Foundation
import Synchronization
import Testing

/// A number that may be counted up from anywhere.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func increment() { count.withLock { $0 += 1 } }
}

/// A list that may be added to from anywhere.
final class Recorder<Element: Sendable>: Sendable {
    private let list = Mutex<[Element]>([])

    var elements: [Element] { list.withLock { $0 } }

    func add(_ element: Element) { list.withLock { $0.append(element) } }

    func clear() { list.withLock { $0 = [] } }
}

/// A door that is shut until it is opened.
final class Gate: Sendable {
    private enum State {
        case shut([CheckedContinuation<Void, Never>])
        case open
    }

    private let state = Mutex(State.shut([]))

    /// Waits until the gate is open.
    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                guard case .shut(let waiting) = state else { return true }
                state = .shut(waiting + [continuation])
                return false
            }
            if isOpen { continuation.resume() }
        }
    }

    /// Lets everybody through, now and later.
    func open() {
        let waiting = state.withLock { state in
            defer { state = .open }
            guard case .shut(let waiting) = state else { return [] as [CheckedContinuation<Void, Never>] }
            return waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// Runs `body`, but no longer than that; nil when it took longer. What it does then is left to itself.
func withTimeout<Result: Sendable>(
    seconds: Double, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result? {
    let outcome = Mutex<Swift.Result<Result, any Error>?>(nil)
    let done = Gate()
    let work = Task {
        do {
            let value = try await body()
            outcome.withLock { $0 = $0 ?? .success(value) }
        } catch {
            outcome.withLock { $0 = $0 ?? .failure(error) }
        }
        done.open()
    }
    let timer = Task {
        try await Task.sleep(for: .seconds(seconds))
        done.open()
    }
    await done.pass()
    timer.cancel()
    work.cancel()
    return try outcome.withLock { $0 }?.get()
}

/// Lets some milliseconds pass, from code that cannot wait otherwise.
func sleepBriefly() {
    Thread.sleep(forTimeInterval: 0.002)
}
