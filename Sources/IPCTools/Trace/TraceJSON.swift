package import BitcoinRPC
import ByteCoding
package import CapnpSchema

extension DynamicValue {
    /// The value as JSON: Data in hex digits, capabilities as `object` says.
    package func json(object: (Int) -> JSONValue) -> JSONValue {
        switch self {
        case .void, .capability(nil): return .null
        case .bool(let value): return .bool(value)
        case .signed(let value): return .int(value)
        case .unsigned(let value): return .int(value)
        case .float32(let value): return Self.number(Double(value), "\(value)")
        case .float64(let value): return Self.number(value, "\(value)")
        case .text(let value): return .string(value)
        case .data(let bytes): return .string(Hex.encode(bytes))
        case .enumerant(let number, let name): return name.map(JSONValue.string) ?? .int(number)
        case .list(let values): return .array(values.map { $0.json(object: object) })
        case .structure(let structure):
            return .object(
                JSONObject(members: structure.fields.map { .init(key: $0.name, value: $0.value.json(object: object)) }))
        case .capability(let index?): return object(index)
        case .anyPointer(let words): return words.isEmpty ? .null : .object(["words": .int(words.count)])
        }
    }

    private static func number(_ value: Double, _ digits: String) -> JSONValue {
        if value.isFinite { return .number(digits) }
        return .string(value.isNaN ? "nan" : value < 0 ? "-inf" : "inf")
    }
}

/// Events as lines of JSON, for programs.
package struct TraceJSON: Sendable {
    /// A writer.
    package init() {}

    /// One event on one line, without the line's end. Every one has `connection`, `time` in seconds since the trace began,
    /// and `event`.
    package func line(_ event: TraceEvent) -> String {
        var members: [JSONObject.Member] = []
        func add(_ key: String, _ value: JSONValue?) {
            if let value { members.append(.init(key: key, value: value)) }
        }
        add("connection", .int(event.connection))
        add("time", .number(Self.seconds(event.time)))
        add("from", event.sender.map { .string($0.rawValue) })
        if event.sender != nil { add("bytes", .int(event.bytes)) }
        func begin(_ name: String) { add("event", .string(name)) }
        switch event.body {
        case .opened(let peer):
            begin("opened")
            add("peer", .string(peer))
        case .closed(let reason):
            begin("closed")
            add("reason", reason.map(JSONValue.string))
        case .bootstrap(let question):
            begin("bootstrap")
            add("question", .int(question))
        case .call(let call):
            begin("call")
            add("question", .int(call.question))
            add("interface", .string(call.method.interface))
            add("method", .string(call.method.method))
            add("target", Self.json(call.target))
            add("params", call.params.map(Self.json))
            if call.isMasked { add("masked", true) }
        case .answer(let answer):
            begin("return")
            add("question", .int(answer.question))
            add("interface", answer.method.map { .string($0.interface) })
            add("method", answer.method.map { .string($0.method) } ?? (answer.isBootstrap ? "bootstrap" : nil))
            add("seconds", answer.elapsed.map { .number(Self.seconds($0)) })
            switch answer.outcome {
            case .results(let value): add("results", value.map(Self.json))
            case .object(let object): add("object", Self.json(object))
            case .exception(let error): add("exception", Self.json(error))
            case .canceled: add("canceled", true)
            case .sentElsewhere: add("sentElsewhere", true)
            case .takenFrom(let question): add("takenFrom", .int(question))
            case .unknown(let tag): add("unknownKind", .int(tag))
            }
            if answer.isMasked { add("masked", true) }
        case .finish(let question, let method):
            begin("finish")
            add("question", .int(question))
            add("interface", method.map { .string($0.interface) })
            add("method", method.map { .string($0.method) })
        case .release(let object, let count):
            begin("release")
            add("object", Self.json(object))
            add("count", .int(count))
        case .resolve(let promise, let resolution):
            begin("resolve")
            add("promise", .int(promise))
            switch resolution {
            case .object(let object): add("object", Self.json(object))
            case .exception(let error): add("exception", Self.json(error))
            }
        case .disembargo(let object, let id, let isReply):
            begin("disembargo")
            add("object", Self.json(object))
            add("id", .int(id))
            add("isReply", .bool(isReply))
        case .abort(let error):
            begin("abort")
            add("exception", Self.json(error))
        case .unimplemented: begin("unimplemented")
        case .other(let number):
            begin("other")
            add("kind", .int(number))
        case .malformed(let reason):
            begin("malformed")
            add("reason", .string(reason))
        case .undecodable(let reason):
            begin("undecodable")
            add("reason", .string(reason))
        }
        return JSONValue.object(JSONObject(members: members)).write()
    }

    private static func json(_ error: WireException) -> JSONValue {
        .object(["kind": .string(error.kindName), "reason": .string(error.reason)])
    }

    private static func json(_ value: TraceValue) -> JSONValue {
        value.value.json { index in
            value.objects.indices.contains(index) ? json(value.objects[index]) : .object(["object": "unknown"])
        }
    }

    private static func json(_ object: TraceObject) -> JSONValue {
        var members = [JSONObject.Member(key: "interface", value: .optional(object.interface))]
        func add(_ key: String, _ value: JSONValue) { members.append(.init(key: key, value: value)) }
        switch object.place {
        case .null: return .null
        case .export(let side, let id):
            add("of", .string(side.rawValue))
            add("export", .int(id))
        case .promise(let side, let id):
            add("of", .string(side.rawValue))
            add("promise", .int(id))
        case .answer(_, let question, let path):
            add("question", .int(question))
            add("path", .array(path.map { .int($0) }))
        case .unknown(let tag): add("unknownKind", .int(tag))
        }
        return .object(JSONObject(members: members))
    }

    /// A duration in seconds, to the microsecond.
    static func seconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let microseconds = String(attoseconds / 1_000_000_000_000)
        return "\(seconds)." + String(repeating: "0", count: max(0, 6 - microseconds.count)) + microseconds
    }
}
