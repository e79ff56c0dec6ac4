import Capnp

/// A call of ours that is not over in both directions.
struct QuestionEntry: Sendable {
    /// Where the outcome goes; gone when nobody wants it.
    weak var result: CallResult?
    /// Exports whose reference count the parameters raised.
    var paramExports: [UInt32] = []
    /// Tells this question from others that had the id.
    var generation: UInt64
    /// Whether the `Return` has come.
    var isReturned = false
    /// Whether the capabilities in the results are in the import table, to be released one by one.
    var hasImportedResults = false
    /// Whether the callee has forgotten the call by itself.
    var needsNoFinish = false
    /// Whether the `Finish` has been sent, or would be if it were needed.
    var isFinished = false
}

/// What a `Return` has to know of its question.
private struct ReturnedQuestion {
    let result: CallResult?
    let paramExports: [UInt32]
    let generation: UInt64
    let isFinished: Bool
}

/// Questions: calls made by this side.
extension ConnectionState {
    /// Sends a call.
    ///
    /// - Parameter hasFollowers: set if calls wait that `CallResult.bindQueues()` must now send after this one.
    /// - Returns: where the call goes instead, when it is not for this connection after all.
    mutating func send(
        _ call: OutgoingCall, to target: Target, result: CallResult, hasFollowers: inout Bool,
        on connection: Connection
    ) -> Target? {
        if let closed { return .broken(closed) }
        let address: RemoteAddress
        switch target {
        case .remote(let capability): address = capability.address
        case .promise(let promise):
            guard let capability = promise.address else { return promise.resolution ?? .null }
            promise.used.set()
            address = capability.address
        default: return target
        }
        let question = ask(result, hasFollowers: &hasFollowers, on: connection)
        var payload = PayloadWriter()
        payload.write(call.message.builder.capabilities, to: call.descriptors, &self, on: connection)
        if !payload.exports.isEmpty { questions.update(question.id) { $0.paramExports = payload.exports } }
        let body = call.message.body
        body.setInteger(question.id, at: RPCLayout.idAt)
        if !result.isPipelined { body.setBool(true, at: RPCLayout.callNoPromisePipeliningBit) }
        OutboundMessage.write(address, to: body.pointer(at: 0).initStruct(RPCLayout.messageTarget))
        send(call.message)
        payload.trailers.forEach { send($0) }
        return nil
    }

    /// Asks for the peer's bootstrap capability.
    mutating func sendBootstrap(_ result: CallResult, on connection: Connection) {
        var hasFollowers = false
        let question = ask(result, hasFollowers: &hasFollowers, on: connection)
        send(OutboundMessage.bootstrap(question: question.id))
    }

    private mutating func ask(
        _ result: CallResult, hasFollowers: inout Bool, on connection: Connection
    ) -> Question {
        let id = questions.insert(QuestionEntry(result: result, generation: nextGeneration()))
        let question = Question(connection: connection, id: id)
        // A result that was given up does not take the question: `Finish` follows as soon as `question` goes.
        hasFollowers = result.attach(question)
        return question
    }

