/// A failed attempt to reach a node.
package struct ConnectionAttempt: Sendable, Equatable {
    /// What was tried, such as `unix:/home/ann/.bitcoin/node.sock`.
    package var address: String
    /// Why it failed.
    package var reason: String
    /// What would help; may be empty.
    package var remedy: String

    /// Makes the value from its parts.
    package init(address: String, reason: String, remedy: String) {
        self.address = address
        self.reason = reason
        self.remedy = remedy
    }
}

/// What a connection offers.
package struct NodeIdentity: Sendable, Equatable {
    /// The address that answered.
    package var address: String
    /// Whether the node serves its list of wallets.
    package var hasWallets: Bool
    /// Whether the node serves JSON-RPC.
    package var hasRpc: Bool
    /// What the node does not give, for people; empty if that is nothing.
    package var limits: String

    /// Makes the value from its parts.
    package init(address: String, hasWallets: Bool, hasRpc: Bool, limits: String = "") {
        self.address = address
        self.hasWallets = hasWallets
        self.hasRpc = hasRpc
        self.limits = limits
    }
}

/// Whether a node is there.
package enum ConnectionState: Sendable, Equatable {
    /// None has been reached yet.
    case waiting
    /// One answers.
    case live(NodeIdentity)
    /// It was there; what it said is still shown, marked as stale.
    case lost(since: Int64, reason: String)
}

/// Whether the user has asked for a node in the background.
package enum NodeStart: Sendable, Equatable {
    /// Not yet.
    case idle
    /// It is being started.
    case starting
    /// It did not start.
    case failed(String)
}
