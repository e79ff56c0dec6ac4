import ByteCoding
import Capnp
import Foundation

/// One side's messages of Cap'n Proto RPC, read without the code that speaks it.
struct RpcMessage {
    enum Kind: UInt16 {
        case abort = 1
        case call = 2
        case answer = 3
        case finish = 4
        case release = 6
        case bootstrap = 8
    }

    let kind: Kind?
    /// Question of a call, bootstrap or finish; of what is answered.
    let question: UInt32
    /// Object that a call is for, when it is an import of the caller.
    private(set) var target: UInt32?
    private(set) var interface: UInt64 = 0
    private(set) var method: UInt16 = 0
    /// What an answer says.
    private(set) var answer: Answer?

    enum Answer: Equatable {
        /// The content without what does not count (trailing zeros), every text in it, the number of objects.
        case results(content: String, texts: [String], capabilities: Int)
        case exception(reason: String, type: UInt16)
        case other
    }

    init(_ message: Message) throws {
        let root = try message.root.structReader()
        kind = Kind(rawValue: root.integer(at: 0))
        guard kind != nil, kind != .abort else {
            question = 0
            if kind == .abort { answer = try Self.exception(root.pointer(at: 0).structReader()) }
            return
        }
        let body = try root.pointer(at: 0).structReader()
        question = body.integer(at: 0)
        switch kind {
        case .call:
            method = body.integer(at: 4)
            interface = body.integer(at: 8)
            let target = try body.pointer(at: 0).structReader()
            if target.integer(at: 4, default: UInt16(0)) == 0 { self.target = target.integer(at: 0) }
        case .answer:
            switch body.integer(at: 6, default: UInt16(0)) {
            case 0:
                let payload = try body.pointer(at: 0).structReader()
                var texts: [String] = []
                let content = try Self.describe(payload.pointer(at: 0), &texts)
                answer = .results(
                    content: content, texts: texts, capabilities: try payload.pointer(at: 1).anyList().count)
            case 1: answer = try Self.exception(body.pointer(at: 0).structReader())
            default: answer = .other
            }
        default: break
        }
    }

    private static func exception(_ reader: StructReader) throws -> Answer {
        .exception(reason: try reader.pointer(at: 0).text(), type: reader.integer(at: 4))
    }

    /// A text that is equal for equal content, whatever its layout in memory.
    private static func describe(_ pointer: PointerReader, _ texts: inout [String]) throws -> String {
        switch try pointer.kind() {
        case .null: return "null"
        case .capability: return "object"
        case .unknown: return "unknown"
        case .structure: return try describe(pointer.structReader(), &texts)
        case .list:
            let list = try pointer.anyList()
            switch list.elementSize {
            case .byte:
                let bytes = list.integers(as: UInt8.self)
                if bytes.last == 0 { texts.append(String(decoding: bytes.dropLast(), as: UTF8.self)) }
                return Hex.encode(bytes)
            case .pointer:
                return "[" + (try list.indices.map { try describe(list.pointer($0), &texts) }).joined(separator: ",")
                    + "]"
            case .inlineComposite:
                return "["
                    + (try list.indices.map { try describe(list.structReader($0), &texts) }).joined(separator: ",")
                    + "]"
            default: return "list of \(list.count)"
            }
        }
    }

    private static func describe(_ reader: StructReader, _ texts: inout [String]) throws -> String {
        var data: [UInt8] = (0..<Int(reader.size.dataWords) * 8).map { reader.integer(at: $0) }
        while data.last == 0 { data.removeLast() }
        var pointers: [String] = []
        for index in 0..<Int(reader.size.pointers) { pointers.append(try describe(reader.pointer(at: index), &texts)) }
        while pointers.last == "null" { pointers.removeLast() }
        return "(" + Hex.encode(data) + "|" + pointers.joined(separator: ",") + ")"
    }
}

/// What was recorded between a client and Core's node.
struct Dialogue {
    /// One message with its bytes, in the order of the recording.
    struct Turn {
        var isClient: Bool
        var bytes: [UInt8]
        var message: RpcMessage
    }

    private(set) var turns: [Turn] = []

