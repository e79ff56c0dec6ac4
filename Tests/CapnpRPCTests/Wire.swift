import Capnp
import CapnpRPC
import Synchronization

/// Messages of `rpc.capnp` as a peer would write them, with offsets of their own: the tests must not agree with the
/// implementation by sharing its code.
enum Wire {
    /// A `MessageTarget`.
    enum Target {
        case export(UInt32)
        case answer(UInt32, [UInt16] = [])
    }

    /// A `CapDescriptor`.
    enum Cap {
        case none
        case senderHosted(UInt32)
        case senderPromise(UInt32)
        case receiverHosted(UInt32)
        case receiverAnswer(UInt32, [UInt16] = [])
        case thirdPartyHosted(vine: UInt32)
        case unknown(UInt16)
    }

    private static let size = StructSize(dataWords: 1, pointers: 1)

    static func message(
        _ kind: UInt16, _ bodySize: StructSize = StructSize(dataWords: 3, pointers: 3),
        _ fill: (StructBuilder) -> Void
    ) -> [UInt8] {
        let builder = MessageBuilder()
        let root = builder.initRoot(size)
        root.setInteger(kind, at: 0)
        fill(root.pointer(at: 0).initStruct(bodySize))
        return builder.framedBytes()
    }

    static func bootstrap(_ question: UInt32) -> [UInt8] {
        message(8) { $0.setInteger(question, at: 0) }
    }

    static func call(
        _ question: UInt32, _ target: Target, method: UInt16 = 0, number: Int64 = 0, caps: [Cap] = [],
        resultsTo: UInt16 = 0, hints: [Int] = []
    ) -> [UInt8] {
        message(2) { call in
            call.setInteger(question, at: 0)
            call.setInteger(method, at: 4)
            call.setInteger(resultsTo, at: 6)
            call.setInteger(TestInterface.id, at: 8)
            for bit in hints { call.setBool(true, at: bit) }
            fill(call.pointer(at: 0).initStruct(size), target)
            fillPayload(call.pointer(at: 1), number: number, caps: caps)
        }
    }

    static func results(
        _ answer: UInt32, number: Int64 = 0, caps: [Cap] = [], bare: Bool = false, releaseParamCaps: Bool = false,
        noFinishNeeded: Bool = false
    ) -> [UInt8] {
        message(3) { value in
            value.setInteger(answer, at: 0)
            value.setBool(releaseParamCaps, at: 32, default: true)
            value.setBool(noFinishNeeded, at: 33)
            fillPayload(value.pointer(at: 0), number: number, caps: caps, bare: bare)
        }
    }

    static func exception(_ answer: UInt32, _ reason: String, kind: UInt16 = 0) -> [UInt8] {
        message(3) { value in
            value.setInteger(answer, at: 0)
            value.setBool(false, at: 32, default: true)
            value.setInteger(1 as UInt16, at: 6)
            let exception = value.pointer(at: 0).initStruct(StructSize(dataWords: 1, pointers: 2))
            exception.pointer(at: 0).setText(reason)
            exception.setInteger(kind, at: 4)
        }
    }

    /// A `Return` with a union member that needs no more than an id.
    static func returned(_ answer: UInt32, tag: UInt16, other: UInt32 = 0) -> [UInt8] {
        message(3) { value in
            value.setInteger(answer, at: 0)
            value.setBool(false, at: 32, default: true)
            value.setInteger(tag, at: 6)
            value.setInteger(other, at: 8)
        }
    }

    static func finish(_ question: UInt32, releaseResultCaps: Bool = false, workaround: Bool = true) -> [UInt8] {
        message(4) { finish in
            finish.setBool(workaround, at: 33, default: true)
            finish.setInteger(question, at: 0)
            finish.setBool(releaseResultCaps, at: 32, default: true)
        }
    }

    static func resolve(_ promise: UInt32, _ cap: Cap) -> [UInt8] {
        message(5) { resolve in
            resolve.setInteger(promise, at: 0)
            fill(resolve.pointer(at: 0).initStruct(size), cap)
        }
    }

    static func resolve(_ promise: UInt32, exception reason: String) -> [UInt8] {
        message(5) { resolve in
            resolve.setInteger(promise, at: 0)
            resolve.setInteger(1 as UInt16, at: 4)
            resolve.pointer(at: 0).initStruct(StructSize(dataWords: 1, pointers: 2)).pointer(at: 0).setText(reason)
        }
    }

