import BitcoinInterfaces
import BitcoinPrimitives

/// What the chain told a wallet, in order, until the wallet comes to it.
///
/// The node's calls return at once; the wallet works through the messages in its own time, also those that come while
/// it still scans.
final class NotificationInbox: ChainNotifications {
    /// One message.
    enum Message: Sendable {
        case added(Transaction)
        case removed(TransactionID)
        case connected(ConnectedBlock)
        case disconnected(ConnectedBlock)
        case flushed([BlockHash])
        /// Put in by the wallet itself: everything before it was handled.
        case marker(CheckedContinuation<Void, Never>)
    }

    /// The messages.
    let messages: AsyncStream<Message>
    private let continuation: AsyncStream<Message>.Continuation

    init() { (messages, continuation) = AsyncStream.makeStream() }

    /// Ends the stream of messages.
    func close() { continuation.finish() }

    /// Waits until everything that came so far was handled.
    func drain() async {
        await withCheckedContinuation { waiter in
            if case .terminated = continuation.yield(.marker(waiter)) { waiter.resume() }
        }
    }

    func transactionAddedToMempool(transaction: Transaction) async throws { continuation.yield(.added(transaction)) }

    func transactionRemovedFromMempool(transactionID: TransactionID) async throws {
        continuation.yield(.removed(transactionID))
    }

    func blockConnected(block: ConnectedBlock) async throws { continuation.yield(.connected(block)) }

    func blockDisconnected(block: ConnectedBlock) async throws { continuation.yield(.disconnected(block)) }

    func chainStateFlushed(locator: [BlockHash]) async throws { continuation.yield(.flushed(locator)) }
}
