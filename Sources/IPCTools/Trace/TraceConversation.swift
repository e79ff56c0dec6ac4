package import Capnp
package import CapnpSchema

/// The messages of one connection, in the order in which they pass by: gives each its names.
///
/// Both sides number questions and objects for themselves; what a number stands for follows from earlier messages.
package struct TraceConversation: Sendable {
    /// The most values that are decoded of one struct.
    static let maxValues = 1 << 18

    /// For messages to be read. Following a pointer twice counts twice, so a large message needs more than its size.
    package static let limits = ReaderLimits(traversalLimitInWords: 16 << 20)

    private let schemas: SchemaLoader
    private let mask: SecretMask?
    private var client = TraceTables()
    private var server = TraceTables()

    /// A connection that has just begun.
    ///
    /// - Parameters:
    ///   - schemas: the names of methods and fields.
    ///   - showsSecrets: whether passphrases and keys are shown as they are.
    package init(schemas: SchemaLoader = KnownSchemas.all, showsSecrets: Bool = false) {
        self.schemas = schemas
        mask = showsSecrets ? nil : SecretMask(schemas: schemas)
    }

    /// How many questions and objects are remembered, for tests.
    package var tableSize: Int {
        client.questions.count + client.exports.count + server.questions.count + server.exports.count
    }

    /// What a message says.
    ///
    /// - Parameters:
    ///   - sender: who sent it.
    ///   - time: when, since the trace began.
    /// - Returns: what it says, and the message itself; in both, secrets are overwritten.
    package mutating func read(
        _ message: Message, from sender: WireSide, at time: Duration
    ) -> (body: TraceEvent.Body, message: Message) {
        var message = message
        let body: TraceEvent.Body
        do throws(WireError) {
            var wire = try WireMessage(message)
            let patches = patches(wire, sender)
            if !patches.isEmpty,
                let masked = try? Message(framed: patches.applied(to: message.framedBytes), limits: Self.limits)
            {
                message = masked
                wire = try WireMessage(masked)
            }
            body = read(wire, from: sender, at: time, isMasked: !patches.isEmpty)
        } catch {
            body = .malformed(error.description)
        }
        return (body, message)
    }

    /// What is to be overwritten in a message.
    private func patches(_ wire: WireMessage, _ sender: WireSide) -> [FramePatch] {
        guard let mask else { return [] }
        switch wire {
        case .call(let call):
            guard let method = schemas.method(interface: call.interfaceID, ordinal: call.methodID),
                let reader = try? call.params.content.structReader()
            else { return [] }
            return mask.patches(in: reader, as: method.parameters, method: method, isResult: false, isSecret: true)
        case .answer(let answer):
            guard case .results(let payload) = answer.outcome,
                let call = self[sender.other].questions[answer.question]?.call,
                let method = schemas.method(interface: call.interfaceID, ordinal: call.methodID),
                let reader = try? payload.content.structReader()
            else { return [] }
            return mask.patches(
                in: reader, as: method.results, method: method, isResult: true, isSecret: call.isSecret)
        default: return []
        }
    }

    private mutating func read(
        _ wire: WireMessage, from sender: WireSide, at time: Duration, isMasked: Bool
    ) -> TraceEvent.Body {
        switch wire {
        case .bootstrap(let question):
            self[sender].ask(question, TraceTables.Question(time: time))
            return .bootstrap(question: question)
        case .call(let call): return read(call, sender, time, isMasked)
        case .answer(let answer): return read(answer, sender, time, isMasked)
        case .finish(let id, let releasesResults):
            let method = self[sender].questions[id]?.call.map {
                schemas.name(interface: $0.interfaceID, ordinal: $0.methodID)
            }
            let exports = self[sender].finish(id)
            if releasesResults { for export in exports { self[sender.other].release(export, count: 1) } }
            return .finish(question: id, method: method)
        case .release(let id, let count):
            let object = object(.export(sender.other, id))
            self[sender.other].release(id, count: Int(count))
            return .release(object, count: count)
        case .resolve(let promise, .capability(let capability)):
            let known = self[sender].exports[promise]?.interfaceID
            note(capability, known, from: sender)
            return .resolve(promise: promise, .object(object(capability, known, from: sender)))
        case .resolve(let promise, .exception(let error)): return .resolve(promise: promise, .exception(error))
        case .disembargo(let target, let id, let isReply):
            return .disembargo(object(target, from: sender), id: id, isReply: isReply)
        case .abort(let error): return .abort(error)
        case .unimplemented: return .unimplemented
        case .other(let number): return .other(number)
        }
    }

    private subscript(side: WireSide) -> TraceTables {
        get { side == .client ? client : server }
        set { if side == .client { client = newValue } else { server = newValue } }
        _modify {
            switch side {
            case .client: yield &client
            case .server: yield &server
            }
        }
    }
}

// MARK: - Calls and answers

extension TraceConversation {
    private mutating func read(
        _ call: WireCall, _ sender: WireSide, _ time: Duration, _ isMasked: Bool
    ) -> TraceEvent.Body {
        refine(call, sender)
        let method = schemas.method(interface: call.interfaceID, ordinal: call.methodID)
        let (value, types) = decode(call.params, as: method?.parameters, brand: method?.parameterBrand)
        for (index, capability) in call.params.capabilities.enumerated() {
            note(capability, types[index], from: sender)
        }
        self[sender].ask(
            call.question,
            TraceTables.Question(
                call: (call.interfaceID, call.methodID, isMasked), time: time,
                paramExports: call.params.capabilities.compactMap(\.ownExport)))
        let params = value.map { TraceValue(value: $0, objects: objects(call.params, types, from: sender)) }
        return .call(
            TraceCall(
                question: call.question, target: object(call.target, from: sender),
                method: schemas.name(interface: call.interfaceID, ordinal: call.methodID), params: params,
                isMasked: isMasked))
    }

