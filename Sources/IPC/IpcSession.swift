import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// One connection of an ``IpcProtocol``, seen from outside its objects: who is there, whether it lasts, how to end it.
///
/// Holding a session does not hold the connection: that is done by the objects that came over it.
package final class IpcSession: Sendable {
    /// A number that no other session of this process has; rises with time.
    package let id: UInt64
    /// Who is at the other end.
    package let peer: IpcPeer
    /// When the connection was made, seconds since 1970.
    package let startTime: Int64
    /// Where tasks that talk to the peer a lot run best: on the thread that reads its answers. See ``ChannelExecutor``.
    /// Nil if the channel has no thread of its own.
    package let executor: ChannelExecutor?

    private struct State {
        var peerName = ""
        var isClosed = false
        var reason: IPCError?
        var handlers: [@Sendable (IPCError?) -> Void] = []
        var close: (@Sendable () -> Void)?
        var statistics: (@Sendable () -> IpcStatistics)?
    }

    private static let counter = Atomic<UInt64>(0)
    private let state: Mutex<State>

    /// A session of a new connection; the protocol tells it how to close by ``setClose(_:)``.
    package init(peer: IpcPeer, executor: ChannelExecutor? = nil) {
        self.id = IpcSession.counter.add(1, ordering: .relaxed).newValue
        self.peer = peer
        self.executor = executor
        self.startTime = Int64(time(nil))
        self.state = Mutex(State())
    }

    /// Whether the connection has ended.
    package var isClosed: Bool { state.withLock { $0.isClosed } }

    /// What the peer calls itself: the name that it gave the first thread it made here. Empty before, and never to be
    /// trusted.
    package var peerName: String { state.withLock { $0.peerName } }

    /// Ends the connection. Pending calls of both sides fail, objects are dropped; ``onClose(_:)`` handlers follow.
    package func close() {
        let action = state.withLock { $0.close }
        action?()
    }

    /// Calls `handler` when the connection has ended, at once if it has already; on an arbitrary thread. The argument
    /// is nil after an orderly end or a close by this side.
    package func onClose(_ handler: @escaping @Sendable (IPCError?) -> Void) {
        let (isClosed, reason) = state.withLock { state in
            if !state.isClosed { state.handlers.append(handler) }
            return (state.isClosed, state.reason)
        }
        if isClosed { handler(reason) }
    }

    /// Waits for the end of the connection; cancelling the task does not end the wait.
    ///
    /// - Returns: nil after an orderly end or a close by this side.
    @discardableResult
    package func closed() async -> IPCError? {
        await withCheckedContinuation { continuation in onClose { continuation.resume(returning: $0) } }
    }

    /// What the connection has moved and cost so far; zero once it has ended, and where the protocol does not count.
    package var statistics: IpcStatistics { state.withLock { $0.statistics }?() ?? IpcStatistics() }

    /// For protocols: how to learn ``statistics``. The action may hold the connection: it is dropped when that ends.
    func setStatistics(_ action: @escaping @Sendable () -> IpcStatistics) {
        state.withLock { state in
            if !state.isClosed { state.statistics = action }
        }
    }

    /// For protocols: what the peer calls itself. Only the first name counts.
    func setPeerName(_ name: String) {
        state.withLock { state in
            if state.peerName.isEmpty { state.peerName = name }
        }
    }

    /// For protocols: how the connection is closed from this side. The action may hold the connection: it is dropped when
    /// that ends. (A weak reference would make every use of what it refers to slower.)
    package func setClose(_ action: @escaping @Sendable () -> Void) {
        state.withLock { state in
            if !state.isClosed { state.close = action }
        }
    }

    /// For protocols: the connection has ended. Only the first call counts.
    package func finish(_ reason: IPCError?) {
        let handlers = state.withLock { state in
            guard !state.isClosed else { return [@Sendable (IPCError?) -> Void]() }
            state.isClosed = true
            state.reason = reason
            state.close = nil
            state.statistics = nil
            defer { state.handlers = [] }
            return state.handlers
        }
        for handler in handlers { handler(reason) }
    }
}
