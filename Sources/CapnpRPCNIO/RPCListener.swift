public import CapnpRPC
public import NIOCore
public import NIOPosix

/// Accepts connections and offers each an object.
public final class RPCListener: Sendable {
    /// Where it listens; the port is the chosen one if none was asked for.
    public let localAddress: SocketAddress?
    private let channel: any Channel

    private init(channel: any Channel) {
        self.channel = channel
        localAddress = channel.localAddress
    }

    /// Listens on a Unix socket. A socket of that path that nobody serves any more is replaced.
    ///
    /// - Parameters:
    ///   - path: of the socket; whoever can open it can call. Keep it in a folder that only its users can enter.
    ///   - limits: how much each client may make this side remember.
    ///   - group: the event loops to use.
    ///   - bootstrap: makes the object for a new connection, on its event loop.
    /// - Throws: what binding throws.
    public static func listen(
        unixSocket path: String, limits: ConnectionLimits = ConnectionLimits(),
        on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        bootstrap: @escaping @Sendable () -> Client
    ) async throws -> RPCListener {
        let channel = try await server(group, limits, bootstrap)
            .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
        return RPCListener(channel: channel)
    }

    /// Listens on a TCP port; 0 lets the system choose one.
    ///
    /// - Throws: what binding throws.
    public static func listen(
        host: String, port: Int, limits: ConnectionLimits = ConnectionLimits(),
        on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        bootstrap: @escaping @Sendable () -> Client
    ) async throws -> RPCListener {
        RPCListener(channel: try await server(group, limits, bootstrap).bind(host: host, port: port).get())
    }

    private static func server(
        _ group: any EventLoopGroup, _ limits: ConnectionLimits, _ bootstrap: @escaping @Sendable () -> Client
    ) -> ServerBootstrap {
        ServerBootstrap(group: group).childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                _ = try NIOTransport.addConnection(to: channel, bootstrap: bootstrap(), limits: limits)
            }
        }
    }

    /// Stops accepting. Connections go on.
    public func close() async throws {
        try await channel.close()
    }

    /// Waits until it stops accepting.
    public func closed() async throws {
        try await channel.closeFuture.get()
    }
}
