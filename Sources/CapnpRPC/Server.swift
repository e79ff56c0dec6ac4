/// An object that answers calls: what a capability of this process leads to.
///
/// `dispatch(_:)` is entered in the order in which the calls arrived, and runs up to its first suspension on the thread
/// that delivers them (mostly the one that received them); so calls that must not overtake each other need no queue as
/// long as they do their work, or put it into a queue, before they suspend. A method that computes for long should
/// first hop elsewhere: it holds up everything else that the same connection delivers.
///
/// All of this holds whatever executor the caller is on. An actor that is a server is entered by a hop, though, and Swift
/// does not promise that hops arrive in order; where order matters, a class should queue the calls and hand them over.
public protocol Server: AnyObject, Sendable {
    /// Executes one call: reads `call.params`, fills `call.results(size:)`, returns when the call is complete.
    ///
    /// - Throws: whatever the caller should see; `RPCError` as it is, any other error as `std::exception: <error>`.
    nonisolated(nonsending) func dispatch(_ call: IncomingCall) async throws
}
