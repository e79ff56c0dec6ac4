package import CapnpRPC

/// A connected, ordered stream of bytes between two processes: a Unix socket, a socketpair, later TLS.
///
/// A channel knows no message format (an ``IpcProtocol`` does) and no addresses (``IpcProcess`` does). It is used once:
/// ``start(_:)`` hands it to a protocol. A channel that is dropped unstarted closes itself.
package protocol IpcChannel: AnyObject, Sendable {
    /// Who is at the other end.
    var peer: IpcPeer { get }

    /// Runs tasks on the thread that delivers to the receiver; nil if there is no such thread.
    var executor: ChannelExecutor? { get }

    /// Begins delivery to `receiver`, which the channel keeps until it is closed.
    ///
    /// - Throws: ``IPCError`` if the channel was started or closed before.
    func start(_ receiver: any IpcChannelReceiver) throws(IPCError)

    /// Sends bytes, from any thread. Never blocks; keeps the order of the calls; does nothing once closed. A peer that
    /// lets too much pile up is disconnected.
    func send(_ bytes: [UInt8])

    /// Sends bytes as ``send(_:)-([UInt8])`` does, from memory that is only there during the call.
    func send(_ bytes: RawSpan)

    /// Looks for what the peer sends, on the calling thread, for about as long as waking another thread would take: for
    /// somebody who is about to wait for an answer. What comes is delivered before this returns. May do nothing.
    ///
    /// - Parameter isDone: whether to stop; asked after each delivery.
    func look(until isDone: () -> Bool)

    /// Makes what piles up for a peer that does not read count against `budget`.
    func bound(budget: MemoryBudget)

    /// Ends the channel; the receiver's ``IpcChannelReceiver/closed(_:)`` follows. May be called more than once.
    func close()
}

extension IpcChannel {
    /// For channels that have no better way than to wait.
    package func look(until isDone: () -> Bool) {}

    /// For channels that keep nothing.
    package func bound(budget: MemoryBudget) {}
}

/// What a channel delivers to. Calls come one after the other, never two at once.
package protocol IpcChannelReceiver: AnyObject, Sendable {
    /// Bytes as they came in; message boundaries are the receiver's affair.
    func receive(_ bytes: RawSpan)

    /// The end, once and last. `reason` is nil for an orderly end of file or our own close.
    func closed(_ reason: IPCError?)
}

extension IpcChannel {
    package func send(_ bytes: RawSpan) {
        send(unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) })
    }
}
