import Synchronization

/// Something that comes to be once, and those who wait for it.
final class Readiness: Sendable {
    private struct State {
        var isReady = false
        var waiters: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        /// Waits that have begun and were cancelled before they had a continuation.
        var cancelled: Set<UInt64> = []
        var lastID: UInt64 = 0
    }

    private let state = Mutex(State())

    /// It is there: lets everybody in, now and later.
    func open() {
        let waiters = state.withLock { state in
            state.isReady = true
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits for it.
    ///
    /// - Throws: `CancellationError` when the task is cancelled meanwhile.
    func wait() async throws {
        let id = state.withLock { state -> UInt64? in
            if state.isReady { return nil }
            state.lastID += 1
            return state.lastID
        }
        guard let id else { return }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state -> Result<Void, any Error>? in
                    if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
                    if state.isReady { return .success(()) }
                    state.waiters[id] = continuation
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: id)
                if waiter == nil, !state.isReady { state.cancelled.insert(id) }
                return waiter
            }
            waiter?.resume(throwing: CancellationError())
        }
    }
}