    static func release(_ id: UInt32, _ count: UInt32 = 1) -> [UInt8] {
        message(6) { release in
            release.setInteger(id, at: 0)
            release.setInteger(count, at: 4)
        }
    }

    static func disembargo(_ target: Target, context: UInt16, id: UInt32) -> [UInt8] {
        message(13) { disembargo in
            fill(disembargo.pointer(at: 0).initStruct(size), target)
            disembargo.setInteger(id, at: 0)
            disembargo.setInteger(context, at: 4)
        }
    }

    static func abort(_ reason: String) -> [UInt8] {
        message(1) { $0.pointer(at: 0).setText(reason) }
    }

    /// `frame`, sent back.
    static func unimplemented(_ frame: [UInt8]) -> [UInt8] {
        let builder = MessageBuilder()
        let root = builder.initRoot(size)
        if let message = try? Message(framed: frame) {
            message.attach(capabilities: Array(repeating: nil, count: 16))
            try? root.pointer(at: 0).copy(from: message.root)
        }
        return builder.framedBytes()
    }

    private static func fill(_ builder: StructBuilder, _ target: Target) {
        switch target {
        case .export(let id): builder.setInteger(id, at: 0)
        case .answer(let question, let path):
            builder.setInteger(1 as UInt16, at: 4)
            fill(builder.pointer(at: 0), question, path)
        }
    }

    private static func fill(_ pointer: PointerBuilder, _ question: UInt32, _ path: [UInt16]) {
        let answer = pointer.initStruct(size)
        answer.setInteger(question, at: 0)
        let operations = answer.pointer(at: 0).initStructList(
            count: path.count, size: StructSize(dataWords: 1, pointers: 0))
        for (index, field) in path.enumerated() {
            operations.structBuilder(index).setInteger(1 as UInt16, at: 0)
            operations.structBuilder(index).setInteger(field, at: 2)
        }
    }

    private static func fill(_ builder: StructBuilder, _ cap: Cap) {
        switch cap {
        case .none: break
        case .senderHosted(let id): set(builder, 1, id)
        case .senderPromise(let id): set(builder, 2, id)
        case .receiverHosted(let id): set(builder, 3, id)
        case .receiverAnswer(let question, let path):
            set(builder, 4, 0)
            fill(builder.pointer(at: 0), question, path)
        case .thirdPartyHosted(let vine):
            set(builder, 5, 0)
            builder.pointer(at: 0).initStruct(size).setInteger(vine, at: 0)
        case .unknown(let tag): set(builder, tag, 0)
        }
    }

    private static func set(_ builder: StructBuilder, _ tag: UInt16, _ id: UInt32) {
        builder.setInteger(tag, at: 0)
        builder.setInteger(id, at: 4)
    }

    private static func fillPayload(_ pointer: PointerBuilder, number: Int64, caps: [Cap], bare: Bool = false) {
        let payload = pointer.initStruct(StructSize(dataWords: 0, pointers: 2))
        if bare {
            payload.pointer(at: 0).setCapability(Client.null)
        } else {
            let content = payload.pointer(at: 0).initStruct(TestInterface.layout)
            content.setInteger(number, at: 0)
            if !caps.isEmpty { content.pointer(at: 0).setCapability(Client.null) }
        }
        guard !caps.isEmpty else { return }
        let table = payload.pointer(at: 1).initStructList(count: caps.count, size: size)
        for (index, cap) in caps.enumerated() { fill(table.structBuilder(index), cap) }
    }
}

/// A peer whose every word a test writes: sees what the connection sends, as text.
final class ScriptedPeer: MessageTransport {
    private let state = Mutex<(sent: [[UInt8]], closed: Int)>(([], 0))

    func send(_ frame: [UInt8]) { state.withLock { $0.sent.append(frame) } }
    func close() { state.withLock { $0.closed += 1 } }

    /// Everything sent since the last look.
    func take() -> [[UInt8]] {
        state.withLock { state in
            let sent = state.sent
            state.sent = []
            return sent
        }
    }

    /// Everything sent since the last look, in words.
    func heard() -> [String] { take().map(Self.words) }

