import Capnp
package import CapnpSchema
package import IPC

/// Says to a server what a recorded client said, waits where the client had an answer, and compares the answers.
///
/// The client's numbers stay; those that the server gives its objects and questions may be others than in the recording, and
/// are replaced in what the client says. Objects are compared by being there.
package struct DialogueReplay: Sendable {
    /// What came of it.
    package struct Outcome: Sendable, Equatable {
        /// How many answers were compared.
        package var compared = 0
        /// How many of them are the same, up to what was to be ignored.
        package var same = 0
        /// Where the others differ.
        package var differences: [ReplayDifference] = []
        /// Answers of methods that no schema has, and were not compared.
        package var skipped = 0

        /// Of nothing yet.
        package init() {}
    }

    private let schemas: SchemaLoader
    private let timeout: Duration
    private let ignored: [String]

    /// - Parameters:
    ///   - schemas: by which answers are decoded.
    ///   - timeout: how long each answer may take.
    ///   - ignored: places that may differ, with all below: `Mining.getTip`, `Rpc.executeRpc.result.time`.
    package init(schemas: SchemaLoader = KnownSchemas.all, timeout: Duration = .seconds(10), ignored: [String] = []) {
        self.schemas = schemas
        self.timeout = timeout
        self.ignored = ignored
    }

    /// Replays the turns of one connection over a new one.
    ///
    /// - Throws: `IPCError` if the channel is in use.
    package func run(_ turns: [Dialogue.Turn], over channel: any IpcChannel) async throws -> Outcome {
        let peer = ReplayPeer(channel)
        try peer.start()
        defer { peer.close() }
        var run = Run(schemas: schemas, timeout: timeout, ignored: ignored, peer: peer)
        for turn in turns {
            guard let wire = try? WireMessage(turn.message) else { continue }
            switch turn.sender {
            case .client: run.say(wire, turn.message)
            case .server: await run.expect(wire)
            }
        }
        return run.outcome
    }
}

/// A replay that is going on.
private struct Run {
    let schemas: SchemaLoader
    let timeout: Duration
    let ignored: [String]
    let peer: ReplayPeer
    var numbers = Renumbering()
    /// The calls of the client, nil for bootstraps, by question.
    var questions: [UInt32: (interface: UInt64, method: UInt16)?] = [:]
    var outcome = DialogueReplay.Outcome()
    var hasEnded = false

    init(schemas: SchemaLoader, timeout: Duration, ignored: [String], peer: ReplayPeer) {
        self.schemas = schemas
        self.timeout = timeout
        self.ignored = ignored
        self.peer = peer
    }

    mutating func say(_ wire: WireMessage, _ message: Message) {
        switch wire {
        case .bootstrap(let question): questions[question] = .some(nil)
        case .call(let call): questions[call.question] = (call.interfaceID, call.methodID)
        default: break
        }
        if let frame = numbers.applied(to: message, wire) {
            peer.send(frame)
        } else if case .call(let call) = wire {
            let name = schemas.name(interface: call.interfaceID, ordinal: call.methodID).text
            outcome.compared += 1
            note([ReplayDifference(place: name, recorded: "called", now: "not called: its object is not there")])
        }
    }

    mutating func expect(_ wire: WireMessage) async {
        switch wire {
        case .answer(let recorded):
            let call = questions[recorded.question]
            let name =
                (call ?? nil).map { schemas.name(interface: $0.interface, ordinal: $0.method).text } ?? "bootstrap"
            guard let (now, _) = await peer.next(.answer(recorded.question), within: timeout),
                case .answer(let answer) = now
            else { return missing(name) }
            compare(recorded, answer, call ?? nil, name)
        case .call(let recorded):
            let name = schemas.name(interface: recorded.interfaceID, ordinal: recorded.methodID).text
            let key = ReplayPeer.Key.call(interface: recorded.interfaceID, method: recorded.methodID)
            guard let (now, _) = await peer.next(key, within: timeout), case .call(let call) = now else {
                return missing(name)
            }
            numbers.questions[recorded.question] = call.question
            let method = schemas.method(interface: recorded.interfaceID, ordinal: recorded.methodID)
            compare(recorded.params, call.params, method?.parameters, name)
        default: break
        }
    }

    private mutating func missing(_ name: String) {
        guard !hasEnded else { return }
        let ending = peer.ending
        hasEnded = ending != nil
        outcome.compared += 1
        note([ReplayDifference(place: name, recorded: "answered", now: ending ?? "nothing came in \(timeout)")])
    }

    private mutating func compare(
        _ recorded: WireAnswer, _ now: WireAnswer, _ call: (interface: UInt64, method: UInt16)?, _ name: String
    ) {
        switch (recorded.outcome, now.outcome) {
        case (.results(let old), .results(let new)):
            let method = call.flatMap { schemas.method(interface: $0.interface, ordinal: $0.method) }
            compare(old, new, method?.results, name)
        default:
            outcome.compared += 1
            let (old, new) = (Self.describe(recorded.outcome), Self.describe(now.outcome))
            note(old == new ? [] : [ReplayDifference(place: name, recorded: old, now: new)])
        }
    }

    /// Compares two structs, and learns the new numbers of the objects in them.
    private mutating func compare(_ old: WirePayload, _ new: WirePayload, _ id: UInt64?, _ name: String) {
        guard let id, let oldReader = try? old.content.structReader(), let newReader = try? new.content.structReader(),
            let oldValue = try? schemas.decode(oldReader, as: id), let newValue = try? schemas.decode(newReader, as: id)
        else {
            // The answer to a bootstrap, or a method that nobody knows: objects in the order of the table.
            for (old, new) in zip(old.capabilities, new.capabilities) { learn(old, new) }
            if id == nil, old.content.isCapability, new.content.isCapability {
                outcome.compared += 1
                note([])
            } else {
                outcome.skipped += 1
            }
            return
        }
        for (old, new) in zip(objects(oldValue, id, old), objects(newValue, id, new)) { learn(old, new) }
        outcome.compared += 1
        var comparison = ReplayComparison()
        comparison.compare(oldValue, newValue, at: name)
        note(comparison.differences)
    }

    private func objects(_ value: DynamicValue, _ id: UInt64, _ payload: WirePayload) -> [WireCapability] {
        var found: [WireCapability] = []
        schemas.forEachCapability(in: value, as: id) { index, _ in
            found.append(payload.capabilities.indices.contains(index) ? payload.capabilities[index] : .none)
        }
        return found
    }

    private mutating func learn(_ old: WireCapability, _ new: WireCapability) {
        switch (old, new) {
        case (.sender(let old), .sender(let new)), (.sender(let old), .promise(let new)),
            (.promise(let old), .sender(let new)), (.promise(let old), .promise(let new)):
            numbers.exports[old] = new
        default: break
        }
    }

    /// Counts an answer with its differences.
    private mutating func note(_ differences: [ReplayDifference]) {
        let kept = differences.filter { difference in
            !ignored.contains { place in
                difference.place == place || difference.place.hasPrefix(place + ".")
                    || difference.place.hasPrefix(place + "[")
            }
        }
        if kept.isEmpty { outcome.same += 1 }
        outcome.differences += kept
    }

    private static func describe(_ outcome: WireAnswer.Outcome) -> String {
        switch outcome {
        case .results: "results"
        case .exception(let error): "\(error.kindName): \(error.reason)"
        case .canceled: "canceled"
        case .sentElsewhere: "results sent elsewhere"
        case .takenFrom: "results taken from another question"
        case .unknown(let tag): "an answer of unknown kind \(tag)"
        }
    }
}
