package import BitcoinInterfaces
package import IPC
import Synchronization

/// The sockets that a process listens on, and who is connected to them.
package final class ServedClients: Sendable {
    private let servers = Mutex<[IpcServer]>([])

    /// No sockets yet.
    package init() {}

    /// Adds a socket.
    package func add(_ server: IpcServer) { servers.withLock { $0.append(server) } }

    /// Stops listening; connections go on.
    package func closeListeners() {
        for server in servers.withLock({ $0 }) { server.close() }
    }

    /// Ends every connection.
    package func disconnectAll() {
        for server in servers.withLock({ $0 }) { server.disconnectAll() }
    }

    /// Ends one connection.
    ///
    /// - Returns: False when there is none of that number.
    package func disconnect(_ id: UInt64) -> Bool {
        servers.withLock { $0 }.contains { $0.disconnect(id) }
    }

    /// Who is connected, in the order in which they came.
    package var clients: [IpcClientInfo] {
        servers.withLock { $0 }.flatMap(\.sessions).sorted { $0.id < $1.id }.map(IpcClientInfo.init)
    }
}

extension IpcClientInfo {
    fileprivate init(_ session: IpcSession) {
        let statistics = session.statistics
        self.init(
            id: session.id, name: session.peerName, processID: session.peer.processID ?? 0,
            userID: session.peer.userID ?? 0, connectedTime: session.startTime, groupID: session.peer.groupID ?? 0,
            address: session.peer.address, calls: statistics.calls,
            callsInFlight: UInt32(clamping: statistics.callsInFlight), bytesReceived: statistics.bytesReceived,
            bytesSent: statistics.bytesSent, objects: UInt32(clamping: statistics.objects),
            meanLatency: statistics.meanLatency.microseconds, maxLatency: statistics.maxLatency.microseconds)
    }
}

extension Duration {
    fileprivate var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
