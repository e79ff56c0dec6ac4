import Capnp

/// Decoding of received messages. Everything here is pure: no table is consulted.
struct InboundDecoder {
    /// The most capability descriptors that one message may have.
    let maxDescriptors: Int

    /// Decodes a message.
    ///
    /// - Throws: `CapnpError` for a malformed message, `ProtocolViolation` for one that makes no sense.
    func decode(_ message: Message) throws -> InboundMessage {
        let root = try message.root.structReader()
        guard let kind = RPCLayout.Kind(rawValue: root.integer(at: 0)) else { return .unsupported }
        let body = try root.pointer(at: 0).structReader()
        let id: UInt32 = body.integer(at: RPCLayout.idAt)
        switch kind {
        case .unimplemented: return .unimplemented(try rejected(body))
        case .abort: return .abort(try exception(body))
        case .bootstrap: return .bootstrap(questionID: id)
        case .call: return try call(body)
        case .return: return .return(try returned(body))
        case .finish:
            return .finish(
                InboundFinish(
                    questionID: id,
                    releaseResultCaps: body.bool(at: RPCLayout.releaseCapsBit, default: true),
                    deliversWaitingCall: body.bool(at: RPCLayout.earlyCancellationWorkaroundBit, default: true)))
        case .resolve: return try resolve(body)
        case .release: return .release(id: id, count: body.integer(at: RPCLayout.releaseCountAt))
        case .disembargo: return try disembargo(body)
        }
    }

    private func call(_ call: StructReader) throws -> InboundMessage {
        let sendResultsTo: UInt16 = call.integer(at: RPCLayout.callSendResultsToAt)
        guard sendResultsTo <= 1 else { return .unsupported }
        return .call(
            InboundCall(
                questionID: call.integer(at: RPCLayout.idAt),
                target: try target(call.pointer(at: 0).structReader()),
                interfaceID: call.integer(at: RPCLayout.callInterfaceAt),
                methodID: call.integer(at: RPCLayout.callMethodAt),
                params: try payload(call.pointer(at: 1).structReader()),
                hints: InboundCall.Hints(
                    keepsResults: sendResultsTo == 1,
                    noPromisePipelining: call.bool(at: RPCLayout.callNoPromisePipeliningBit),
                    onlyPromisePipeline: call.bool(at: RPCLayout.callOnlyPromisePipelineBit))))
    }

    private func returned(_ value: StructReader) throws -> InboundReturn {
        let body: InboundReturn.Body
        switch RPCLayout.ReturnTag(rawValue: value.integer(at: RPCLayout.returnTagAt)) {
        case .results: body = .results(try payload(value.pointer(at: 0).structReader()))
        case .exception: body = .exception(try exception(value.pointer(at: 0).structReader()))
        case .canceled: body = .canceled
        case .resultsSentElsewhere: body = .resultsSentElsewhere
        case .takeFromOtherQuestion:
            body = .takeFromOtherQuestion(value.integer(at: RPCLayout.returnTakeFromAt))
        case .acceptFromThirdParty, nil: body = .unsupported
        }
        return InboundReturn(
            answerID: value.integer(at: RPCLayout.idAt),
            releaseParamCaps: value.bool(at: RPCLayout.releaseCapsBit, default: true),
            noFinishNeeded: value.bool(at: RPCLayout.noFinishNeededBit),
            body: body)
    }

    private func resolve(_ resolve: StructReader) throws -> InboundMessage {
        let id: UInt32 = resolve.integer(at: RPCLayout.idAt)
        let value = try resolve.pointer(at: 0).structReader()
        switch resolve.integer(at: RPCLayout.tagAt) as UInt16 {
        case 0: return .resolve(promiseID: id, .capability(try descriptor(value)))
        case 1: return .resolve(promiseID: id, .exception(try exception(value)))
        default: return .unsupported
        }
    }

    private func disembargo(_ disembargo: StructReader) throws -> InboundMessage {
        let id: UInt32 = disembargo.integer(at: RPCLayout.idAt)
        let context: InboundMessage.DisembargoContext
        switch disembargo.integer(at: RPCLayout.tagAt) as UInt16 {
        case 0: context = .senderLoopback(id)
        case 1: context = .receiverLoopback(id)
        default: return .unsupported
        }
        return .disembargo(try target(disembargo.pointer(at: 0).structReader()), context)
    }

