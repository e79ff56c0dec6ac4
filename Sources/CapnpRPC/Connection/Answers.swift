import Capnp

/// A call of the peer's that is not over in both directions.
struct AnswerEntry: Sendable {
    /// The outcome of the call, known or not.
    let result: CallResult
    /// The size of the `Call`, counted until it has returned; 0 for a `Bootstrap`.
    let words: Int
    /// What the caller wants with the results.
    let hints: InboundCall.Hints
    /// When the call arrived.
    let began: SuspendingClock.Instant
    /// Whether the `Return` has been sent.
    var isReturned = false
    /// Whether the `Finish` has come.
    var isFinished = false
    /// Exports whose reference count the results raised.
    var resultExports: [UInt32] = []
    /// Addresses of the peer's by which the results named capabilities. Calls pipelined on those go there strictly,
    /// even if what is there turns out to be a promise that resolves to something else.
    var strict: [ObjectIdentifier: RemoteCapability] = [:]

    /// Whether it is a `Call`, not a `Bootstrap`.
    var isCall: Bool { words > 0 }
}

/// Answers: calls received from the peer.
extension ConnectionState {
    /// Handles a `Bootstrap`.
    mutating func receiveBootstrap(question id: UInt32, on connection: Connection) throws {
        let result = try open(answer: id, words: 0, on: connection)
        if let bootstrap {
            let builder = ResultsBuilder()
            builder.content.setCapability(bootstrap)
            effects.append(.complete(result, .results(builder)))
        } else {
            let error = RPCError(kind: .unimplemented, reason: "This side offers no bootstrap capability.")
            effects.append(.complete(result, .failure(error)))
        }
    }

    /// Handles a `Call`.
    mutating func receive(_ call: InboundCall, in message: Message, on connection: Connection) throws {
        // The target is found first: parameters cannot refer to the answer that they are part of.
        let target = try self.target(of: call.target)
        message.attach(capabilities: try importAll(call.params.descriptors, on: connection))
        let result = try open(answer: call.questionID, words: message.sizeInWords, hints: call.hints, on: connection)
        let request = CallRequest(
            interfaceID: call.interfaceID, methodID: call.methodID, params: call.params.content, result: result)
        effects.append(.start(request, target))
        statistics.calls += 1
    }

    private mutating func open(
        answer id: UInt32, words: Int, hints: InboundCall.Hints = .init(), on connection: Connection
    ) throws -> CallResult {
        guard answers[id] == nil else { throw ProtocolViolation("questionId is already in use.") }
        guard answers.count < limits.answers else {
            throw ProtocolViolation("Limit exceeded: \(limits.answers) calls at the same time.")
        }
        guard words <= limits.callWords - callWords else {
            throw ProtocolViolation("Limit exceeded: \(limits.callWords) words of calls at the same time.")
        }
        guard use(callWords: callWords + words) else { throw ProtocolViolation(callShare.exhaustion) }
        let result = CallResult(
            sink: AnswerSink(connection: connection, answerID: id, keepsResults: hints.keepsResults),
            isPipelined: !hints.noPromisePipelining)
        answers[id] = AnswerEntry(result: result, words: words, hints: hints, began: arrival)
        return result
    }

    /// Where messages to a target go.
    func target(of target: InboundTarget) throws -> Target {
        switch target {
        case .importedCap(let id):
            guard let export = exports[id] else {
                throw ProtocolViolation("Message target is not a current export ID.")
            }
            return export.target
        case .promisedAnswer(let promised):
            guard let target = self.target(of: promised) else {
                throw ProtocolViolation("PromisedAnswer.questionId is not a current question.")
            }
            return target
        }
    }

    /// Where calls on a capability in the results of a received call go; `nil` if there is no such call.
    func target(of promised: InboundPromisedAnswer) -> Target? {
        guard let answer = answers[promised.questionID] else { return nil }
        if !answer.strict.isEmpty, let client = answer.result.settledClient(at: promised.path),
            let capability = answer.strict[ObjectIdentifier(client)]
        {
            return .remote(capability)
        }
        return answer.result.target(at: promised.path)
    }

    /// Sends the `Return` of a call.
    mutating func sendReturn(
        of result: CallResult, to sink: AnswerSink, _ outcome: CallResult.Outcome, on connection: Connection
    ) {
        let id = sink.answerID
        // Taken out, as mostly it does not go back in.
        guard var answer = answers.removeValue(forKey: id) else { return }
        guard answer.result === result, !answer.isReturned else {
            answers[id] = answer
            return
        }
        answer.isReturned = true
        use(callWords: callWords - answer.words)
        if answer.isCall { statistics.returned(answer.began) }
        var payload = PayloadWriter()
        // Nobody can ask for anything in such results: the call is over without a `Finish`.
        var forgets = false
        if answer.hints.onlyPromisePipeline, !sink.keepsResults {
            // What the results hold is reached through the answer, until the `Finish`.
        } else if answer.isFinished {
            send(OutboundMessage.return(answer: id, .canceled))
        } else if case .failure(let error) = outcome {
            forgets = answer.hints.noPromisePipelining
            send(OutboundMessage.return(answer: id, .exception, error: error, noFinishNeeded: forgets))
        } else if sink.keepsResults {
            send(OutboundMessage.return(answer: id, .resultsSentElsewhere))
        } else if case .results(let builder) = outcome {
            let body = builder.message.body
            forgets = answer.hints.noPromisePipelining && builder.hasNoCapabilities
            OutboundMessage.beginReturn(body, answer: id, .results, noFinishNeeded: forgets)
            payload.write(builder.message.builder.capabilities, to: builder.descriptors, &self, on: connection)
            send(builder.message)
            payload.trailers.forEach { send($0) }
        }
        answer.resultExports = payload.exports
        answer.strict = payload.strict
        if forgets { optionalFinishes += 1 }
        if forgets || answer.isFinished {
            // Whoever asked for the `Return` holds the call too, so nothing of it is freed here.
            if answer.resultExports.isEmpty, answer.strict.isEmpty {
                effects.append(.freeObject(answer.result))
            } else {
                effects.append(.free([answer]))
            }
        } else {
            answers[id] = answer
        }
    }

    /// Handles a `Finish`.
    mutating func receive(_ finish: InboundFinish) throws {
        let id = finish.questionID
        guard var answer = answers[id], !answer.isFinished else {
            guard answers[id] == nil, optionalFinishes > 0 else {
                throw ProtocolViolation("'Finish' for invalid question ID.")
            }
            optionalFinishes -= 1
            return
        }
        if finish.releaseResultCaps {
            for export in answer.resultExports { try release(export: export, count: 1) }
        }
        answer.resultExports = []
        answer.isFinished = true
        if answer.isReturned {
            answers[id] = nil
            effects.append(.free([answer]))
        } else {
            answers[id] = answer
            effects.append(.finishCall(answer.result, deliversWaitingCall: finish.deliversWaitingCall))
        }
    }
}
