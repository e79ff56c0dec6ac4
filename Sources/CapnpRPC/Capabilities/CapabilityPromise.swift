/// A capability that is promised before it exists.
///
/// Calls on `client` wait, in order, until the promise is kept. The client may be passed to a peer meanwhile. Dropping
/// the promise without keeping it breaks the client.
public final class CapabilityPromise: Sendable {
    /// The promised capability.
    public let client: Client

    private let queue: CallQueue

    /// A promise that is not kept yet.
    public init() {
        queue = CallQueue()
        client = Client(.queue(queue))
    }

    deinit {
        queue.resolve(to: .broken(.failed("The promise of a capability was not kept.")))
    }

    /// Keeps the promise: calls that waited are delivered before this returns. Only the first time counts.
    ///
    /// Methods of local objects begin to run here, so do not hold a lock that they take.
    public func resolve(to client: Client) {
        queue.resolve(to: client.target)
    }

    /// Breaks the promise: calls fail with `error`.
    public func fail(_ error: RPCError) {
        queue.resolve(to: .broken(error))
    }
}
