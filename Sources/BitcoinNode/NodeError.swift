/// What the node refuses, for callers of its interfaces.
package enum NodeError: Error, Equatable, CustomStringConvertible {
    /// The chain is not loaded yet.
    case loading
    /// The node is going down.
    case shuttingDown
    /// The process does not offer this.
    case notOffered(String)
    /// Too many clients want to be told of events.
    case tooManyClients
    /// A wallet could not be found, loaded, created or reached.
    case wallet(String)

    package var description: String {
        switch self {
        case .loading: "The node is still loading the chain; try again when it is done"
        case .shuttingDown: "The node is shutting down"
        case .notOffered(let what): "\(what) is not offered by this process"
        case .tooManyClients: "Too many registrations for events; close some terminals"
        case .wallet(let message): message
        }
    }
}
