/// What one connection has moved and cost so far, seen from this process.
package struct IpcStatistics: Equatable, Sendable {
    /// Calls that the peer has made.
    package var calls: UInt64 = 0
    /// Calls of the peer that have not returned.
    package var callsInFlight = 0
    /// Bytes of all messages from the peer.
    package var bytesReceived: UInt64 = 0
    /// Bytes of all messages to the peer.
    package var bytesSent: UInt64 = 0
    /// Objects of this process that the peer holds.
    package var objects = 0
    /// Average time from a call's arrival to its answer. Calls that wait, such as for a new block, count too.
    package var meanLatency = Duration.zero
    /// The longest such time.
    package var maxLatency = Duration.zero

    /// Nothing yet.
    package init() {}
}