    private struct Line: Decodable {
        var from: String
        var hex: String
    }

    init(recorded path: String) throws {
        var buffers: [Bool: [UInt8]] = [:]
        for text in try Data(contentsOf: URL(filePath: path)).split(separator: UInt8(ascii: "\n")) {
            let line = try JSONDecoder().decode(Line.self, from: text)
            let isClient = line.from == "client"
            var bytes = try buffers[isClient, default: []] + Hex.decode(line.hex)
            while let frame = Framing.next(&bytes) {
                let message = try RpcMessage(try Message(framed: frame))
                turns.append(Turn(isClient: isClient, bytes: frame, message: message))
            }
            buffers[isClient] = bytes
        }
    }

    /// The answers in the order of their questions.
    var answers: [RpcMessage.Answer?] { AnswerTable(turns.map { ($0.isClient, $0.message) }).answers }

    /// The dialogue without calls for which `isLeftOut` holds, their answers and their ends.
    func leavingOut(_ isLeftOut: (RpcMessage) -> Bool) -> Dialogue {
        var result = self
        var gone: Set<UInt32> = []
        result.turns = turns.filter { turn in
            let message = turn.message
            switch (turn.isClient, message.kind) {
            case (true, .call):
                if isLeftOut(message) {
                    gone.insert(message.question)
                    return false
                }
                return true
            case (false, .answer): return !gone.contains(message.question)
            case (true, .finish): return gone.remove(message.question) == nil
            default: return true
            }
        }
        return result
    }

    /// Says to a live server what the client said, waiting for answers where it had them.
    ///
    /// - Returns: The answers in the order of their questions.
    func replay(to path: String) throws -> [RpcMessage.Answer?] {
        let socket = try RawSocket(path: path)
        var buffer: [UInt8] = []
        var said: [(Bool, RpcMessage)] = []
        var (expected, received) = (0, 0)
        for turn in turns {
            guard turn.isClient else {
                if turn.message.kind == .answer { expected += 1 }
                continue
            }
            while received < expected {
                let bytes = socket.receive()
                guard !bytes.isEmpty else { return AnswerTable(said).answers }
                received += try take(bytes, &buffer, &said)
            }
            socket.send(turn.bytes)
            said.append((true, turn.message))
        }
        while received < turns.count(where: { !$0.isClient && $0.message.kind == .answer }) {
            let bytes = socket.receive()
            guard !bytes.isEmpty else { break }
            received += try take(bytes, &buffer, &said)
        }
        socket.close()
        return AnswerTable(said).answers
    }

    private func take(
        _ bytes: [UInt8], _ buffer: inout [UInt8], _ said: inout [(Bool, RpcMessage)]
    ) throws -> Int {
        buffer += bytes
        var answers = 0
        while let frame = Framing.next(&buffer) {
            let read = try RpcMessage(try Message(framed: frame))
            said.append((false, read))
            if read.kind == .answer { answers += 1 }
        }
        return answers
    }
}

/// Brings answers into the order of their questions, whose numbers are used again.
private struct AnswerTable {
    private(set) var answers: [RpcMessage.Answer?] = []

    init(_ messages: [(isClient: Bool, message: RpcMessage)]) {
        var open: [UInt32: Int] = [:]
        for (isClient, message) in messages {
            if isClient, message.kind == .call || message.kind == .bootstrap {
                open[message.question] = answers.count
                answers.append(nil)
            } else if !isClient, message.kind == .answer, let index = open[message.question] {
                answers[index] = message.answer
            }
        }
    }
}

/// Stream framing, without the code that does it in the programs.
private enum Framing {
    /// Takes the first complete frame off the bytes.
    static func next(_ bytes: inout [UInt8]) -> [UInt8]? {
        func number(_ offset: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
        }
        guard bytes.count >= 8 else { return nil }
        let segments = number(0) + 1
        let header = (4 * (segments + 1) + 7) / 8 * 8
        guard bytes.count >= header else { return nil }
        let total = header + (1...segments).reduce(0) { $0 + 8 * number(4 * $1) }
        guard bytes.count >= total else { return nil }
        defer { bytes.removeFirst(total) }
        return Array(bytes.prefix(total))
    }
}