    private mutating func read(
        _ answer: WireAnswer, _ sender: WireSide, _ time: Duration, _ isMasked: Bool
    ) -> TraceEvent.Body {
        let asker = sender.other
        let question = self[asker].questions[answer.question].flatMap { $0.isAnswered ? nil : $0 }
        let method = question?.call.flatMap { schemas.method(interface: $0.interfaceID, ordinal: $0.methodID) }
        let name = question?.call.map { schemas.name(interface: $0.interfaceID, ordinal: $0.methodID) }
        let isBootstrap = question != nil && question?.call == nil
        var exports: [UInt32] = []
        let outcome: TraceAnswer.Outcome
        switch answer.outcome {
        case .results(let payload):
            exports = payload.capabilities.compactMap(\.ownExport)
            if isBootstrap {
                let first = payload.content.capabilityIndex.flatMap {
                    payload.capabilities.indices.contains($0) ? payload.capabilities[$0] : nil
                }
                for capability in payload.capabilities { note(capability, KnownSchemas.initial, from: sender) }
                outcome = .object(object(first ?? .none, KnownSchemas.initial, from: sender))
            } else {
                let (value, types) = decode(payload, as: method?.results, brand: method?.resultBrand)
                for (index, capability) in payload.capabilities.enumerated() {
                    note(capability, types[index], from: sender)
                }
                outcome = .results(
                    value.map { TraceValue(value: $0, objects: objects(payload, types, from: sender)) })
            }
        case .exception(let error): outcome = .exception(error)
        case .canceled: outcome = .canceled
        case .sentElsewhere: outcome = .sentElsewhere
        case .takenFrom(let other): outcome = .takenFrom(question: other)
        case .unknown(let tag): outcome = .unknown(tag)
        }
        self[asker].answered(answer.question, resultExports: exports, releasesParams: answer.releasesParams)
        return .answer(
            TraceAnswer(
                question: answer.question, method: name, isBootstrap: isBootstrap,
                elapsed: question.map { time - $0.time }, outcome: outcome, isMasked: isMasked))
    }

    /// A struct as values, and the interfaces of the capabilities in it by their index.
    private func decode(
        _ payload: WirePayload, as id: UInt64?, brand: SchemaBrand?
    ) -> (value: DynamicValue?, types: [Int: UInt64]) {
        guard let id, let reader = try? payload.content.structReader(),
            let value = try? schemas.decode(reader, as: id, brand: brand ?? .none, maxValues: Self.maxValues)
        else { return (nil, [:]) }
        var types: [Int: UInt64] = [:]
        schemas.forEachCapability(in: value, as: id, brand: brand ?? .none) { index, interface in
            types[index] = interface
        }
        return (value, types)
    }

    /// The object that is called is one that has the method.
    private mutating func refine(_ call: WireCall, _ sender: WireSide) {
        guard case .export(let id) = call.target, let export = self[sender.other].exports[id] else { return }
        if let known = export.interfaceID, !schemas.isInterface(call.interfaceID, known) { return }
        self[sender.other].refine(id, call.interfaceID)
    }
}

// MARK: - Objects

extension TraceConversation {
    /// A capability was sent: if it is one of the sender's own, the sender has now given it out.
    private mutating func note(_ capability: WireCapability, _ interfaceID: UInt64?, from sender: WireSide) {
        if let id = capability.ownExport { self[sender].give(id, interfaceID) }
    }

    private func objects(_ payload: WirePayload, _ types: [Int: UInt64], from sender: WireSide) -> [TraceObject] {
        payload.capabilities.enumerated().map { object($1, types[$0], from: sender) }
    }

    private func object(_ capability: WireCapability, _ type: UInt64?, from sender: WireSide) -> TraceObject {
        switch capability {
        case .none: object(.null)
        case .sender(let id), .thirdParty(let id): object(.export(sender, id), type)
        case .promise(let id): object(.promise(sender, id), type)
        case .receiver(let id): object(.export(sender.other, id), type)
        case .answer(let question, let path): object(.answer(sender, question: question, path: path), type)
        case .unknown(let tag): object(.unknown(tag))
        }
    }

    private func object(_ target: WireTarget, from sender: WireSide) -> TraceObject {
        switch target {
        case .export(let id): object(.export(sender.other, id))
        case .answer(let question, let path): object(.answer(sender, question: question, path: path))
        }
    }

    private func object(_ place: TraceObject.Place, _ type: UInt64? = nil) -> TraceObject {
        let known: UInt64? =
            switch place {
            case .null, .unknown: nil
            case .export(let side, let id), .promise(let side, let id): self[side].exports[id]?.interfaceID
            case .answer(let side, let question, let path): interface(of: question, path, side)
            }
        return TraceObject(place: place, interface: (known ?? type).map(schemas.interfaceName))
    }

    /// The interface of what an answer will hold.
    private func interface(of question: UInt32, _ path: [UInt16], _ side: WireSide) -> UInt64? {
        guard let question = self[side].questions[question] else { return nil }
        guard let call = question.call else { return path.isEmpty ? KnownSchemas.initial : nil }
        return schemas.method(interface: call.interfaceID, ordinal: call.methodID)
            .flatMap { schemas.interface(at: path, in: $0.results) }
    }
}

extension WireCapability {
    /// The export of the sender's that it names.
    fileprivate var ownExport: UInt32? {
        switch self {
        case .sender(let id), .promise(let id), .thirdParty(let id): id
        default: nil
        }
    }
}