    /// What of our own message came back; only enough of it is read to act on it.
    private func rejected(_ message: StructReader) throws -> InboundMessage.Rejected {
        let body = try message.pointer(at: 0).structReader()
        let id: UInt32 = body.integer(at: RPCLayout.idAt)
        switch RPCLayout.Kind(rawValue: message.integer(at: 0)) {
        case .call, .bootstrap: return .question(id: id)
        case .resolve:
            guard body.integer(at: RPCLayout.tagAt) as UInt16 == 0 else { return .resolve(export: nil) }
            switch try descriptor(body.pointer(at: 0).structReader()) {
            case .senderHosted(let export), .senderPromise(let export): return .resolve(export: export)
            default: return .resolve(export: nil)
            }
        case .disembargo where body.integer(at: RPCLayout.tagAt) as UInt16 == 0: return .embargo(id: id)
        default: return .other
        }
    }

    private func target(_ target: StructReader) throws -> InboundTarget {
        switch target.integer(at: RPCLayout.tagAt) as UInt16 {
        case 0: return .importedCap(target.integer(at: RPCLayout.idAt))
        case 1: return .promisedAnswer(try promisedAnswer(target.pointer(at: 0).structReader()))
        default: throw ProtocolViolation("Unknown message target.")
        }
    }

    private func payload(_ payload: StructReader) throws -> InboundPayload {
        let table = try payload.pointer(at: 1).list(.inlineComposite)
        guard table.count <= maxDescriptors else {
            throw ProtocolViolation("Limit exceeded: \(maxDescriptors) capabilities in one message.")
        }
        var descriptors: [InboundDescriptor] = []
        descriptors.reserveCapacity(table.count)
        for index in 0..<table.count {
            descriptors.append(try descriptor(table.structReader(index)))
        }
        return InboundPayload(content: payload.pointer(at: 0), descriptors: descriptors)
    }

    private func descriptor(_ descriptor: StructReader) throws -> InboundDescriptor {
        let id: UInt32 = descriptor.integer(at: RPCLayout.capDescriptorIDAt)
        switch RPCLayout.DescriptorTag(rawValue: descriptor.integer(at: RPCLayout.capDescriptorTagAt)) {
        case .some(.none): return .none
        case .senderHosted: return .senderHosted(id)
        case .senderPromise: return .senderPromise(id)
        case .receiverHosted: return .receiverHosted(id)
        case .receiverAnswer: return .receiverAnswer(try promisedAnswer(descriptor.pointer(at: 0).structReader()))
        case .thirdPartyHosted:
            // At level 1 calls go to the vine, which the sender forwards to the third party.
            return .senderHosted(try descriptor.pointer(at: 0).structReader().integer(at: RPCLayout.idAt))
        case nil: return .unknown
        }
    }

    private func promisedAnswer(_ answer: StructReader) throws -> InboundPromisedAnswer {
        let operations = try answer.pointer(at: 0).list(.inlineComposite)
        // A capability cannot lie deeper than messages may nest.
        guard operations.count <= ReaderLimits().nestingLimit else {
            throw ProtocolViolation("Too many operations in a PromisedAnswer.")
        }
        var path: [UInt16] = []
        for index in 0..<operations.count {
            let operation = operations.structReader(index)
            switch operation.integer(at: RPCLayout.operationTagAt) as UInt16 {
            case 0: continue
            case 1: path.append(operation.integer(at: RPCLayout.operationFieldAt))
            default: throw ProtocolViolation("Unknown operation in a PromisedAnswer.")
            }
        }
        return InboundPromisedAnswer(questionID: answer.integer(at: RPCLayout.idAt), path: path)
    }

    private func exception(_ exception: StructReader) throws -> RPCError {
        RPCError(
            kind: RPCError.Kind(rawValue: exception.integer(at: RPCLayout.exceptionTypeAt)) ?? .failed,
            reason: try exception.pointer(at: 0).text())
    }
}
