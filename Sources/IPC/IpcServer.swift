import Logging
import Synchronization

/// A listening socket being served, and its connections. Lasts until ``close()``, whether or not it is held.
package final class IpcServer: Sendable {
    /// The socket's file.
    package let path: String

    private struct State {
        var acceptor: SocketAcceptor?
        var sessions: [UInt64: IpcSession] = [:]
        /// Connections that are being set up.
        var reserved = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let logger: Logger

    init(path: String, logger: Logger) {
        self.path = path
        self.logger = logger
    }

    /// The connections of now, oldest first.
    package var sessions: [IpcSession] {
        state.withLock { $0.sessions.values.sorted { $0.id < $1.id } }
    }

    /// Stops accepting and removes the socket's file. Connections go on; see ``disconnectAll()``.
    package func close() {
        let acceptor = state.withLock { state in
            state.isClosed = true
            defer { state.acceptor = nil }
            return state.acceptor
        }
        acceptor?.close()
    }

    /// Ends one connection.
    ///
    /// - Returns: false when there is none of that number.
    package func disconnect(_ id: UInt64) -> Bool {
        guard let session = state.withLock({ $0.sessions[id] }) else { return false }
        session.close()
        return true
    }

    /// Ends every connection.
    package func disconnectAll() {
        for session in sessions { session.close() }
    }

    func setAcceptor(_ acceptor: SocketAcceptor) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.acceptor = acceptor }
            return state.isClosed
        }
        if isClosed { acceptor.close() }
    }

    /// Makes room for one more connection, if there are fewer than `limit`.
    func reserve(_ limit: Int) -> Bool {
        state.withLock { state in
            guard !state.isClosed, state.sessions.count + state.reserved < limit else { return false }
            state.reserved += 1
            return true
        }
    }

    func releaseReservation() {
        state.withLock { $0.reserved -= 1 }
    }

    func add(_ session: IpcSession) {
        state.withLock { state in
            state.reserved -= 1
            state.sessions[session.id] = session
        }
        session.onClose { [weak self] _ in
            self?.state.withLock { _ = $0.sessions.removeValue(forKey: session.id) }
        }
    }
}
