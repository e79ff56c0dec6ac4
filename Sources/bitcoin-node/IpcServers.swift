import BitcoinInterfaces
import IPC
import Synchronization

/// The sockets that this node listens on.
final class IpcServers: Sendable {
    private let servers = Mutex<[IpcServer]>([])

    func add(_ server: IpcServer) { servers.withLock { $0.append(server) } }

    func closeListeners() {
        for server in servers.withLock({ $0 }) { server.close() }
    }

    func disconnectAll() {
        for server in servers.withLock({ $0 }) { server.disconnectAll() }
    }

    /// Who is connected.
    var clients: [IpcClientInfo] {
        servers.withLock { $0 }.flatMap(\.sessions).map { session in
            IpcClientInfo(
                id: session.id, name: session.peerName, processID: session.peer.processID ?? 0,
                userID: session.peer.userID ?? 0,
                connectedTime: session.startTime)
        }
    }
}
