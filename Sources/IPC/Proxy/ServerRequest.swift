import CapnpRPC
import Synchronization

/// A served call while it runs: lets calls that its method makes back into the same connection run on the thread that
/// waits for it.
final class ServerRequest: Sendable {
    /// The call whose method the current task runs, if any. Tasks started by the method inherit it; once the call has
    /// ended it no longer counts.
    @TaskLocal static var current: ServerRequest?

    let connection: ProxyConnection

    private struct State {
        var isFinished = false
        /// The thread of the peer that waits for this call.
        var callbackThread: Client?
        /// Our thread that runs this call, for the peer to nest calls in callbacks.
        var thread: Client?
        var callbacks = 0
    }

    private let queue: CallQueue?
    private let state: Mutex<State>

    /// - Parameters:
    ///   - queue: whose turn the call has; nil for calls that do not wait for turns.
    ///   - thread: `Context.thread` of the call.
    ///   - callbackThread: `Context.callbackThread` of the call.
    init(connection: ProxyConnection, queue: CallQueue?, thread: Client?, callbackThread: Client?) {
        self.connection = connection
        self.queue = queue
        self.state = Mutex(State(callbackThread: callbackThread, thread: thread))
    }

    /// The threads for a callback; nil if the call has ended or its caller named none.
    var callbackThreads: (thread: Client, callbackThread: Client?)? {
        state.withLock { state in
            guard !state.isFinished, let callbackThread = state.callbackThread else { return nil }
            return (callbackThread, state.thread)
        }
    }

    /// A call back into the connection begins: until it ends, nested calls may run.
    ///
    /// - Returns: whether ``endCallback()`` has to follow.
    func beginCallback() -> Bool {
        let (counts, isFirst) = state.withLock { state in
            guard !state.isFinished else { return (false, false) }
            state.callbacks += 1
            return (true, state.callbacks == 1)
        }
        if isFirst { queue?.beginCallback() }
        return counts
    }

    func endCallback() {
        let isLast = state.withLock { state in
            state.callbacks -= 1
            // A call that has ended has given up its turn.
            return state.callbacks == 0 && !state.isFinished
        }
        if isLast { queue?.endCallback() }
    }

    /// The method has returned: gives up the turn and the peer's thread.
    func finish() {
        // Assigned out of the lock: dropping a capability may send.
        let dropped = state.withLock { state in
            state.isFinished = true
            defer {
                state.callbackThread = nil
                state.thread = nil
            }
            return (state.callbackThread, state.thread, state.callbacks > 0)
        }
        // A method may return while a task of its own still waits for a callback; the turn ends with the method.
        if dropped.2 { queue?.endCallback() }
        queue?.leave()
    }
}
