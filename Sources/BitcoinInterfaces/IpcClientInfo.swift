/// A connected client of a process.
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

    /// Makes the value from its parts.
    package init(id: UInt64, name: String, processID: Int32, userID: UInt32, connectedTime: Int64) {
        self.id = id
        self.name = name
        self.processID = processID
        self.userID = userID
        self.connectedTime = connectedTime
    }
}
