import Capnp

/// The tables of a connection, named as in `rpc.capnp`. Lives inside the connection's lock.
///
/// The methods of this type change tables and note down what is to be done: frames in `outbox`, everything else in
/// `effects`. They call nobody, and let go of nothing: objects whose last reference might be here end up in an effect.
/// `connection` parameters are the connection that owns the state; they are stored in new objects, never called.
struct ConnectionState: Sendable {
    let limits: ConnectionLimits

    /// Why the connection is closed; `nil` while it is open. Once set, the tables stay empty.
    var closed: RPCError?

    var questions = IDTable<QuestionEntry>()
    var answers: [UInt32: AnswerEntry] = [:]
    /// The `Return`s sent after which a `Finish` may come or not.
    var optionalFinishes = 0
    /// The size of all calls in `answers` that have not returned.
    var callWords = 0
    /// Their share of the budget.
    var callShare: MemoryShare
    var imports: [UInt32: ImportEntry] = [:]
    var exports = IDTable<ExportEntry>()
    /// The export ids of objects that have one.
    var exportIDs: [ObjectIdentifier: UInt32] = [:]
    var embargoes = IDTable<Embargo>()

    /// The peer's first object, as this side offers it.
    var bootstrap: Client?
    var closeHandlers: [@Sendable (RPCError) -> Void] = []

    var statistics = ConnectionStatistics()

    var outbox: Outbox
    var isSending = false
    var effects: [Effect] = []
    var isRunningEffects = false
    /// Empty: memory for `effects`.
    var spareEffects: [Effect] = []
    /// When the message that is being handled came.
    var arrival = SuspendingClock.now

    /// Counts entries, so that an id that is used again is not taken for the one before.
    private var lastGeneration: UInt64 = 0

    init(limits: ConnectionLimits, bootstrap: Client?, makesBatches: Bool) {
        self.limits = limits
        outbox = Outbox(makesBatches: makesBatches)
        callShare = MemoryShare(of: limits.budget)
        self.bootstrap = bootstrap
    }

    /// A number that no entry has had.
    mutating func nextGeneration() -> UInt64 {
        lastGeneration += 1
        return lastGeneration
    }

    /// Notes the size of the calls that have not returned.
    ///
    /// - Returns: whether the budget has room for it.
    @discardableResult
    mutating func use(callWords words: Int) -> Bool {
        guard callShare.use(words &* 8) else { return false }
        callWords = words
        return true
    }

    /// Queues a frame for sending.
    mutating func send(_ frame: [UInt8]) {
        guard closed == nil else { return }
        statistics.bytesSent &+= UInt64(frame.count)
        outbox.append(frame)
    }

    /// Queues a message for sending.
    mutating func send(_ message: OutboundMessage) {
        guard closed == nil else { return }
        statistics.sent(message.builder)
        outbox.append(message.builder)
    }

    /// Whether there is something to send that nobody is sending.
    var isSendingDue: Bool { !isSending && !outbox.isEmpty }

    /// What is left to do once the lock is free. Whoever runs effects sends what they bring about; only the end does not
    /// wait for a method that may be running there.
    var pendingWork: (hasOutbox: Bool, hasEffects: Bool) {
        (isSendingDue && (!isRunningEffects || closed != nil), !isRunningEffects && !effects.isEmpty)
    }

    /// Takes what is to be performed next.
    ///
    /// - Parameters:
    ///   - isRunner: whether the caller performs effects already.
    ///   - effects: empty; its memory is used for later ones.
    ///   - holdsBack: whether what is to be sent may wait for more, if it is short.
    /// - Returns: whether what the former effects have brought about must be sent first; nil if there is nothing, or
    ///   another thread is at it: then the caller is not the runner any more.
    mutating func takeEffects(isRunner: Bool, into effects: inout [Effect], holdsBack: Bool) -> Bool? {
        guard isRunner || !isRunningEffects else { return nil }
        let mustSend = isSendingDue && !(holdsBack && outbox.isShort)
        isRunningEffects = !self.effects.isEmpty || mustSend
        guard isRunningEffects else {
            // Whoever goes leaves its memory to the next one.
            if spareEffects.capacity == 0 { swap(&spareEffects, &effects) }
            return nil
        }
        if effects.capacity == 0 { swap(&spareEffects, &effects) }
        swap(&self.effects, &effects)
        return mustSend
    }

    /// Empties every table and fails everything that is pending. The first reason counts.
    ///
    /// - Parameter abort: sent to the peer as the last message, if given.
    mutating func close(_ error: RPCError, abort: RPCError? = nil) {
        guard closed == nil else { return }
        if let abort { outbox.append(OutboundMessage.abort(abort)) }
        outbox.appendClose()
        closed = error

        for (_, question) in questions.entries {
            guard let result = question.result else { continue }
            settle(result, .failure(error)) { _, target in target }
        }
        for answer in answers.values {
            effects.append(.disconnectCall(answer.result))
            effects.append(.complete(answer.result, .failure(error)))
        }
        for entry in imports.values {
            guard let promise = entry.promise else { continue }
            effects.append(.notify(promise.resolve(to: .broken(error))))
        }
        for (_, embargo) in embargoes.entries { effects.append(.resolve(embargo.queue, .broken(error))) }
        for handler in closeHandlers { effects.append(.closed(handler, error)) }
        effects.append(
            .free([Array(answers.values), exports.entries.map(\.element), embargoes.entries.map(\.element), bootstrap]))

        questions.removeAll()
        answers = [:]
        use(callWords: 0)
        imports = [:]
        exports.removeAll()
        exportIDs = [:]
        embargoes.removeAll()
        closeHandlers = []
        bootstrap = nil
    }

    /// Settles an outcome, and notes down what follows from it.
    mutating func settle(
        _ result: CallResult, _ outcome: Result<Response, RPCError>, embargo: ([UInt16], Target) -> Target
    ) {
        let (promises, former) = result.settle(outcome, embargo: embargo)
        for promise in promises { effects.append(.notify(promise)) }
        effects.append(.finish(result))
        if let former { effects.append(.freeObject(former)) }
    }

    /// The entries of each table.
    var tableSizes: ConnectionTableSizes {
        ConnectionTableSizes(
            questions: questions.count, answers: answers.count, imports: imports.count, exports: exports.count,
            embargoes: embargoes.count)
    }
}

/// The number of entries in each table of a connection; all 0 when nothing is under way and nothing is held.
public struct ConnectionTableSizes: Equatable, Sendable {
    /// Calls made here whose `Return` or `Finish` is missing.
    public var questions: Int
    /// Calls of the peer whose `Return` or `Finish` is missing.
    public var answers: Int
    /// Capabilities of the peer that are held here.
    public var imports: Int
    /// Capabilities of this side that the peer holds.
    public var exports: Int
    /// Promises that resolved to this side, whose calls wait for earlier ones to come back.
    public var embargoes: Int

    /// Tables of the given sizes.
    public init(questions: Int = 0, answers: Int = 0, imports: Int = 0, exports: Int = 0, embargoes: Int = 0) {
        self.questions = questions
        self.answers = answers
        self.imports = imports
        self.exports = exports
        self.embargoes = embargoes
    }
}
