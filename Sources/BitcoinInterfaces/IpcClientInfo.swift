/// A connected client of a process, as the process sees it.
package struct IpcClientInfo: Sendable, Equatable {
    /// Number of the connection.
    package var id: UInt64
    /// Name the client gave its first thread, or empty.
    package var name: String
    /// Process id of the peer, 0 if unknown.
    package var processID: Int32
    /// User id of the peer.
    package var userID: UInt32
    /// Start of the connection, seconds since 1970.
    package var connectedTime: Int64
    /// Group id of the peer.
    package var groupID: UInt32
    /// Address that it connected to, `unix:<path>`.
    package var address: String
    /// Calls that it has made.
    package var calls: UInt64
    /// Calls of it that have not returned.
    package var callsInFlight: UInt32
    /// Bytes received from it.
    package var bytesReceived: UInt64
    /// Bytes sent to it.
    package var bytesSent: UInt64
    /// Objects of this process that it holds.
    package var objects: UInt32
    /// Average time from a call's arrival to its answer, microseconds. Calls that wait count too.
    package var meanLatency: Int64
    /// The longest such time, microseconds.
    package var maxLatency: Int64

    /// Makes the value from its parts.
    package init(
        id: UInt64, name: String, processID: Int32, userID: UInt32, connectedTime: Int64, groupID: UInt32,
        address: String, calls: UInt64, callsInFlight: UInt32, bytesReceived: UInt64, bytesSent: UInt64,
        objects: UInt32, meanLatency: Int64, maxLatency: Int64
    ) {
        self.id = id
        self.name = name
        self.processID = processID
        self.userID = userID
        self.connectedTime = connectedTime
        self.groupID = groupID
        self.address = address
        self.calls = calls
        self.callsInFlight = callsInFlight
        self.bytesReceived = bytesReceived
        self.bytesSent = bytesSent
        self.objects = objects
        self.meanLatency = meanLatency
        self.maxLatency = maxLatency
    }
}
