/// Why something of a node behind JSON-RPC cannot be shown. What the node itself refuses is an `RPCError`.
package enum RPCNodeError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The node has no such thing, or none that this program should use; the text says what to do instead.
    case notServed(String)
    /// The answer to a method is not what Bitcoin Core gives.
    case unreadable(method: String)
    /// The node answers, but refuses every request of this client (`-rpcwhitelist`).
    case refused

    /// A sentence for the user.
    package var description: String {
        switch self {
        case .notServed(let text): text
        case .unreadable(let method): "the node's answer to \(method) cannot be read"
        case .refused: "the node allows no JSON-RPC to this client"
        }
    }
}
