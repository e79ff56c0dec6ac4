public import Capnp

/// The sending half of a byte channel, as a connection sees it.
///
/// Whoever owns the channel gives what arrives to `Connection.receive(_:)`, in order and from one thread at a time, and
/// reports its end with `Connection.transportClosed(_:)`.
public protocol MessageTransport: AnyObject, Sendable {
    /// Queues one framed message for sending, after all earlier ones. Must not block, and cannot fail: a channel that
    /// is gone reports so through `Connection.transportClosed(_:)`.
    ///
    /// Called without any lock of the connection held, by one thread at a time.
    func send(_ frame: [UInt8])

    /// Queues one message that is large, as `send(_:)` does. Nobody writes to it any more.
    func send(_ message: MessageBuilder)

    /// Whether `send(_:)` also takes several framed messages in one array, one after the other. A stream of bytes does,
    /// and sends them with one call.
    var takesBatches: Bool { get }

    /// Looks for messages on the calling thread, for about as long as waking another thread would take, and gives them
    /// to the connection before it returns: a task is about to wait for an answer. A transport that cannot read from
    /// any thread does nothing.
    ///
    /// Called without any lock of the connection held.
    ///
    /// - Parameter isDone: whether to stop; to be asked after each delivery.
    func look(until isDone: () -> Bool)

    /// Closes the channel once everything queued has been sent. May be called more than once.
    func close()
}

extension MessageTransport {
    /// As a frame.
    public func send(_ message: MessageBuilder) {
        send(message.framedBytes())
    }

    /// Does not look.
    public func look(until isDone: () -> Bool) {}

    /// One message at a time.
    public var takesBatches: Bool { false }
}
