/// Who is at the other end of a channel, as the system says (`SO_PEERCRED`); nothing that the peer itself claims.
package struct IpcPeer: Equatable, Sendable {
    /// Process that connected or listened when the connection was made. The number may since have been used again.
    package let processID: Int32?
    /// Its effective user.
    package let userID: UInt32?
    /// Its effective group.
    package let groupID: UInt32?
    /// Where the channel leads, for logs: `unix:<path>`, `-ipcfd 3`, a program's path.
    package let address: String

    /// Everything that is known of a peer; nil is unknown.
    package init(processID: Int32? = nil, userID: UInt32? = nil, groupID: UInt32? = nil, address: String) {
        self.processID = processID
        self.userID = userID
        self.groupID = groupID
        self.address = address
    }
}

extension IpcPeer: CustomStringConvertible {
    /// Address and, if known, process and user.
    package var description: String {
        guard let processID, let userID else { return address }
        return "\(address) (pid \(processID), uid \(userID))"
    }
}