    var isClosed: Bool { state.withLock { $0.closed > 0 } }
    var waitingCount: Int { state.withLock { $0.sent.count } }

    /// A message in words.
    static func words(_ frame: [UInt8]) -> String {
        (try? Message(framed: frame).root.structReader()).flatMap { try? words($0) } ?? "malformed"
    }

    private static func words(_ root: StructReader) throws -> String {
        let body = try root.pointer(at: 0).structReader()
        let id: UInt32 = body.integer(at: 0)
        switch root.integer(at: 0) as UInt16 {
        case 0: return "unimplemented(\(try words(body)))"
        case 1: return "abort"
        case 2:
            let target = try target(body.pointer(at: 0).structReader())
            let hint = body.bool(at: 129) ? " unpipelined" : ""
            let method: UInt16 = body.integer(at: 4)
            return "call \(id) on \(target) method \(method)\(hint)\(try payload(body.pointer(at: 1)))"
        case 3:
            let id = body.bool(at: 33) ? "\(id) and over" : "\(id)"
            switch body.integer(at: 6) as UInt16 {
            case 0: return "return \(id) results\(try payload(body.pointer(at: 0)))"
            case 1: return "return \(id) exception \(try body.pointer(at: 0).structReader().pointer(at: 0).text())"
            case 2: return "return \(id) canceled"
            case 3: return "return \(id) elsewhere"
            default: return "return \(id) ?"
            }
        case 4: return "finish \(id)\(body.bool(at: 32, default: true) ? " and release" : "")"
        case 5:
            let value = try body.pointer(at: 0).structReader()
            return (body.integer(at: 4) as UInt16) == 0
                ? "resolve \(id) to \(try descriptor(value))"
                : "resolve \(id) to exception \(try value.pointer(at: 0).text())"
        case 6: return "release \(id) x\(body.integer(at: 4) as UInt32)"
        case 8: return "bootstrap \(id)"
        case 13:
            let direction = (body.integer(at: 4) as UInt16) == 0 ? "sender" : "receiver"
            return "disembargo \(id) \(direction) at \(try target(body.pointer(at: 0).structReader()))"
        case let kind: return "message of kind \(kind)"
        }
    }

    private static func target(_ target: StructReader) throws -> String {
        (target.integer(at: 4) as UInt16) == 0
            ? "import \(target.integer(at: 0) as UInt32)" : try answer(target.pointer(at: 0))
    }

    private static func answer(_ pointer: PointerReader) throws -> String {
        let answer = try pointer.structReader()
        let operations = try answer.pointer(at: 0).list(.inlineComposite)
        let path = operations.indices.map { operations.structReader($0).integer(at: 2) as UInt16 }
        return "answer \(answer.integer(at: 0) as UInt32) \(path)"
    }

    private static func payload(_ pointer: PointerReader) throws -> String {
        let table = try pointer.structReader().pointer(at: 1).list(.inlineComposite)
        let caps = try table.indices.map { try descriptor(table.structReader($0)) }
        return caps.isEmpty ? "" : " with \(caps.joined(separator: ", "))"
    }

    private static func descriptor(_ descriptor: StructReader) throws -> String {
        let id: UInt32 = descriptor.integer(at: 4)
        switch descriptor.integer(at: 0) as UInt16 {
        case 0: return "none"
        case 1: return "senderHosted \(id)"
        case 2: return "senderPromise \(id)"
        case 3: return "receiverHosted \(id)"
        case 4: return try answer(descriptor.pointer(at: 0))
        case let tag: return "descriptor of kind \(tag)"
        }
    }
}

extension Connection {
    /// Receives frames that a test wrote.
    func hear(_ frames: [UInt8]...) {
        hear(all: frames)
    }

    /// Receives frames that a test wrote.
    func hear(all frames: [[UInt8]]) {
        do {
            let messages = try frames.map { try Message(framed: $0) }
            if messages.count == 1 { receive(messages[0]) } else { receive(from: MessageList(messages)) }
        } catch {
            abort("\(error)")
        }
    }
}

/// Messages that have come together.
final class MessageList: MessageSource {
    private let rest: Mutex<ArraySlice<Message>>

    init(_ messages: [Message]) { rest = Mutex(messages[...]) }

    func next() -> Message? { rest.withLock { $0.popFirst() } }
}
