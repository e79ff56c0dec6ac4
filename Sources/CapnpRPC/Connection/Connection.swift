// CapnpRPC: Cap'n Proto RPC, level 1, between two parties. Speaks `rpc.capnp`; knows no socket and no thread.
//
// What there is. A `Connection` has the four tables of `rpc.capnp` (questions, answers, imports, exports) and one of
// embargoes. A `Client` is a reference to an object anywhere; it is the application's handle, and what capability
// pointers in messages turn into. A `CallResult` is the outcome of one call, made here or received. A `Target` says
// where a client's calls go now; promises change theirs once, when they resolve.
//
// Order. A call is encoded and queued for sending before `Client.call` returns; only its answer is awaited. Messages go
// out in the order in which they were decided upon under the lock: they are put into an outbox there, which one thread
// at a time empties. What a received message causes outside the tables (starting methods, resuming waiters, freeing
// objects) goes into a queue of effects, which one thread at a time works off, in order: an event loop without a thread
// of its own. So calls start in the order in which they arrived. The outcome of a method of ours passes the same queue,
// unless the thread that works it off has just run the method: first the calls pipelined on it go on, then its `Return`
// is sent. A `Turn` is one thread's work for a connection: messages that came together, and their effects.
//
// Locks. All tables are in one `Mutex<ConnectionState>`. `CallResult`, `PromisedCapability` and `CallQueue` have small
// locks of their own, which may be taken under the connection's, never the other way round, and never two connections'
// at once. Under any lock no code of the application runs: no method, no handler, no transport, and no `deinit` of an
// object that is not ours, which is why removed entries become `free` effects.
//
// Lifetime. Ids are held by objects: a `Question` while its results can be addressed, an `ImportedCapability` while it
// is referred to. Their `deinit` may run anywhere, also under the connection's own lock, so it only leaves a note
// (`depart`), which is acted upon at once if the lock is free, else by the thread that holds it.
//
// Large messages. A stream carries one message after the other, so a large one delays those behind it on the same
// connection by the time that it takes to send; the protocol has no other way, and the owner of the channel bounds
// that time by the size of a message. It delays nothing else: every connection has its own tables, outbox and effects,
// so others do not wait for it, and a method that has suspended holds up nobody. A method that computes for long before
// it first suspends does hold up the calls behind it; it should hop elsewhere.
//
// Hostile peers. Every id is looked up, never assumed; a message that no honest peer sends ends the connection with an
// `Abort`. Tables are bounded by `ConnectionLimits`, whose excess the `Abort` names; the memory that all connections keep
// for their peers is bounded by a `MemoryBudget`, beside what each has for certain. Chains of promises are bounded, and
// long chains of pipelined calls unwind in a loop, so that no input exhausts the stack.

public import Capnp
import Synchronization

/// One end of a conversation with a peer.
///
/// The owner passes received messages to `receive(_:)` and must end the connection with `close()` or
/// `transportClosed(_:)`: tables and connection refer to each other until then.
public final class Connection: Sendable {
    private let transport: any MessageTransport
    private let decoder: InboundDecoder
    private let state: Mutex<ConnectionState>
    private let departures = Mutex<[Departure]>([])
    /// Whether there are any; written under their lock.
    private let hasDepartures = Atomic(false)
    /// Tasks that wait for outcomes.
    private let waiting = Atomic(0)

    /// A connection that sends through `transport`.
    ///
    /// - Parameters:
    ///   - bootstrap: the first object that the peer gets; `nil` to offer none.
    ///   - limits: how much the peer may make this side remember.
    public init(
        transport: any MessageTransport, bootstrap: Client? = nil, limits: ConnectionLimits = ConnectionLimits()
    ) {
        self.transport = transport
        decoder = InboundDecoder(maxDescriptors: limits.capabilitiesPerMessage)
        state = Mutex(
            ConnectionState(limits: limits, bootstrap: bootstrap, makesBatches: transport.takesBatches))
    }

    // MARK: For the owner of the channel

    /// Handles a message from the peer. Returns when everything that the message causes has been begun.
    ///
    /// A message that is malformed or makes no sense aborts the connection.
    public func receive(_ message: Message) {
        guard let inbound = decode(message) else { return }
        update { $0.take(inbound, of: message, from: .now, on: self) }
    }

    /// What a message says; nil if it is malformed, which aborts the connection.
    private func decode(_ message: Message) -> InboundMessage? {
        do {
            return try decoder.decode(message)
        } catch {
            update { $0.abort(for: error) }
            return nil
        }
    }

    /// Handles all messages that `source` has, as `receive(_:)` does one; faster if there are several.
    public func receive(from source: some MessageSource) {
        Turn(self, source: source).run()
    }

