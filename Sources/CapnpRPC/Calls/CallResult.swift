import Synchronization

/// The outcome of one call, before and after it is known, and the capabilities promised in it.
///
/// The same object serves a call made here (a `RemotePromise` awaits it) and a call received (`sink` says where the
/// `Return` goes). Its lock is taken under a connection's, never the other way round.
final class CallResult: Sendable {
    /// How a method ended.
    enum Outcome: Sendable {
        case results(ResultsBuilder)
        case response(Response)
        case failure(RPCError)
    }

    /// Told the outcome once; `nil` if it stopped waiting.
    @safe
    enum Waiter: Sendable {
        case task(UnsafeContinuation<Result<Response, RPCError>?, Never>)
        case handler(@Sendable (Result<Response, RPCError>?) -> Void)

        func callAsFunction(_ outcome: Result<Response, RPCError>?) {
            switch self {
            // Each waiter is told once: it is taken out of `waiters` under the lock, or never put there.
            case .task(let continuation): unsafe continuation.resume(returning: outcome)
            case .handler(let handler): handler(outcome)
            }
        }
    }

    /// What is known about the capability at one path of the results.
    private struct PathRecord {
        /// Calls that wait for a method of this process.
        var queue: CallQueue?
        /// The promise that calls to the peer go through.
        weak var promise: PromisedCapability?
        /// Set with the first such promise.
        var used: UseFlag?
        /// Where calls go since the answer came; differs from what the answer says while there is an embargo.
        var settled: Target?
    }

    private enum Phase {
        /// In this process; goes to `asked` or `settled`.
        case pending
        /// Sent to the peer; goes to `settled`.
        case asked(Question)
        case settled(Result<Response, RPCError>)
    }

    private struct State {
        var phase = Phase.pending
        var paths: [[UInt16]: PathRecord] = [:]
        /// Whether queues and waiters have been told.
        var isFinished = false
        /// Mostly one.
        var waiters: [(key: UInt64, waiter: Waiter)] = []
        var cancelledWaiters: Set<UInt64> = []
        var nextWaiterKey: UInt64 = 0
    }

    /// What the end of a call sets free.
    private struct Ending {
        /// Calls that wait for the results.
        var queues: [(CallQueue, Target)] = []
        /// Told last. Whoever comes later is told at once.
        let waiters: [(key: UInt64, waiter: Waiter)]
        let result: Result<Response, RPCError>
        /// Let go of without the lock.
        let former: Phase?

        /// Marks a settled call as finished; nil if it is not settled, or has been finished before.
        init?(_ state: inout State, former: Phase?) {
            guard !state.isFinished, case .settled(let result) = state.phase else { return nil }
            state.isFinished = true
            self.result = result
            self.former = former
            waiters = state.waiters
            state.waiters = []
            if state.paths.isEmpty { return }
            queues = state.paths.compactMap { path, record -> (CallQueue, Target)? in
                guard let queue = record.queue else { return nil }
                switch result {
                case .success(let response): return (queue, record.settled ?? response.target(at: path))
                case .failure(let error): return (queue, record.settled ?? .broken(error))
                }
            }
        }
    }

    /// Where the `Return` of a received call goes; `nil` for a call made here.
    let sink: AnswerSink?
    let cancellation = CallCancellation()
    /// Whether calls on promised capabilities are sent ahead of the answer; else they wait for it here.
    let isPipelined: Bool
    private let state = Mutex(State())

    init(sink: AnswerSink? = nil, isPipelined: Bool = true) {
        self.sink = sink
        self.isPipelined = isPipelined
    }

    // MARK: Pipelining

    /// Where calls on the capability at `path` go, now.
    func target(at path: [UInt16]) -> Target {
        state.withLock { state in
            if let record = state.paths[path] {
                if let queue = record.queue { return .queue(queue) }
                if let settled = record.settled { return settled }
            }
            switch state.phase {
            case .pending:
                let queue = CallQueue()
                state.paths[path, default: PathRecord()].queue = queue
                return .queue(queue)
            case .asked where !isPipelined:
                let queue = CallQueue()
                state.paths[path, default: PathRecord()].queue = queue
                return .queue(queue)
            case .asked(let question): return promise(at: path, of: question, &state)
            case .settled(.success(let response)): return response.target(at: path)
            case .settled(.failure(let error)): return .broken(error)
            }
        }
    }

