public import Capnp
import Synchronization

/// A call that a server is asked to execute.
public final class IncomingCall: Sendable {
    /// The id of the interface that declares the method.
    public let interfaceID: UInt64

    /// The ordinal of the method.
    public let methodID: UInt16

    /// The parameter struct.
    public let params: StructReader

    /// Where the outcome goes.
    let result: CallResult
    private let results = Mutex<ResultsBuilder?>(nil)

    /// - Throws: `CapnpError` when the parameters are no struct.
    init(_ request: CallRequest) throws(CapnpError) {
        interfaceID = request.interfaceID
        methodID = request.methodID
        params = try request.params.structReader()
        result = request.result
    }

    /// The connection that the call came through; `nil` for a call made in this process.
    public var connection: Connection? { result.sink?.connection }

    /// Whether the caller may call capabilities in the results before they are there.
    ///
    /// Callers that know Cap'n Proto 1.0 say so when they will not.
    public var isPipelined: Bool { result.isPipelined }

    /// Begins the results: a struct of defaults with the layout `size`. A second call begins anew.
    ///
    /// The builder belongs to the method: nothing may use it after `Server.dispatch(_:)` has returned.
    public func results(size: StructSize) -> StructBuilder {
        let builder = results.withLock { results in
            if let results { return results }
            let new = ResultsBuilder()
            results = new
            return new
        }
        return builder.content.initStruct(size)
    }

    /// Whether the caller has lost interest: it has sent `Finish`, or its connection is gone.
    ///
    /// By itself this stops nothing: a method runs to its end, as in libmultiprocess.
    public var isCancelled: Bool { result.cancellation.isCancelled }

    /// Lets the caller stop the method: from now on a `Finish` cancels the task that `Server.dispatch(_:)` runs in.
    ///
    /// A lost connection cancels the task in any case.
    public func allowCancellation() {
        result.cancellation.allowCancellation()
    }

    /// Calls `handler` once when the caller loses interest, at once if it already has.
    ///
    /// The handler runs on the thread that received the news. It is dropped when the method ends.
    public func onCancel(_ handler: @escaping @Sendable () -> Void) {
        result.cancellation.onCancel(handler)
    }

    /// The error to throw for a method that the server does not have.
    public func unimplemented() -> RPCError {
        RPCError(
            kind: .unimplemented,
            reason: "Method not implemented; interface 0x\(String(interfaceID, radix: 16)), method \(methodID).")
    }

    /// What the method has built; an empty struct if nothing.
    func takeResults() -> ResultsBuilder {
        results.withLock { results in
            let taken = results
            results = nil
            return taken
        } ?? ResultsBuilder()
    }
}
