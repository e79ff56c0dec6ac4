import Capnp

/// What has passed over a connection so far. For people who look into a running process.
public struct ConnectionStatistics: Equatable, Sendable {
    /// Calls received.
    public var calls: UInt64 = 0
    /// Calls received that have been answered, with results or without.
    public var returns: UInt64 = 0
    /// Bytes of all messages received, stream framing included.
    public var bytesReceived: UInt64 = 0
    /// Bytes of all messages sent, stream framing included.
    public var bytesSent: UInt64 = 0
    /// The time from a call's arrival to its answer, summed over `returns`.
    public var totalLatency = Duration.zero
    /// The longest such time.
    public var maxLatency = Duration.zero

    /// Nothing has passed.
    public init() {}

    /// The average time from a call's arrival to its answer.
    public var meanLatency: Duration { returns == 0 ? .zero : totalLatency / returns }

    mutating func received(_ message: Message) {
        bytesReceived &+= Self.frameBytes(segments: message.segmentCount, words: message.sizeInWords)
    }

    mutating func sent(_ message: MessageBuilder) {
        bytesSent &+= Self.frameBytes(segments: message.segmentCount, words: message.sizeInWords)
    }

    /// A table of 4 bytes for the count and for each segment, filled up to a whole word, stands before the segments.
    private static func frameBytes(segments: Int, words: Int) -> UInt64 {
        UInt64((segments / 2 + 1 + words) * 8)
    }

    mutating func returned(_ began: SuspendingClock.Instant) {
        let latency = began.duration(to: .now)
        returns += 1
        totalLatency += latency
        maxLatency = max(maxLatency, latency)
    }
}
