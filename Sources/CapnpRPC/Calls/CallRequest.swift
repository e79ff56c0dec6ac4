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
                deliver(to: server)
                return
            case .broken(let error):
                complete(.failure(error))
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
        complete(.failure(.failed("Too many promises resolve to one another.")))
    }

    /// Ends the call, in the order of the connection that it came from.
    ///
    /// Completing a call may start others that were pipelined on it, which may complete at once, and so on. Going
    /// through the connection's queue of effects makes a long chain of such calls a loop, not a recursion.
    func complete(_ outcome: CallResult.Outcome) {
        if let connection = result.sink?.connection {
            connection.enqueue(.complete(result, outcome))
        } else {
            result.complete(outcome)
        }
    }

    private func deliver(to server: any Server) {
        guard !result.cancellation.isRevoked else {
            complete(.failure(.disconnected("The caller lost interest before the method began.")))
            return
        }
        let call: IncomingCall
        do {
            call = try IncomingCall(self)
        } catch {
            complete(.failure(RPCError(reporting: error)))
            return
        }
        // Detached from whatever runs here: a call must not see the task-local values of the call whose completion
        // happened to start it. The task ends with the method, whose owner is the server; the caller's interest is
        // kept in `cancellation`.
        let task = startImmediately {
            do {
                try await server.dispatch(call)
                complete(.results(call.takeResults()))
            } catch {
                complete(.failure(RPCError(reporting: error)))
            }
        }
        result.cancellation.attach(task)
    }

    private func forward(to target: Target, hops: Int) {
        let call = OutgoingCall(interfaceID: interfaceID, methodID: methodID)
        do {
            try call.content.copy(from: params)
        } catch {
            complete(.failure(RPCError(reporting: error)))
            return
        }
        call.start(on: target, result: result, hops: hops)
    }
}

/// Runs `operation` on the current thread up to its first suspension, and from there on the global executor.
///
/// Where the standard library is too old to do that (macOS before 26), calls may begin out of order.
private func startImmediately(_ operation: @escaping @isolated(any) @Sendable () async -> Void) -> Task<Void, Never> {
    if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
        Task.immediateDetached(operation: operation)
    } else {
        Task.detached(operation: operation)
    }
}