    /// Handles a `Return`.
    mutating func receive(_ returned: InboundReturn, in message: Message, on connection: Connection) throws {
        let id = returned.answerID
        let question = questions.update(id) { question -> ReturnedQuestion? in
            guard !question.isReturned else { return nil }
            question.isReturned = true
            question.needsNoFinish = returned.noFinishNeeded
            defer { question.paramExports = [] }
            return ReturnedQuestion(
                result: question.isFinished ? nil : question.result, paramExports: question.paramExports,
                generation: question.generation, isFinished: question.isFinished)
        }
        guard let question, let question else {
            throw ProtocolViolation("Invalid question ID in Return message.")
        }
        if returned.releaseParamCaps {
            for export in question.paramExports { try release(export: export, count: 1) }
        }
        let wanted = question.result
        // This may have become the last reference; whatever happens below, it must not go under the lock.
        if let wanted { effects.append(.freeObject(wanted)) }
        switch returned.body {
        case .results(let payload):
            // Results that nobody wants are not imported: `Finish` lets the peer release what is in them.
            guard let wanted else { break }
            questions.update(id) { $0.hasImportedResults = true }
            message.attach(capabilities: try importAll(payload.descriptors, on: connection))
            settle(wanted, resultsOf: payload, question: id, on: connection)
        case .exception(let error):
            if let wanted { settle(wanted, .failure(error)) { _, target in target } }
        case .canceled:
            if let wanted { settle(wanted, .failure(.failed("The call was canceled."))) { _, target in target } }
        case .resultsSentElsewhere:
            throw ProtocolViolation("`resultsSentElsewhere` for a call whose results are to be sent to the caller.")
        case .takeFromOtherQuestion(let answerID):
            guard let answer = answers[answerID], answer.result.sink?.keepsResults == true else {
                throw ProtocolViolation("`takeFromOtherQuestion` had an invalid answer ID.")
            }
            if wanted != nil {
                effects.append(.takeResults(of: answer.result, question: id, generation: question.generation))
            }
        case .unsupported:
            send(OutboundMessage.unimplemented(message))
            let error = RPCError(kind: .unimplemented, reason: "The results are in a place unknown at level 1.")
            if let wanted { settle(wanted, .failure(error)) { _, target in target } }
        }
        if question.isFinished { _ = questions.remove(id) }
    }

    /// Uses the outcome of a received call, kept here for that purpose, as that of a question.
    mutating func takeOutcome(
        _ outcome: Result<Response, RPCError>, question id: UInt32, generation: UInt64, on connection: Connection
    ) {
        guard let question = questions[id], question.generation == generation, let wanted = question.result else {
            return
        }
        settle(wanted, outcome, question: id, on: connection)
    }

    private mutating func settle(
        _ result: CallResult, resultsOf payload: InboundPayload, question: UInt32, on connection: Connection
    ) {
        let outcome: Result<Response, RPCError>
        do {
            outcome = .success(try Response(payload.content))
        } catch {
            outcome = .failure(.failed("The results are malformed: \(error)."))
        }
        settle(result, outcome, question: question, on: connection)
    }

    /// Settles the outcome of a question; promises that came back to this side get an embargo.
    mutating func settle(
        _ result: CallResult, _ outcome: Result<Response, RPCError>, question: UInt32, on connection: Connection
    ) {
        // The state cannot be changed inside the closure that `settle` calls with it: embargoes are made up first.
        var requests: [(path: [UInt16], queue: CallQueue, target: Target)] = []
        settle(result, outcome) { path, target in
            guard ConnectionState.needsEmbargo(target.settled, on: connection) else {
                return ConnectionState.inheritUse(target)
            }
            let queue = CallQueue()
            requests.append((path, queue, target))
            return .queue(queue)
        }
        for request in requests {
            embargo(request.queue, for: request.target, at: .answer(question: question, path: request.path))
        }
    }

    /// Handles a `Call` or `Bootstrap` of ours that the peer does not implement.
    mutating func receiveUnimplemented(question id: UInt32) throws {
        guard var question = questions[id], !question.isReturned else {
            throw ProtocolViolation("Invalid question ID in Unimplemented message.")
        }
        question.isReturned = true
        for export in question.paramExports { try release(export: export, count: 1) }
        question.paramExports = []
        questions[id] = question
        let error = RPCError(kind: .unimplemented, reason: "The peer does not implement this message.")
        if let result = question.result { settle(result, .failure(error)) { _, target in target } }
        if question.isFinished { _ = questions.remove(id) }
    }

    /// Sends the `Finish` of a question that nothing here names any more.
    mutating func finish(question id: UInt32) {
        let end = questions.update(id) { question -> (needsFinish: Bool, releases: Bool, isReturned: Bool)? in
            guard !question.isFinished else { return nil }
            question.isFinished = true
            return (!question.needsNoFinish, !question.hasImportedResults, question.isReturned)
        }
        guard let end, let end else { return }
        if end.needsFinish { send(OutboundMessage.finish(question: id, releaseResultCaps: end.releases)) }
        if end.isReturned { _ = questions.remove(id) }
    }
}
