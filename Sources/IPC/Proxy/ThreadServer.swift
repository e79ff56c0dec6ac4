import Capnp
import CapnpRPC
import Synchronization

/// `Thread` of `mp/proxy.capnp`: a handle with which a peer orders its calls.
final class ThreadServer: Server {
    /// Session of the connection that made it; a thread is worth nothing on another.
    let sessionID: UInt64
    let name: String
    let queue: CallQueue
    private let onDeinit: (@Sendable () -> Void)?
    /// The peer's thread that waited for the last call.
    private let lastCallbackThread = Mutex<Client?>(nil)

    init(sessionID: UInt64, name: String, limit: Int, onDeinit: (@Sendable () -> Void)? = nil) {
        self.sessionID = sessionID
        self.name = name
        self.queue = CallQueue(limit: limit)
        self.onDeinit = onDeinit
    }

    deinit { onDeinit?() }

    /// Keeps the peer's thread that waits for a call: mostly it is the next call's too, and would otherwise be released
    /// and handed over again with every call.
    func keep(_ callbackThread: Client) {
        let former = lastCallbackThread.withLock { last in
            defer { last = callbackThread }
            return last
        }
        // Freed without the lock: it may send.
        _ = former
    }

    nonisolated(nonsending) func dispatch(_ call: IncomingCall) async throws {
        typealias Thread = ProxyMessages.Thread
        guard call.interfaceID == Thread.interfaceID, Thread.Method(rawValue: call.methodID) == .getName else {
            throw call.unimplemented()
        }
        Thread.GetNameResults.Builder(call.results(size: Thread.GetNameResults.size)).setResult(name)
    }
}
