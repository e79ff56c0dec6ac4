import BitcoinRPC
import CapnpSchema

/// Events as lines of text, for people.
package struct TraceText: Sendable {
    private let isColoured: Bool
    /// The most characters of one Text or Data that are shown; nil for all.
    private let maxLength: Int?

    /// A writer.
    ///
    /// - Parameters:
    ///   - isColoured: whether the terminal's colours are used.
    ///   - isFull: whether long values are shown to their end.
    package init(isColoured: Bool, isFull: Bool = false) {
        self.isColoured = isColoured
        maxLength = isFull ? nil : 64
    }

    /// One event on one line, without the line's end.
    package func line(_ event: TraceEvent) -> String {
        let arrow =
            switch event.sender {
            case .client: "→"
            case .server: "←"
            case nil: "·"
            }
        let place = paint("\(TraceJSON.seconds(event.time)) #\(event.connection) \(arrow)", .dim)
        let size = event.sender == nil ? "" : paint("  \(event.bytes) B", .dim)
        return "\(place) \(words(event.body))\(size)"
    }

    private func words(_ body: TraceEvent.Body) -> String {
        switch body {
        case .opened(let peer): return paint("opened", .bold) + " by \(clean(peer))"
        case .closed(let reason): return paint("closed", .bold) + (reason.map { ": \(clean($0))" } ?? "")
        case .bootstrap(let question): return paint("bootstrap", .bold) + " q\(question)"
        case .call(let call):
            return paint("call", .bold) + " q\(call.question) " + paint(clean(call.method.text), .call)
                + (call.params.map { text($0.value, $0.objects) } ?? "(?)") + " on \(text(call.target))"
                + mark(call.isMasked)
        case .answer(let answer):
            let name = answer.method.map { clean($0.text) } ?? (answer.isBootstrap ? "bootstrap" : "unknown question")
            let elapsed = answer.elapsed.map { " " + paint("after \(Self.milliseconds($0))", .dim) } ?? ""
            return paint("return", .bold) + " q\(answer.question) " + paint(name, .call) + " " + text(answer.outcome)
                + mark(answer.isMasked) + elapsed
        case .finish(let question, let method):
            return paint("finish", .bold) + " q\(question)" + (method.map { " " + clean($0.text) } ?? "")
        case .release(let object, let count):
            return paint("release", .bold) + " \(text(object))" + (count == 1 ? "" : " × \(count)")
        case .resolve(let promise, .object(let object)):
            return paint("resolve", .bold) + " promise \(promise) to \(text(object))"
        case .resolve(let promise, .exception(let error)):
            return paint("resolve", .bold) + " promise \(promise) to \(text(error))"
        case .disembargo(let object, let id, let isReply):
            return paint("disembargo", .bold) + " \(id) of \(text(object))" + (isReply ? ", reply" : "")
        case .abort(let error): return paint("abort", .error) + " \(text(error))"
        case .unimplemented: return paint("unimplemented", .error)
        case .other(let number): return paint("message of kind \(number)", .error)
        case .malformed(let reason): return paint("not a message: \(clean(reason))", .error)
        case .undecodable(let reason):
            return paint("cannot be decoded, passed on unread from here: \(clean(reason))", .error)
        }
    }

    private func mark(_ isMasked: Bool) -> String {
        isMasked ? " " + paint("[secrets masked]", .dim) : ""
    }

    private func text(_ outcome: TraceAnswer.Outcome) -> String {
        switch outcome {
        case .results(let value): value.map { text($0.value, $0.objects) } ?? "(?)"
        case .object(let object): text(object)
        case .exception(let error): text(error)
        case .canceled: paint("canceled", .error)
        case .sentElsewhere: "sent elsewhere"
        case .takenFrom(let question): "taken from q\(question)"
        case .unknown(let tag): paint("of unknown kind \(tag)", .error)
        }
    }

    private func text(_ error: WireException) -> String {
        paint("\(error.kindName): \(clean(String(error.reason.prefix(1000))))", .error)
    }

    /// `Mining#3`, with a prime for objects of the client's: both sides count for themselves.
    private func text(_ object: TraceObject) -> String {
        let name = clean(object.interface ?? "object")
        return switch object.place {
        case .null: "null"
        case .export(let side, let id): paint("\(name)#\(id)\(side == .client ? "′" : "")", .object)
        case .promise(let side, let id): paint("promise of \(name)#\(id)\(side == .client ? "′" : "")", .object)
        case .answer(_, let question, let path):
            paint("\(name)@q\(question)\(path.map { ".\($0)" }.joined())", .object)
        case .unknown(let tag): paint("\(name) of unknown kind \(tag)", .error)
        }
    }

    private func text(_ value: DynamicValue, _ objects: [TraceObject]) -> String {
        switch value {
        case .structure(let structure):
            return "("
                + structure.fields.map { "\(clean($0.name)): \(text($0.value, objects))" }.joined(separator: ", ") + ")"
        case .list(let values):
            let shown = maxLength.map { values.prefix($0 / 4) } ?? values[...]
            let rest = values.count - shown.count
            return "[" + shown.map { text($0, objects) }.joined(separator: ", ")
                + (rest > 0 ? ", … \(rest) more" : "") + "]"
        case .text(let string):
            let bytes = string.utf8.count
            return limited("\"" + clean(maxLength.map { String(string.prefix($0)) } ?? string) + "\"", bytes)
        case .data(let bytes):
            let shown = maxLength.map { bytes.prefix($0 / 2) } ?? bytes[...]
            return limited(Self.hex(shown), bytes.count, isCut: shown.count < bytes.count)
        case .capability(let index?):
            return objects.indices.contains(index) ? text(objects[index]) : "object"
        case .capability(nil), .void: return "null"
        default: return value.json { _ in .null }.write()
        }
    }

    private func limited(_ text: String, _ bytes: Int, isCut: Bool? = nil) -> String {
        guard let maxLength, isCut ?? (bytes > maxLength) else { return text }
        return text + "… \(bytes) B"
    }

    /// Control characters would let a peer write over the terminal.
    private func clean(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\"": result += "\\\""
            case _ where scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value) || scalar.properties.isBidiControl:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func hex(_ bytes: ArraySlice<UInt8>) -> String {
        let digits = Array("0123456789abcdef".unicodeScalars)
        var text = ""
        for byte in bytes {
            text.unicodeScalars.append(digits[Int(byte >> 4)])
            text.unicodeScalars.append(digits[Int(byte & 15)])
        }
        return text
    }

    private static func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        let fraction = String(1000 + microseconds % 1000).dropFirst()
        return "\(microseconds / 1000).\(fraction) ms"
    }

    private enum Paint: String {
        case bold = "1"
        case dim = "2"
        case call = "36"
        case object = "33"
        case error = "31"
    }

    private func paint(_ text: String, _ paint: Paint) -> String {
        isColoured ? "\u{1b}[\(paint.rawValue)m\(text)\u{1b}[0m" : text
    }
}