    /// Handles one of several messages, for a turn that performs no effects now.
    ///
    /// - Parameters:
    ///   - arrival: when it came.
    ///   - effects: empty; takes what is to be performed next.
    /// - Returns: whether something must be sent first; nil if there is nothing to do, or another thread is at it.
    func take(_ message: Message, from arrival: SuspendingClock.Instant, into effects: inout [Effect]) -> Bool? {
        guard let inbound = decode(message) else { return nil }
        let (mustSend, isEnding) = state.withLock { state in
            state.take(inbound, of: message, from: arrival, on: self)
            let mustSend = state.takeEffects(isRunner: false, into: &effects, holdsBack: true)
            return (mustSend, mustSend == nil && state.pendingWork.hasOutbox && state.closed != nil)
        }
        if isEnding { sendOutbox() }
        return mustSend
    }

    /// Notes that the channel is gone. Every pending call fails, every capability of the peer is broken, every object
    /// that the peer held is freed.
    ///
    /// - Parameter reason: text for people, which calls fail with.
    public func transportClosed(_ reason: String = "The connection was lost.") {
        update { $0.close(.disconnected(reason)) }
    }

    /// Ends the connection because the peer sent something that makes no sense: tells the peer why, then closes.
    ///
    /// - Parameter reason: text for people, here and on the far side.
    public func abort(_ reason: String) {
        update { $0.abort(reason) }
    }

    // MARK: For everybody

    /// Ends the connection. The consequences are those of `transportClosed(_:)`.
    public func close() {
        update { $0.close(.disconnected("The connection was closed.")) }
    }

    /// The peer's first object. Usable at once: calls on it travel behind the request for it.
    public func bootstrap() -> Client {
        let result = CallResult()
        let closed = sending { state -> RPCError? in
            if let closed = state.closed { return closed }
            state.sendBootstrap(result, on: self)
            return nil
        }
        return closed.map(Client.broken) ?? Client(result.target(at: []))
    }

    /// Sets the first object that the peer gets. For an object that needs the connection to exist; call it before the
    /// first message is received.
    public func offer(_ bootstrap: Client?) {
        update { state in
            guard state.closed == nil else { return }
            state.effects.append(.free([state.bootstrap]))
            state.bootstrap = bootstrap
        }
    }

    /// Calls `handler` once, with the reason, when the connection has ended; at once if it has already.
    public func onClose(_ handler: @escaping @Sendable (RPCError) -> Void) {
        update { state in
            if let closed = state.closed {
                state.effects.append(.closed(handler, closed))
            } else {
                state.closeHandlers.append(handler)
            }
        }
    }

    /// Why the connection has ended; `nil` while it is open.
    public var closeReason: RPCError? { sending { $0.closed } }

    /// The sizes of the tables now. For tests and for people who look into a running process.
    public var tableSizes: ConnectionTableSizes { sending { $0.tableSizes } }

    /// What has passed so far.
    public var statistics: ConnectionStatistics { sending { $0.statistics } }

    // MARK: For the rest of the module

    /// Sends a call; see `ConnectionState.send`.
    func send(_ call: OutgoingCall, to target: Target, result: CallResult) -> Target? {
        let (next, hasFollowers) = sending { state in
            var hasFollowers = false
            let next = state.send(call, to: target, result: result, hasFollowers: &hasFollowers, on: self)
            return (next, hasFollowers)
        }
        if hasFollowers { result.bindQueues() }
        return next
    }

    /// Looks for the outcome of a call on the calling thread, which is about to wait for it. Not under any lock.
    ///
    /// Ends as soon as something comes while other tasks wait: it may be for them, and they may want this thread.
    func look(for result: CallResult) {
        transport.look { result.knownOutcome != nil || waiting.load(ordering: .relaxed) > 0 }
    }

    /// Counts a task that waits for an outcome, until ``endWaiting()``.
    func beginWaiting() {
        waiting.add(1, ordering: .relaxed)
    }

    func endWaiting() {
        waiting.subtract(1, ordering: .relaxed)
    }

    /// Sends the `Return` of a received call.
    func sendReturn(of result: CallResult, to sink: AnswerSink, _ outcome: CallResult.Outcome) {
        var outcome = outcome
        if case .response(let response) = outcome, !sink.keepsResults {
            // Results of a call that was forwarded: copied before the lock is taken.
            do {
                let builder = ResultsBuilder()
                try builder.content.copy(from: response.content)
                outcome = .results(builder)
            } catch {
                outcome = .failure(RPCError(reporting: error))
            }
        }
        update { $0.sendReturn(of: result, to: sink, outcome, on: self) }
    }

    /// Sends the `Resolve` of an exported promise.
    func resolveExport(_ id: UInt32, generation: UInt64) {
        update { $0.resolveExport(id, generation: generation, on: self) }
    }

