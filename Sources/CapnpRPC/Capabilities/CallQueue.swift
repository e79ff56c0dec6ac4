import Synchronization

/// A promise of this process: calls wait here, in order, until it is known where they go.
///
/// Used for capabilities in the results of a local method that has not returned, and for embargoes.
final class CallQueue: Sendable {
    private enum Phase {
        /// Goes to `draining`.
        case waiting
        /// The calls are being delivered; one that is made now still goes to the end of the queue. Goes to `resolved`.
        case draining
        case resolved(Target)
    }

    private struct State {
        var phase = Phase.waiting
        var calls: [CallRequest] = []
        var observers: [SettlingObserver] = []
        var depth = 0
    }

    private let state = Mutex(State())

    /// What it became; `nil` until every queued call has been delivered there.
    var resolution: Target? {
        state.withLock { if case .resolved(let target) = $0.phase { target } else { nil } }
    }

    /// Adds a call to the queue.
    ///
    /// - Returns: where the call goes instead, when nothing waits any more; else `nil`.
    func enqueue(_ call: CallRequest) -> Target? {
        state.withLock { state in
            if case .resolved(let target) = state.phase { return target }
            state.calls.append(call)
            return nil
        }
    }

    /// Delivers the queued calls to `target`, and those that arrive meanwhile, then lets later ones pass.
    ///
    /// Not under any lock. Does nothing when it has been called before.
    func resolve(to target: Target) {
        let mayDrain = state.withLock { state in
            guard case .waiting = state.phase else { return false }
            state.phase = .draining
            return true
        }
        guard mayDrain else { return }

        let settled = target.asResolution(of: self, depth: state.withLock { $0.depth })

        while true {
            let batch = state.withLock { state -> [CallRequest] in
                let batch = state.calls
                state.calls = []
                if batch.isEmpty { state.phase = .resolved(settled) }
                return batch
            }
            if batch.isEmpty { break }
            for call in batch { call.start(on: settled) }
        }
        let observers = state.withLock { state in
            let observers = state.observers
            state.observers = []
            return observers
        }
        for observer in observers { observer(settled) }
    }

    /// Registers an observer; see `Target.whenSettled`. It is told after the queued calls have been delivered.
    func whenResolved(_ observer: @escaping SettlingObserver) -> Bool {
        state.withLock { state in
            if case .resolved = state.phase { return false }
            state.observers.append(observer)
            return true
        }
    }

    /// See `Target.deepen`.
    func deepen(_ depth: Int) {
        state.withLock { $0.depth = max($0.depth, depth) }
    }
}
