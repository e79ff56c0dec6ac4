import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Accepts connections on a listener's socket and hands each one on, on its event loop.
///
/// Running out of descriptors does not end it: NIO then waits a second before it accepts again.
final class SocketAcceptor: Sendable {
    private let listener: IpcListener
    private let channel: any Channel

    private init(listener: IpcListener, channel: any Channel) {
        self.listener = listener
        self.channel = channel
    }

    /// Starts accepting.
    ///
    /// - Parameters:
    ///   - queueLimit: bytes that may wait for a peer that does not read.
    ///   - accepted: takes the new channel and starts it before returning; throwing closes it.
    static func start(
        _ listener: IpcListener, queueLimit: Int, logger: Logger,
        accepted: @escaping @Sendable (SocketChannel) throws -> Void
    ) async throws -> SocketAcceptor {
        guard let descriptor = listener.takeDescriptor() else {
            throw IPCError.disconnected("The listener on \(listener.path) is closed or in use already.")
        }
        let address = "unix:" + listener.path
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptErrorHandler(logger: logger))
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let adopted = try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable {
                        (descriptor: NIOBSDSocket.Handle) in
                        let credentials = UnixSocket.credentials(of: descriptor)
                        return try SocketChannel(
                            accepted: channel, descriptor: descriptor, queueLimit: queueLimit,
                            peer: IpcPeer(
                                processID: credentials?.processID, userID: credentials?.userID,
                                groupID: credentials?.groupID, address: address))
                    }
                    guard let adopted else { throw IPCError.systemCall(name: "accept", code: 0) }
                    try accepted(adopted)
                }
            }
            .withBoundSocket(descriptor)
            .get()
        return SocketAcceptor(listener: listener, channel: channel)
    }

    /// Stops accepting and removes the socket's file. Accepted connections go on.
    func close() {
        listener.close()
        channel.close(promise: nil)
    }
}

/// Logs what goes wrong with accepting, which is not the end of it.
private final class AcceptErrorHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        logger.warning("IPC server: cannot accept a connection: \(error)")
    }
}
