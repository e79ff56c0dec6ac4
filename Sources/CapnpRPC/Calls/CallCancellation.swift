import Synchronization

/// Whether the caller of a method still wants its outcome.
struct CallCancellation: ~Copyable, Sendable {
    struct State {
        var isFinished = false
        var isDisconnected = false
        /// Whether the call need not be delivered any more.
        var isRevoked = false
        var allowsCancellation = false
        var hasEnded = false
        var task: Task<Void, Never>?
        var handlers: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    /// Whether the caller has sent `Finish`, or is gone.
    var isCancelled: Bool { state.withLock { $0.isFinished || $0.isDisconnected } }

    /// Whether the method need not begin any more.
    var isRevoked: Bool { state.withLock { $0.isRevoked || $0.isDisconnected } }

    /// Whether the caller is gone.
    var isDisconnected: Bool { state.withLock { $0.isDisconnected } }

    /// Lets `Finish` cancel the method's task; see `IncomingCall.allowCancellation()`.
    func allowCancellation() {
        let task = state.withLock { state in
            state.allowsCancellation = true
            return state.isFinished || state.isDisconnected ? state.task : nil
        }
        task?.cancel()
    }

    /// Makes `task` the one to cancel. A method that has already returned is not kept.
    func attach(_ task: Task<Void, Never>) {
        let isTooLate = state.withLock { state in
            if state.hasEnded { return false }
            state.task = task
            return state.isDisconnected || (state.isFinished && state.allowsCancellation)
        }
        if isTooLate { task.cancel() }
    }

    /// Calls `handler` once when the caller loses interest; at once if it has.
    func onCancel(_ handler: @escaping @Sendable () -> Void) {
        let isTooLate = state.withLock { state in
            if state.isFinished || state.isDisconnected { return true }
            if state.hasEnded { return false }
            state.handlers.append(handler)
            return false
        }
        if isTooLate { handler() }
    }

    /// The caller does not want the results any more. Not under any lock.
    ///
    /// - Parameter revokes: whether a method that has not begun need not begin.
    func finish(revokes: Bool = false) {
        cancel {
            $0.isFinished = true
            if revokes { $0.isRevoked = true }
        }
    }

    /// The caller is gone. Not under any lock.
    func disconnect() {
        cancel { $0.isDisconnected = true }
    }

    private func cancel(_ note: (inout State) -> Void) {
        let (handlers, task) = state.withLock { state in
            note(&state)
            let handlers = state.handlers
            state.handlers = []
            return (handlers, state.isDisconnected || state.allowsCancellation ? state.task : nil)
        }
        task?.cancel()
        for handler in handlers { handler() }
    }

    /// The method has ended: its task and the handlers are let go.
    func end() {
        // Freed after the lock: a handler may own anything.
        _ = state.withLock { state in
            let former = (state.task, state.handlers)
            state.hasEnded = true
            state.task = nil
            state.handlers = []
            return former
        }
    }
}
