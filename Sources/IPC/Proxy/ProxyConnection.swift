package import CapnpRPC
package import Logging
import Synchronization

/// What the proxies of one Cap'n Proto connection share: threads of both sides, the connection's end, the log.
package final class ProxyConnection: Sendable {
    /// The connection from outside.
    package let session: IpcSession
    /// Bounds.
    package let limits: ProxyLimits
    /// For `ipc` messages.
    package let logger: Logger

    private struct State {
        var rpc: Connection?
        weak var lease: ConnectionLease?
        /// Our `ThreadMap`, made when first asked for.
        var threadMap: Client?
        /// `Thread` objects made for the peer that it has not released.
        var servedThreads = 0
        /// Turns of calls that name no thread, if the peer has asked for a pool.
        var pool: CallQueue?
    }

    private let closed = Atomic(false)
    private let requests = Atomic<UInt64>(0)

    private let state = Mutex(State())
    let remoteThreads: RemoteThreads
    /// The calls that destroy dropped objects of the peer.
    let destroys = DestroyQueue()

    /// - Parameter name: of this process, for the names of the threads that it has made at the peer.
    init(session: IpcSession, name: String, limits: ProxyLimits, logger: Logger) {
        self.session = session
        self.limits = limits
        self.logger = logger
        self.remoteThreads = RemoteThreads(sessionID: session.id, name: name, limits: limits)
    }

    /// The RPC connection; nil once closed.
    package var rpc: Connection? { state.withLock { $0.rpc } }

    /// Whether the connection has ended.
    package var isClosed: Bool { closed.load(ordering: .acquiring) }

    /// What keeps a connection that this side made: held by the proxies of remote objects. Nil on the serving side.
    var lease: ConnectionLease? { state.withLock { $0.lease } }

    /// Our `ThreadMap`, for `construct`.
    package var threadMap: Client {
        if let map = state.withLock({ $0.threadMap }) { return map }
        let map = Client(ThreadMapServer(connection: self))
        return state.withLock { state in
            if let other = state.threadMap { return other }
            if !isClosed { state.threadMap = map }
            return map
        }
    }

    /// The peer's `ThreadMap`, from `construct`; nil if it has none.
    package func setPeerThreadMap(_ map: Client?) {
        remoteThreads.setMap(map)
    }

    func attach(rpc: Connection, lease: ConnectionLease?) {
        state.withLock { state in
            state.rpc = rpc
            state.lease = lease
        }
    }

    /// The connection has ended: drops everything that refers back to it.
    func connectionClosed() {
        let dropped = state.withLock { state in
            closed.store(true, ordering: .releasing)
            defer {
                state.rpc = nil
                state.threadMap = nil
                state.pool = nil
            }
            return (state.rpc, state.threadMap, state.pool)
        }
        _ = dropped
        destroys.close()
        remoteThreads.close()
    }

    /// A running number for log messages.
    func nextRequestNumber() -> UInt64 {
        requests.add(1, ordering: .relaxed).newValue
    }
}

// MARK: Threads for the peer

extension ProxyConnection {
    /// A thread for the peer's `makeThread`.
    func makeServedThread(from name: String) throws(IPCError) -> ThreadServer {
        try reserveThreads(1)
        // Kept as long as the thread is, and written into the log: neither its length nor its line ends are the peer's
        // to choose.
        let scalars = name.unicodeScalars.prefix(limits.nameLength).filter { $0.value >= 32 && $0.value != 127 }
        let name = String(String.UnicodeScalarView(scalars))
        session.setPeerName(name)
        return servedThread(name: "from \(name)")
    }

    /// Threads for calls that name none.
    func makePool(count: UInt32) throws {
        try state.withLock { state in
            guard state.pool == nil else { throw RemoteException("makePool called on connection with existing pool") }
            guard Int(count) <= limits.servedThreads - state.servedThreads else {
                throw IPCError.overloaded("too many threads")
            }
            // A pool of nothing is none, as in Core.
            guard count > 0, !isClosed else { return }
            state.servedThreads += Int(count)
            state.pool = CallQueue(limit: limits.queuedCalls, width: Int(count))
        }
    }

    /// Turns of calls that name no thread; nil if the peer has made no pool.
    var pool: CallQueue? { state.withLock { $0.pool } }

    private func reserveThreads(_ count: Int) throws(IPCError) {
        try state.withLock { (state) throws(IPCError) in
            guard state.servedThreads + count <= limits.servedThreads else { throw .overloaded("too many threads") }
            state.servedThreads += count
        }
    }

    private func servedThread(name: String) -> ThreadServer {
        ThreadServer(sessionID: session.id, name: name, limit: limits.queuedCalls) {
            self.state.withLock { $0.servedThreads -= 1 }
        }
    }
}

/// Keeps a connection that this side made. When the last proxy that holds it goes, the connection is closed.
final class ConnectionLease: Sendable {
    private let session: IpcSession

    init(session: IpcSession) {
        self.session = session
    }

    deinit { session.close() }
}