    private func promise(at path: [UInt16], of question: Question, _ state: inout State) -> Target {
        if let promise = state.paths[path]?.promise { return .promise(promise) }
        let used = state.paths[path]?.used ?? UseFlag()
        let promise = PromisedCapability(.answer(question, path: path), source: self, used: used)
        state.paths[path, default: PathRecord()].used = used
        state.paths[path]?.promise = promise
        return .promise(promise)
    }

    /// The capability at `path` of results that are known; `nil` otherwise.
    func settledClient(at path: [UInt16]) -> Client? {
        state.withLock { state in
            guard case .settled(.success(let response)) = state.phase else { return nil }
            return try? response.client(at: path)
        }
    }

    // MARK: Calls sent to the peer

    /// Makes the outcome that of `question`. Under the connection's lock.
    ///
    /// - Returns: whether calls wait here that can follow; see `bindQueues()`.
    func attach(_ question: Question) -> Bool {
        state.withLock { state in
            guard case .pending = state.phase else { return false }
            state.phase = .asked(question)
            return !state.paths.isEmpty
        }
    }

    /// Sends the calls that were pipelined before the call itself could be sent after it. Not under any lock.
    func bindQueues() {
        let bindings = state.withLock { state -> [(CallQueue, Target)] in
            guard isPipelined, case .asked(let question) = state.phase else { return [] }
            var bindings: [(CallQueue, Target)] = []
            for (path, record) in state.paths {
                guard let queue = record.queue else { continue }
                bindings.append((queue, promise(at: path, of: question, &state)))
            }
            return bindings
        }
        for (queue, target) in bindings { queue.resolve(to: target) }
    }

    /// Takes the outcome that the peer sent, and resolves the promises in it. Under the connection's lock.
    ///
    /// - Parameter embargo: given the path and the new target of a promise that has been used, says where its calls go.
    /// - Returns: what must happen, and what must be freed, once the connection's lock is free; `finish()` too.
    func settle(
        _ outcome: Result<Response, RPCError>, embargo: ([UInt16], Target) -> Target
    ) -> (promises: [SettledPromise], former: Question?) {
        state.withLock { state in
            let former: Question? = if case .asked(let question) = state.phase { question } else { nil }
            if case .settled = state.phase {} else { state.phase = .settled(outcome) }
            var promises: [SettledPromise] = []
            for (path, record) in state.paths {
                guard let used = record.used, record.settled == nil else { continue }
                var target: Target
                switch outcome {
                case .success(let response): target = response.target(at: path)
                case .failure(let error): target = .broken(error)
                }
                if used.isSet { target = embargo(path, target) }
                state.paths[path]?.settled = target
                if let promise = record.promise { promises.append(promise.resolve(to: target)) }
            }
            return (promises, former)
        }
    }

    // MARK: Completion

    /// Ends the call, in the order of the connection that it came from.
    ///
    /// Completing a call may start others that were pipelined on it, which may complete at once, and so on. Going
    /// through the connection's queue of effects makes a long chain of such calls a loop, not a recursion.
    func completeInOrder(_ outcome: Outcome) {
        if let connection = sink?.connection {
            connection.enqueue(.complete(self, outcome))
        } else {
            complete(outcome)
        }
    }

    /// Ends the call with the outcome of a method of this process. Not under any lock; once only.
    func complete(_ outcome: Outcome) {
        var outcome = outcome
        let result: Result<Response, RPCError>
        switch outcome {
        case .failure(let error): result = .failure(error)
        case .response(let response): result = .success(response)
        case .results(let builder):
            if let sink, !sink.keepsResults, builder.hasNoCapabilities {
                // The peer gets the bytes; nobody here can ask for more than capabilities, of which there are none.
                result = .success(Response())
            } else {
                do {
                    result = .success(try builder.response())
                } catch {
                    let error = RPCError(reporting: error)
                    outcome = .failure(error)
                    result = .failure(error)
                }
            }
        }
        let ending = state.withLock { state -> Ending? in
            if case .settled = state.phase { return nil }
            let former = state.phase
            state.phase = .settled(result)
            return Ending(&state, former: former)
        }
        if let ending { finish(outcome, ending) }
    }

