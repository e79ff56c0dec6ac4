/// Something that must happen after the connection's lock has been released, in order.
enum Effect: Sendable {
    /// Delivers, forwards or queues a received call.
    case start(CallRequest, Target)
    /// Ends a received call with the outcome of its method.
    case complete(CallResult, CallResult.Outcome)
    /// Tells those who wait for an outcome that has been settled under the lock.
    case finish(CallResult)
    /// Lets the calls in a queue go on.
    case resolve(CallQueue, Target)
    /// Sends a disembargo back after the calls that were forwarded before it.
    case reflectDisembargo(Target, id: UInt32)
    /// Sends the `Resolve` of an exported promise.
    case resolveExport(UInt32, generation: UInt64)
    /// Uses the outcome of a received call as that of a question of ours.
    case takeResults(of: CallResult, question: UInt32, generation: UInt64)
    /// Aborts the connection.
    case abort(String)
    /// Tells observers what a promise has become.
    case notify(SettledPromise)
    /// Tells a method that its caller does not want the results any more.
    case finishCall(CallResult, deliversWaitingCall: Bool)
    /// Tells a method that its caller is gone.
    case disconnectCall(CallResult)
    /// Tells the owner of the connection that it has closed.
    case closed(@Sendable (RPCError) -> Void, RPCError)
    /// Frees references: the objects' own clean-up may do anything, so it must not happen under the lock.
    case free([any Sendable])
    /// Frees one object.
    case freeObject(any AnyObject & Sendable)
}

/// An id that nothing in this process refers to any more.
enum Departure: Sendable {
    case question(UInt32)
    case imported(UInt32, generation: UInt64)
}
