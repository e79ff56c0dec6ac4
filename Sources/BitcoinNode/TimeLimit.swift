import Synchronization

/// Awaits `body`, but no longer than `limit`, also when the calling task is cancelled: what has to be done before a
/// process ends is done for callers that have gone, too.
///
/// - Returns: What `body` returned; nil when the time was over first. `body` is then cancelled, but not awaited: it may
///   be waiting for somebody who never answers.
func withTimeLimit<Result: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async -> Result
) async -> Result? {
    let first = FirstOutcome<Result>()
    // Both end, or are ended, with this call; only a `body` that ignores its cancellation goes on.
    let work = Task { first.set(await body()) }
    let timer = Task {
        try await Task.sleep(for: limit)
        first.set(nil)
    }
    defer {
        work.cancel()
        timer.cancel()
    }
    return await first.outcome()
}

/// What comes first of two.
private final class FirstOutcome<Value: Sendable>: Sendable {
    private enum State {
        /// Goes to `awaited` or `known`.
        case open
        case awaited(CheckedContinuation<Value?, Never>)
        case known(Value?)
    }

    private let state = Mutex(State.open)

    /// Only the first call counts.
    func set(_ value: Value?) {
        let waiter = state.withLock { state -> CheckedContinuation<Value?, Never>? in
            switch state {
            case .open:
                state = .known(value)
                return nil
            case .awaited(let waiter):
                state = .known(value)
                return waiter
            case .known: return nil
            }
        }
        waiter?.resume(returning: value)
    }

    /// Waits for it; once.
    func outcome() async -> Value? {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> Value?? in
                if case .known(let value) = state { return .some(value) }
                state = .awaited(continuation)
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}
