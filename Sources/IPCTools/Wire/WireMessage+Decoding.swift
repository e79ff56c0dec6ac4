package import Capnp

/// Why a message is none of `rpc.capnp`, though its framing is right.
package enum WireError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A pointer leads nowhere, or a list is none.
    case message(CapnpError)
    /// A table or a path is longer than anybody needs.
    case tooMany(String)
    /// The target of a call is of no known kind.
    case unknownTarget

    /// For people.
    package var description: String {
        switch self {
        case .message(let error): "malformed message: \(error)"
        case .tooMany(let what): "too many \(what)"
        case .unknownTarget: "unknown kind of target"
        }
    }
}

extension WireMessage {
    /// The most entries of a capability table that are read.
    static let maxCapabilities = 1 << 14
    /// The longest path to a capability.
    static let maxPath = 64

    /// Reads a message.
    package init(_ message: Message) throws(WireError) {
        let root: StructReader
        do throws(CapnpError) { root = try message.root.structReader() } catch { throw .message(error) }
        let number: UInt16 = root.integer(at: 0)
        guard let kind = WireLayout.Kind(rawValue: number) else {
            self = .other(number)
            return
        }
        guard kind != .unimplemented else {
            self = .unimplemented
            return
        }
        let body = try root.structure(0)
        let id: UInt32 = body.integer(at: WireLayout.id)
        switch kind {
        case .unimplemented: self = .unimplemented
        case .abort: self = .abort(try WireException(body))
        case .bootstrap: self = .bootstrap(question: id)
        case .call:
            self = .call(
                WireCall(
                    question: id, target: try WireTarget(body.structure(WireLayout.callTarget)),
                    interfaceID: body.integer(at: WireLayout.callInterface),
                    methodID: body.integer(at: WireLayout.callMethod),
                    params: try WirePayload(body.structure(WireLayout.callParams))))
        case .answer: self = .answer(try WireAnswer(body))
        case .finish:
            self = .finish(question: id, releasesResults: body.bool(at: WireLayout.releaseBit, default: true))
        case .resolve:
            let value = try body.structure(0)
            let isException = body.integer(at: WireLayout.tag) as UInt16 == 1
            self = .resolve(
                promise: id, isException ? .exception(try WireException(value)) : .capability(try WireCapability(value))
            )
        case .release: self = .release(id: id, count: body.integer(at: WireLayout.releaseCount))
        case .disembargo:
            self = .disembargo(
                try WireTarget(body.structure(0)), id: id, isReply: body.integer(at: WireLayout.tag) as UInt16 == 1)
        }
    }
}

extension WireAnswer {
    fileprivate init(_ body: StructReader) throws(WireError) {
        question = body.integer(at: WireLayout.id)
        releasesParams = body.bool(at: WireLayout.releaseBit, default: true)
        switch body.integer(at: WireLayout.answerTag) as UInt16 {
        case 0: outcome = .results(try WirePayload(body.structure(0)))
        case 1: outcome = .exception(try WireException(body.structure(0)))
        case 2: outcome = .canceled
        case 3: outcome = .sentElsewhere
        case 4: outcome = .takenFrom(question: body.integer(at: WireLayout.answerTakenFrom))
        case let tag: outcome = .unknown(tag)
        }
    }
}

extension WirePayload {
    fileprivate init(_ payload: StructReader) throws(WireError) {
        content = payload.pointer(at: WireLayout.payloadContent)
        let table = try payload.structures(WireLayout.payloadTable)
        guard table.count <= WireMessage.maxCapabilities else { throw .tooMany("capabilities in one message") }
        capabilities = []
        for index in table.indices { capabilities.append(try WireCapability(table.structReader(index))) }
    }
}

extension WireCapability {
    fileprivate init(_ descriptor: StructReader) throws(WireError) {
        let id: UInt32 = descriptor.integer(at: WireLayout.capabilityID)
        switch descriptor.integer(at: WireLayout.capabilityTag) as UInt16 {
        case 0: self = .none
        case 1: self = .sender(id)
        case 2: self = .promise(id)
        case 3: self = .receiver(id)
        case 4:
            let (question, path) = try descriptor.structure(0).promisedAnswer()
            self = .answer(question: question, path: path)
        case 5: self = .thirdParty(try descriptor.structure(0).integer(at: WireLayout.id))
        case let tag: self = .unknown(tag)
        }
    }
}

extension WireTarget {
    fileprivate init(_ target: StructReader) throws(WireError) {
        switch target.integer(at: WireLayout.tag) as UInt16 {
        case 0: self = .export(target.integer(at: WireLayout.id))
        case 1:
            let (question, path) = try target.structure(0).promisedAnswer()
            self = .answer(question: question, path: path)
        default: throw .unknownTarget
        }
    }
}

extension WireException {
    fileprivate init(_ exception: StructReader) throws(WireError) {
        kind = exception.integer(at: WireLayout.exceptionKind)
        do throws(CapnpError) { reason = try exception.pointer(at: 0).text() } catch { throw .message(error) }
    }
}

extension StructReader {
    fileprivate func structure(_ index: Int) throws(WireError) -> StructReader {
        do throws(CapnpError) { return try pointer(at: index).structReader() } catch { throw .message(error) }
    }

    fileprivate func structures(_ index: Int) throws(WireError) -> ListReader {
        do throws(CapnpError) { return try pointer(at: index).list(.inlineComposite) } catch { throw .message(error) }
    }

    /// The fields of a `PromisedAnswer`.
    fileprivate func promisedAnswer() throws(WireError) -> (question: UInt32, path: [UInt16]) {
        let operations = try structures(0)
        guard operations.count <= WireMessage.maxPath else { throw .tooMany("operations on an answer") }
        var path: [UInt16] = []
        for index in operations.indices {
            let operation = operations.structReader(index)
            guard operation.integer(at: WireLayout.operationTag) as UInt16 == 1 else { continue }
            path.append(operation.integer(at: WireLayout.operationField))
        }
        return (integer(at: WireLayout.id), path)
    }
}