    /// Tells everybody who waits, after the peer's outcome has been settled. Not under any lock.
    func finish() {
        guard let ending = state.withLock({ Ending(&$0, former: nil) }) else { return }
        switch ending.result {
        case .success(let response): finish(.response(response), ending)
        case .failure(let error): finish(.failure(error), ending)
        }
    }

    private func finish(_ outcome: Outcome, _ ending: Ending) {
        cancellation.end()
        // First the calls that wait for the results, then the `Return`: a peer that has seen the `Return` sends its
        // next calls straight to the capabilities in it, and those must not overtake the waiting ones.
        for (queue, target) in ending.queues { queue.resolve(to: target) }
        if let sink { sink.connection.sendReturn(of: self, to: sink, outcome) }
        for (_, waiter) in ending.waiters { waiter(ending.result) }
    }

    // MARK: Waiting

    /// The outcome, if everybody has been told already.
    var knownOutcome: Result<Response, RPCError>? {
        state.withLock { state in
            if state.isFinished, case .settled(let result) = state.phase { result } else { nil }
        }
    }

    /// The connection that the outcome is to come from; `nil` if it is known, or this process makes it.
    var connection: Connection? {
        state.withLock { if case .asked(let question) = $0.phase { question.connection } else { nil } }
    }

    /// A key for `addWaiter`.
    func nextWaiterKey() -> UInt64 {
        state.withLock { state in
            state.nextWaiterKey += 1
            return state.nextWaiterKey
        }
    }

    /// Calls `waiter` once with the outcome, at once if it is known. Not under any lock.
    func addWaiter(_ key: UInt64, _ waiter: Waiter) {
        var isAbandoned = false
        let answer = state.withLock { state -> Result<Response, RPCError>?? in
            if state.isFinished, case .settled(let result) = state.phase { return result }
            if state.cancelledWaiters.remove(key) != nil {
                isAbandoned = state.waiters.isEmpty
                return .some(nil)
            }
            state.waiters.append((key, waiter))
            return .none
        }
        if isAbandoned { abandon() }
        if let answer { waiter(answer) }
    }

    /// Stops one waiter; the last one gives up the call. Not under any lock.
    func cancelWaiter(_ key: UInt64) {
        var isAbandoned = false
        let waiter = state.withLock { state -> Waiter? in
            if state.isFinished { return nil }
            guard let index = state.waiters.firstIndex(where: { $0.key == key }) else {
                state.cancelledWaiters.insert(key)
                return nil
            }
            let waiter = state.waiters.remove(at: index).waiter
            isAbandoned = state.waiters.isEmpty
            return waiter
        }
        guard let waiter else { return }
        if isAbandoned { abandon() }
        waiter(nil)
    }

    // MARK: Giving up

    /// Gives up a call made here: sends `Finish`, unless promised capabilities still need the question.
    private func abandon() {
        cancellation.finish()
        bindQueues()
        complete(.failure(.failed("The call was given up.")))
    }

    /// Notes that the caller of a received call does not want the outcome. Not under any lock.
    ///
    /// A method of this process is told, and runs on. A call that was forwarded to a peer is given up there too.
    ///
    /// - Parameter deliversWaitingCall: whether the method must begin even if it has not yet.
    func callerFinished(deliversWaitingCall: Bool) {
        cancellation.finish(revokes: !deliversWaitingCall)
        let isForwarded = state.withLock { if case .asked = $0.phase { true } else { false } }
        guard isForwarded else { return }
        bindQueues()
        complete(.failure(.failed("The call was given up.")))
    }
}

/// Where the `Return` of a received call goes.
struct AnswerSink: Sendable {
    let connection: Connection
    let answerID: UInt32
    /// Whether the results stay here until a `Return` with `takeFromOtherQuestion` asks for them.
    let keepsResults: Bool
}