    /// Adds an effect to the queue, and works the queue off unless another thread is at it.
    func enqueue(_ effect: Effect) {
        update { $0.effects.append(effect) }
    }

    /// Notes that nothing refers to an id any more. May be called anywhere, under any lock.
    func depart(_ departure: Departure) {
        departures.withLock { departures in
            departures.append(departure)
            hasDepartures.store(true, ordering: .releasing)
        }
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        let wasFree = state.withLockIfAvailable { state in
            state.handle(takeDepartures())
            return true
        }
        if wasFree != nil {
            repeat { sendOutbox() } while handleDepartures()
        }
    }

    /// Changes the tables, then does what the change asks for.
    private func update<R: Sendable>(_ change: (inout ConnectionState) -> R) -> R {
        var (value, work) = state.withLock { state in
            let value = change(&state)
            return (value, state.pendingWork)
        }
        while true {
            if work.hasOutbox { sendOutbox() }
            if work.hasEffects { Turn(self).run() }
            guard handleDepartures() else { return value }
            work = (true, true)
        }
    }

    /// Changes the tables, then sends what is to be sent.
    ///
    /// For what the application does in the middle of its own work, perhaps under a lock of its own: methods of the
    /// application must not run here, so effects are left to those who caused them.
    private func sending<R: Sendable>(_ change: (inout ConnectionState) -> R) -> R {
        let (value, hasOutbox, hasEffects) = state.withLock { state in
            let before = state.effects.count
            let value = change(&state)
            return (value, state.isSendingDue, state.effects.count > before)
        }
        if hasOutbox { sendOutbox() }
        while handleDepartures() { sendOutbox() }
        // Rare: a promise settled while it was being sent, or a table is full. Nobody needs to await this.
        if hasEffects { Task.detached { self.update { _ in } } }
        return value
    }

    /// Acts upon departures that were noted while the lock was taken.
    func handleDepartures() -> Bool {
        // Either whoever departs finds the lock free, or this finds the note: both order their two steps by a fence.
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        guard hasDepartures.load(ordering: .acquiring) else { return false }
        let noted = takeDepartures()
        guard !noted.isEmpty else { return false }
        state.withLock { $0.handle(noted) }
        return true
    }

    private func takeDepartures() -> [Departure] {
        departures.withLock { departures in
            hasDepartures.store(false, ordering: .relaxed)
            return ConnectionState.take(&departures)
        }
    }

    func sendOutbox() {
        var spare: [UInt8] = []
        var isFirst = true
        while true {
            var taken = state.withLock { state -> (items: [OutboundItem], batch: [UInt8])? in
                if isFirst, state.isSending { return nil }
                state.isSending = !state.outbox.isEmpty
                guard state.isSending else {
                    state.outbox.reuse(&spare)
                    return nil
                }
                return state.outbox.take(leaving: &spare)
            }
            if taken == nil { return }
            isFirst = false
            for item in taken?.items ?? [] {
                switch item {
                case .frame(let frame): transport.send(frame)
                case .message(let message): transport.send(message.builder)
                case .close: transport.close()
                }
            }
            // The memory is used for the next batch; only one reference to it may be left for that.
            spare = taken?.batch ?? []
            taken = nil
            if !spare.isEmpty { transport.send(spare) }
            spare.removeAll(keepingCapacity: true)
        }
    }

    /// For whoever performs effects: what is to be performed next; see `ConnectionState.takeEffects`.
    func takeEffects(isRunner: Bool, into effects: inout [Effect], holdsBack: Bool) -> Bool? {
        state.withLock { $0.takeEffects(isRunner: isRunner, into: &effects, holdsBack: holdsBack) }
    }

    func perform(_ effect: Effect) {
        switch effect {
        case .start(let request, let target): request.start(on: target)
        case .complete(let result, let outcome): result.complete(outcome)
        case .finish(let result): result.finish()
        case .resolve(let queue, let target): queue.resolve(to: target)
        case .reflectDisembargo(let target, let id):
            update { state in
                guard state.closed == nil else { return }
                do {
                    try state.reflectDisembargo(target, id: id, on: self)
                } catch {
                    state.abort(for: error)
                }
            }
        case .resolveExport(let id, let generation): resolveExport(id, generation: generation)
        case .takeResults(let result, let question, let generation):
            result.addWaiter(
                result.nextWaiterKey(),
                .handler { outcome in
                    guard let outcome else { return }
                    self.update {
                        $0.takeOutcome(outcome, question: question, generation: generation, on: self)
                    }
                })
        case .abort(let reason): abort(reason)
        case .notify(let promise): promise.notify()
        case .finishCall(let result, let delivers): result.callerFinished(deliversWaitingCall: delivers)
        case .disconnectCall(let result): result.cancellation.disconnect()
        case .closed(let handler, let reason): handler(reason)
        case .free, .freeObject: break
        }
    }
}
