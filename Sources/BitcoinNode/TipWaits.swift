import BitcoinInterfaces
import Synchronization

/// The waits of one `Mining` object, so that all can be interrupted.
final class TipWaits: Sendable {
    private let waits = Mutex<[ObjectIdentifier: TipWait]>([:])

    func begin() -> TipWait {
        let wait = TipWait()
        waits.withLock { $0[ObjectIdentifier(wait)] = wait }
        return wait
    }

    func end(_ wait: TipWait) {
        waits.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(wait)) }
    }

    func interruptAll() {
        for wait in waits.withLock({ Array($0.values) }) { wait.finish(.interrupted) }
    }
}

/// One wait for a new tip. The first outcome counts.
final class TipWait: Sendable {
    enum Outcome: Sendable {
        case changed(BlockRef)
        case timedOut
        case interrupted
    }

    private enum State {
        /// Nothing happened; may become `waiting` or `finished`.
        case idle
        /// Somebody waits; may become `finished`.
        case waiting(CheckedContinuation<Outcome, Never>)
        case finished(Outcome)
    }

    private let state = Mutex(State.idle)

    func finish(_ outcome: Outcome) {
        let continuation = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            switch state {
            case .idle:
                state = .finished(outcome)
                return nil
            case .waiting(let continuation):
                state = .finished(outcome)
                return continuation
            case .finished:
                return nil
            }
        }
        continuation?.resume(returning: outcome)
    }

    func outcome() async -> Outcome {
        await withCheckedContinuation { continuation in
            let done = state.withLock { state -> Outcome? in
                if case .finished(let outcome) = state { return outcome }
                state = .waiting(continuation)
                return nil
            }
            if let done { continuation.resume(returning: done) }
        }
    }
}
