import Capnp

/// A call on its way to an object: received from a peer, or made in this process on something that is not (yet) remote.
struct CallRequest: Sendable {
    let interfaceID: UInt64
    let methodID: UInt16
    /// The parameter struct, with its capabilities attached.
    let params: PointerReader
    /// Where the outcome goes.
    let result: CallResult

    /// Delivers the call to `target`, or sends or queues it.
    ///
    /// Not under any lock: the method of a local object begins to run before this returns.
    ///
    /// - Parameter hops: how many promises the call may still pass.
    func start(on target: Target, hops: Int = Target.maximumHops) {
        var target = target
        for hop in 0..<hops {
            switch target {
            case .server(let server):
                if let call = begun(on: server) { call.start() }
                return
            case .broken(let error):
                result.completeInOrder(.failure(error))
                return
            case .queue(let queue):
                guard let next = queue.enqueue(self) else { return }
                target = next
            case .detour(let detour):
                target = detour.target
            case .remote, .promise:
                forward(to: target, hops: hops - hop - 1)
                return
            }
        }
        result.completeInOrder(.failure(.failed("Too many promises resolve to one another.")))
    }

    /// The call of a method of `server`, to be run.
    ///
    /// - Returns: nil if there is nothing to run; then the call has been completed.
    func begun(on server: any Server) -> LocalCall? {
        guard !result.cancellation.isRevoked else {
            result.completeInOrder(.failure(.disconnected("The caller lost interest before the method began.")))
            return nil
        }
        do {
            return LocalCall(call: try IncomingCall(self), server: server)
        } catch {
            result.completeInOrder(.failure(RPCError(reporting: error)))
            return nil
        }
    }

    private func forward(to target: Target, hops: Int) {
        let call = OutgoingCall(interfaceID: interfaceID, methodID: methodID)
        do {
            try call.content.copy(from: params)
        } catch {
            result.completeInOrder(.failure(RPCError(reporting: error)))
            return
        }
        call.start(on: target, result: result, hops: hops)
    }
}

/// A call of a method of this process.
struct LocalCall: Sendable {
    fileprivate let call: IncomingCall
    fileprivate let server: any Server

    /// Where its outcome goes.
    var result: CallResult { call.result }

    /// Runs the method to its end.
    nonisolated(nonsending) func run() async -> CallResult.Outcome {
        do {
            try await server.dispatch(call)
            return .results(call.takeResults())
        } catch {
            return .failure(RPCError(reporting: error))
        }
    }

    /// Runs the method in a task of its own: before this returns up to its first suspension.
    func start() {
        result.cancellation.attach(startImmediately { result.completeInOrder(await run()) })
    }
}

/// Runs `operation` in a task, on the current thread up to its first suspension, and from there on the global executor.
///
/// Detached from whatever runs here: a call must not see the task-local values of the call whose completion happened to
/// start it. The task ends with the method, whose owner is the server; the caller's interest is kept in
/// ``CallCancellation``.
///
/// Where the standard library is too old to do that (macOS before 26), calls may begin out of order.
func startImmediately(_ operation: @escaping @isolated(any) @Sendable () async -> Void) -> Task<Void, Never> {
    if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
        Task.immediateDetached(operation: operation)
    } else {
        Task.detached(operation: operation)
    }
}
