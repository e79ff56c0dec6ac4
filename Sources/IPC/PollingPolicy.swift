/// Whether to look a little longer for what a peer sends next, before the event loop goes to sleep.
///
/// A peer that is running answers a call within a few microseconds; going to sleep and being woken takes longer. A peer
/// that is not, or a processor that others need, makes looking a waste. So every failure doubles the number of times
/// that it is not tried, up to ``penaltyLimit``: what is wasted is then a thousandth of the time.
struct PollingPolicy: Sendable {
    /// Looks in a row that may find nothing: together about as long as it takes to wake two threads, which is what a
    /// sleep costs: ours, and that which sleeps meanwhile at the other end.
    static let attempts = 250
    /// The same on the thread that accepts connections, for which the next one may be waiting.
    static let acceptAttempts = 100
    /// Deliveries in a row before other channels of the event loop have their turn.
    static let deliveries = 32
    /// Bytes that are taken at once.
    static let bufferBytes = 1 << 14
    private static let penaltyLimit = 256

    private var penalty = 0
    private var skips = 0

    /// Whether to look now.
    mutating func begin() -> Bool {
        guard skips > 0 else { return true }
        skips -= 1
        return false
    }

    /// Something came.
    mutating func succeeded() {
        penalty = 0
    }

    /// Nothing came.
    mutating func failed() {
        penalty = min(penalty * 2 + 1, PollingPolicy.penaltyLimit)
        skips = penalty
    }
}
