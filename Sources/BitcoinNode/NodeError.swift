/// What the node refuses, for callers of its interfaces.
package enum NodeError: Error, Equatable, CustomStringConvertible {
    /// The chain is not loaded yet.
    case loading
    /// The node is going down.
    case shuttingDown
    /// The node cannot go on and is going down; what happened, and the remedy.
    case failed(String)
    /// A wallet could not be found, loaded, created or reached.
    case wallet(String)

    package var description: String {
        switch self {
        case .loading: "The node is still loading the chain; try again when it is done"
        case .shuttingDown: "The node is shutting down"
        case .failed(let message), .wallet(let message): message
        }
    }
}
