import Capnp
import CapnpRPC

/// `Thread` of `mp/proxy.capnp`: a handle with which a peer orders its calls.
final class ThreadServer: Server {
    /// Session of the connection that made it; a thread is worth nothing on another.
    let sessionID: UInt64
    let name: String
    let queue: CallQueue
    private let onDeinit: (@Sendable () -> Void)?

    init(sessionID: UInt64, name: String, limit: Int, onDeinit: (@Sendable () -> Void)? = nil) {
        self.sessionID = sessionID
        self.name = name
        self.queue = CallQueue(limit: limit)
        self.onDeinit = onDeinit
    }

    deinit { onDeinit?() }

    func dispatch(_ call: IncomingCall) async throws {
        typealias Thread = ProxyMessages.Thread
        guard call.interfaceID == Thread.interfaceID, Thread.Method(rawValue: call.methodID) == .getName else {
            throw call.unimplemented()
        }
        Thread.GetNameResults.Builder(call.results(size: Thread.GetNameResults.size)).setResult(name)
    }
}
