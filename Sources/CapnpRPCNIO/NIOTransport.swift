// CapnpRPCNIO: Cap'n Proto RPC over the channels of SwiftNIO.
//
// `RPCClient` and `RPCListener` connect and listen on Unix sockets and TCP. For any other channel (TLS, a socketpair, a tunnel)
// `NIOTransport` is the handler at the end of the pipeline: it cuts the stream into messages for a `Connection`, and sends
// what the connection says, in order, whichever thread it comes from.
//
// A connection and its channel refer to each other until one of them ends; either end closes the other.

public import Capnp
public import CapnpRPC
public import NIOCore
import Synchronization

/// The end of a channel's pipeline: between bytes and the messages of a `Connection`.
///
/// Add it to the pipeline on the channel's event loop, behind whatever turns the outside into plain bytes.
public final class NIOTransport: ChannelInboundHandler, MessageTransport {
    /// Bytes in.
    public typealias InboundIn = ByteBuffer
    /// Bytes out.
    public typealias OutboundOut = ByteBuffer

    /// How much may wait to be sent to a peer that does not read, in bytes. Beyond it the peer is disconnected.
    public static let outboundLimit = 64 << 20

    private struct Outbound {
        /// Frames that the event loop has not yet written.
        var queue: [[UInt8]] = []
        /// Bytes in the queue and in the channel that have not been sent.
        var bytes = 0
        /// Whether the event loop has been asked to write.
        var isScheduled = false
        var isClosing = false
    }

    /// What only the event loop touches.
    private struct Inbound {
        var decoder: FrameDecoder
        var connection: Connection?
    }

    private let channel: any Channel
    private let inbound: NIOLoopBound<Box<Inbound>>
    private let outbound = Mutex(Outbound())

    private final class Box<Value> {
        var value: Value

        init(_ value: Value) { self.value = value }
    }

    private init(channel: any Channel, limits: ReaderLimits) {
        self.channel = channel
        inbound = NIOLoopBound(Box(Inbound(decoder: FrameDecoder(limits: limits))), eventLoop: channel.eventLoop)
    }

    /// Puts a connection at the end of a channel's pipeline.
    ///
    /// - Parameters:
    ///   - channel: connected, or about to be; the caller is on its event loop.
    ///   - bootstrap: the object that the peer gets first; `nil` to offer none.
    ///   - limits: how much the peer may make this side remember.
    ///   - readerLimits: for each of its messages.
    /// - Returns: the connection.
    /// - Throws: what adding a handler throws.
    public static func addConnection(
        to channel: any Channel, bootstrap: Client? = nil, limits: ConnectionLimits = ConnectionLimits(),
        readerLimits: ReaderLimits = ReaderLimits()
    ) throws -> Connection {
        let transport = NIOTransport(channel: channel, limits: readerLimits)
        let connection = Connection(transport: transport, bootstrap: bootstrap, limits: limits)
        transport.inbound.value.value.connection = connection
        try channel.pipeline.syncOperations.addHandler(transport)
        return connection
    }

    // MARK: From the connection

    /// Several messages at a time.
    public var takesBatches: Bool { true }

    /// Queues messages.
    public func send(_ frame: [UInt8]) {
        let (schedules, isTooMuch) = outbound.withLock { outbound in
            guard !outbound.isClosing else { return (false, false) }
            outbound.queue.append(frame)
            outbound.bytes += frame.count
            if outbound.bytes > Self.outboundLimit {
                outbound.isClosing = true
                return (false, true)
            }
            defer { outbound.isScheduled = true }
            return (!outbound.isScheduled, false)
        }
        if schedules { channel.eventLoop.execute { self.flush() } }
        if isTooMuch { channel.close(promise: nil) }
    }

    /// Closes the channel when everything has been sent.
    public func close() {
        let isAlready = outbound.withLock { outbound in
            defer { outbound.isClosing = true }
            return outbound.isClosing
        }
        guard !isAlready else { return }
        channel.eventLoop.execute {
            self.flush()
            // Frames are written in order, so this write is done when all others are.
            self.channel.writeAndFlush(ByteBuffer()).whenComplete { _ in self.channel.close(promise: nil) }
            // A peer that does not read cannot keep the channel.
            self.channel.eventLoop.scheduleTask(in: .seconds(5)) { self.channel.close(promise: nil) }
        }
    }

    /// Writes what waits; on the event loop.
    private func flush() {
        let frames = outbound.withLock { outbound in
            outbound.isScheduled = false
            defer { outbound.queue = [] }
            return outbound.queue
        }
        guard !frames.isEmpty else { return }
        for frame in frames {
            channel.write(ByteBuffer(bytes: frame)).whenComplete { _ in
                self.outbound.withLock { $0.bytes -= frame.count }
            }
        }
        channel.flush()
    }

    // MARK: From the channel

    /// Bytes have arrived.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let box = inbound.value
        guard let connection = box.value.connection else { return }
        box.value.decoder.push(unwrapInboundIn(data).readableBytesView)
        do throws(CapnpError) {
            while let message = try box.value.decoder.next() { connection.receive(message) }
        } catch {
            box.value.connection = nil
            connection.abort("Malformed message: \(error).")
        }
    }

    /// The channel has ended.
    public func channelInactive(context: ChannelHandlerContext) {
        end("The connection was lost.")
        context.fireChannelInactive()
    }

    /// The channel has failed.
    public func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end("The connection was lost: \(error).")
        context.close(promise: nil)
    }

    private func end(_ reason: String) {
        let connection = inbound.value.value.connection
        inbound.value.value.connection = nil
        outbound.withLock { $0.isClosing = true }
        connection?.transportClosed(reason)
    }
}
