import CProcess
import Logging
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Accepts connections on a listener's socket and hands each one on, on its loop.
///
/// Running out of descriptors does not end it: a second later it tries again.
final class SocketAcceptor: SocketLoopClient {
    private struct State {
        /// Nil once closed.
        var descriptor: Int32?
        var key: UInt64 = 0
    }

    private let listener: IpcListener
    private let queueLimit: Int
    private let logger: Logger
    private let accepted: @Sendable (SocketChannel) throws -> Void
    private let loop = SocketLoop.next()
    private let state: Mutex<State>

    private init(
        listener: IpcListener, descriptor: Int32, queueLimit: Int, logger: Logger,
        accepted: @escaping @Sendable (SocketChannel) throws -> Void
    ) {
        self.listener = listener
        self.queueLimit = queueLimit
        self.logger = logger
        self.accepted = accepted
        state = Mutex(State(descriptor: descriptor))
    }

    /// Starts accepting.
    ///
    /// - Parameters:
    ///   - queueLimit: bytes that may wait for a peer that does not read.
    ///   - accepted: takes the new channel and starts it before returning; throwing closes it.
    static func start(
        _ listener: IpcListener, queueLimit: Int, logger: Logger,
        accepted: @escaping @Sendable (SocketChannel) throws -> Void
    ) throws(IPCError) -> SocketAcceptor {
        guard let descriptor = listener.takeDescriptor() else {
            throw IPCError.disconnected("The listener on \(listener.path) is closed or in use already.")
        }
        UnixSocket.setNonBlocking(descriptor)
        let acceptor = SocketAcceptor(
            listener: listener, descriptor: descriptor, queueLimit: queueLimit, logger: logger, accepted: accepted)
        do throws(IPCError) {
            // Nothing can be accepted before the key is noted: that takes the lock too.
            try acceptor.state.withLock { (state) throws(IPCError) in
                state.key = try acceptor.loop.add(descriptor, acceptor, .readable)
            }
        } catch {
            acceptor.close()
            throw error
        }
        return acceptor
    }

    func isReady(_ events: SocketLoop.Events) {
        acceptAll()
    }

    private func acceptAll() {
        while let descriptor = state.withLock({ $0.descriptor }) {
            let new = accept4(descriptor, nil, nil, Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue))
            guard new < 0 else {
                take(new)
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EAGAIN: return
            default:
                let error = IPCError.systemCall(name: "accept", code: errno)
                logger.warning("IPC server: cannot accept a connection: \(error)")
                // Nobody waits for this task: it holds nothing and ends by itself.
                Task { [weak self] in
                    try? await Task.sleep(for: .seconds(1))
                    self?.retry()
                }
                return
            }
        }
    }

    private func retry() {
        loop.execute { [weak self] in self?.acceptAll() }
    }

    private func take(_ descriptor: Int32) {
        let credentials = UnixSocket.credentials(of: descriptor)
        let channel = SocketChannel(
            accepted: descriptor, loop: loop.forAccepted(), queueLimit: queueLimit,
            peer: IpcPeer(
                processID: credentials?.processID, userID: credentials?.userID, groupID: credentials?.groupID,
                address: "unix:" + listener.path))
        do {
            try accepted(channel)
        } catch {
            channel.close()
            return
        }
        // Its first messages are on their way, or the next connection.
        loop.expectMore()
    }

    /// Stops accepting and removes the socket's file. Accepted connections go on.
    func close() {
        listener.close()
        let descriptor = state.withLock { state in
            defer { state.descriptor = nil }
            if let descriptor = state.descriptor, state.key != 0 { loop.remove(descriptor, key: state.key) }
            return state.descriptor
        }
        guard let descriptor else { return }
        // Whoever is in the queue, or comes now, learns of it at once; the loop may just be accepting.
        UnixSocket.shutDown(descriptor)
        loop.execute { UnixSocket.close(descriptor) }
    }
}
