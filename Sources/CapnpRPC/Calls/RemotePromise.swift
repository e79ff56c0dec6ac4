/// The outcome of a call that may still be under way.
///
/// Dropping the promise, and every capability taken from it, tells the callee that the outcome is not wanted
/// (`Finish`); the method itself runs on, unless its server lets callers stop it.
public final class RemotePromise: Sendable {
    private let result: CallResult

    init(_ result: CallResult) {
        self.result = result
    }

    /// Waits for the results.
    ///
    /// - Throws: `RPCError` when the call failed; `CancellationError` when the task was cancelled, which also gives up
    ///   the call if nobody else awaits it.
    public func response() async throws -> Response {
        if let outcome = result.knownOutcome { return try outcome.get() }
        let connection = result.connection
        if let connection {
            connection.look(for: result)
            if let outcome = result.knownOutcome { return try outcome.get() }
        }
        connection?.beginWaiting()
        defer { connection?.endWaiting() }
        let key = result.nextWaiterKey()
        let outcome = await withTaskCancellationHandler {
            unsafe await withUnsafeContinuation { continuation in
                unsafe result.addWaiter(key, .task(continuation))
            }
        } onCancel: {
            result.cancelWaiter(key)
        }
        guard let outcome else { throw CancellationError() }
        return try outcome.get()
    }

    /// A capability in the results, usable before they are there: calls on it are sent ahead of the answer.
    ///
    /// - Parameter path: the indices of pointer fields that lead from the result struct to the capability.
    public func capability(at path: [UInt16]) -> Client {
        Client(result.target(at: path))
    }

    /// A capability in a pointer field of the result struct.
    public func capability(at field: UInt16) -> Client {
        capability(at: [field])
    }
}
