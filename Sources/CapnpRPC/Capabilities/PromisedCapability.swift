import Synchronization

/// A promise of the peer's: a capability in the results of a question, or an import that was sent as a promise.
///
/// Until it resolves, calls are sent to the address that stands for it. Afterwards they go to what it became, or, when
/// that is not an object of the same peer, into an embargo first (see `ConnectionState.embargo`).
///
/// The connection decides which of the two, under its lock; the lock here is a leaf, and makes the state readable
/// without the connection's.
final class PromisedCapability: Sendable {
    private enum Phase {
        /// Stands for `address`. The results that it is part of are kept, so that the answer reaches this promise.
        case unresolved(RemoteCapability, source: CallResult?)
        case resolved(Target)
    }

    private struct State {
        var phase: Phase
        var observers: [SettlingObserver] = []
        var depth = 0
    }

    let connection: Connection

    /// Whether anything has been sent to the address, so that an embargo is needed.
    let used: UseFlag

    private let state: Mutex<State>

    init(_ address: RemoteCapability, source: CallResult?, used: UseFlag) {
        connection = address.connection
        self.used = used
        state = Mutex(State(phase: .unresolved(address, source: source)))
    }

    /// What it became; `nil` before that.
    var resolution: Target? {
        state.withLock { if case .resolved(let target) = $0.phase { target } else { nil } }
    }

    /// The address that calls are to be sent to now; `nil` once resolved.
    var address: RemoteCapability? {
        state.withLock { if case .unresolved(let address, _) = $0.phase { address } else { nil } }
    }

    /// Resolves the promise. Only the connection does this, under its lock.
    ///
    /// - Returns: what must happen once the connection's lock is free.
    func resolve(to target: Target) -> SettledPromise {
        let target = target.asResolution(of: self, depth: state.withLock { $0.depth })
        return state.withLock { state in
            guard case .unresolved = state.phase else {
                return SettledPromise(promise: self, target: target, observers: [], former: nil)
            }
            let former = state.phase
            let observers = state.observers
            state.phase = .resolved(target)
            state.observers = []
            return SettledPromise(promise: self, target: target, observers: observers, former: former)
        }
    }

    /// Registers an observer; see `Target.whenSettled`.
    func whenResolved(_ observer: @escaping SettlingObserver) -> Bool {
        state.withLock { state in
            guard case .unresolved = state.phase else { return false }
            state.observers.append(observer)
            return true
        }
    }

    /// See `Target.deepen`.
    func deepen(_ depth: Int) {
        state.withLock { $0.depth = max($0.depth, depth) }
    }
}

/// A promise that has just resolved: observers to tell, and references to let go, both without any lock held.
struct SettledPromise: Sendable {
    let promise: PromisedCapability
    let target: Target
    let observers: [SettlingObserver]
    /// Kept only to be freed later: freeing it may send messages and run other people's code.
    let former: (any Sendable)?

    /// Tells the observers.
    func notify() {
        for observer in observers { observer(target) }
    }
}

/// Whether a promise has been used. Shared between the promise and the call result that outlives it.
final class UseFlag: Sendable {
    private let flag = Atomic(false)

    /// Whether anything has been sent to the promise.
    var isSet: Bool { flag.load(ordering: .relaxed) }

    /// Written and decided upon under the connection's lock, which orders the accesses.
    func set() {
        flag.store(true, ordering: .relaxed)
    }
}
