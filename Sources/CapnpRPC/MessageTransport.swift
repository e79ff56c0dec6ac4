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

    /// Closes the channel once everything queued has been sent. May be called more than once.
    func close()
}
