public import CapnpRPC
public import NIOCore
public import NIOPosix

/// Makes connections to servers.
public enum RPCClient {
    /// Connects to a Unix socket.
    ///
    /// The connection lasts until somebody closes it: dropping it is not enough.
    ///
    /// - Parameters:
    ///   - path: of the socket.
    ///   - bootstrap: the object that the server can ask for; mostly none.
    ///   - limits: how much the server may make this side remember.
    ///   - group: the event loops to use.
    /// - Throws: what connecting throws.
    public static func connect(
        unixSocket path: String, bootstrap: Client? = nil, limits: ConnectionLimits = ConnectionLimits(),
        on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async throws -> Connection {
        try await connect(to: try SocketAddress(unixDomainSocketPath: path), bootstrap, limits, group)
    }

    /// Connects to a TCP port. Everything goes over the network as it is: for untrusted networks put TLS into a pipeline of
    /// your own, with `NIOTransport` at its end.
    ///
    /// - Throws: what connecting throws.
    public static func connect(
        host: String, port: Int, bootstrap: Client? = nil, limits: ConnectionLimits = ConnectionLimits(),
        on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async throws -> Connection {
        let address = try SocketAddress.makeAddressResolvingHost(host, port: port)
        return try await connect(to: address, bootstrap, limits, group)
    }

    private static func connect(
        to address: SocketAddress, _ bootstrap: Client?, _ limits: ConnectionLimits, _ group: any EventLoopGroup
    ) async throws -> Connection {
        try await ClientBootstrap(group: group).connect(to: address) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOTransport.addConnection(to: channel, bootstrap: bootstrap, limits: limits)
            }
        }
    }
}
