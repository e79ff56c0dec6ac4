package import Logging

/// Turns channels into objects: the root of the far side on one end, ours served on the other.
///
/// `Root` is the application's first interface, such as `any ProcessInit`. An implementation knows a wire format and
/// no addresses or processes.
package protocol IpcProtocol<Root>: Sendable {
    /// What each side sees of the other first.
    associatedtype Root: Sendable

    /// For `ipc` messages.
    var logger: Logger { get }

    /// The root object served at the other end of `channel`.
    ///
    /// The connection lasts while the root, or any object received over it, is held.
    /// - Throws: ``IPCError`` if the far side ends the connection or does not speak the protocol.
    func connect(_ channel: any IpcChannel) async throws -> IpcConnection<Root>

    /// Serves an object to the other end of `channel` until that end, or ``IpcSession/close()``, closes it.
    ///
    /// - Parameters:
    ///   - limits: what the other end may take of this process.
    ///   - root: makes the object for this session; called once, before this returns.
    /// - Throws: what `root` throws, or ``IPCError`` if the channel is in use.
    func serve(
        _ channel: any IpcChannel, limits: IpcLimits, root: (IpcSession) throws -> Root
    ) throws -> IpcSession

    /// Tells the other end of `channel` why it is not served, and closes the channel.
    func refuse(_ channel: any IpcChannel, reason: String)
}

extension IpcProtocol {
    /// Closes the channel: what a protocol does that has no words for it.
    package func refuse(_ channel: any IpcChannel, reason: String) {
        logger.warning("\(channel.peer) refused: \(reason)")
        channel.close()
    }

    /// Serves an object to the other end of `channel` within the usual limits; see ``serve(_:limits:root:)``.
    package func serve(_ channel: any IpcChannel, root: (IpcSession) throws -> Root) throws -> IpcSession {
        try serve(channel, limits: IpcLimits(), root: root)
    }

    /// Serves `root` to the other end of `channel` within the usual limits; see ``serve(_:limits:root:)``.
    package func serve(_ channel: any IpcChannel, root: Root) throws -> IpcSession {
        try serve(channel, root: { _ in root })
    }

    /// Accepts connections and serves each one until it is closed.
    ///
    /// - Parameters:
    ///   - listener: the bound socket; closed by ``IpcServer/close()``.
    ///   - limits: for the connections; those beyond the allowed number are told so and closed.
    ///   - root: makes or finds the object for a new session; its errors end that session only.
    package func listen(
        _ listener: IpcListener, limits: IpcLimits = IpcLimits(),
        root: @escaping @Sendable (IpcSession) throws -> Root
    ) async throws -> IpcServer {
        let server = IpcServer(path: listener.path, logger: logger)
        let acceptor = try SocketAcceptor.start(
            listener, queueLimit: limits.queuedBytes, logger: logger
        ) { channel in
            guard server.reserve(limits.connections) else {
                refuse(channel, reason: "No more than \(limits.connections) connections are served at this address.")
                return
            }
            do {
                server.add(try serve(channel, limits: limits, root: root))
            } catch {
                server.releaseReservation()
                logger.warning("IPC server: cannot serve \(channel.peer): \(error)")
                throw error
            }
        }
        server.setAcceptor(acceptor)
        return server
    }
}

/// The result of ``IpcProtocol/connect(_:)``.
package struct IpcConnection<Root: Sendable>: Sendable {
    /// The far side's first object. Dropping it and all that came from it ends the connection.
    package let root: Root
    /// The connection itself.
    package let session: IpcSession

    /// A root and the session that it came over.
    package init(root: Root, session: IpcSession) {
        self.root = root
        self.session = session
    }
}
