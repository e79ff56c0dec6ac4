import Capnp

@testable import IPC

/// A recorded conversation between a client and a server of Bitcoin Core.
struct Dialogue {
    struct Step {
        let isFromClient: Bool
        let bytes: [UInt8]
    }

    let steps: [Step]

    /// Reads a recording of the shared fixtures; nil if they are not there.
    init?(_ name: String) {
        // <root>/Tests/IPCTests/Support/Dialogue.swift
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let text = Scratch.read("/\(root)/../shared/fixtures/ipc/\(name).jsonl")
        if text.isEmpty {
            print("note: ../shared/fixtures/ipc is not there, no recorded dialogue is replayed")
            return nil
        }
        steps = text.split(separator: "\n").map { line in
            let parts = line.split(separator: "\"")
            // {"from": "client", "hex": "..."}
            return Step(isFromClient: parts[3] == "client", bytes: Self.bytes(of: parts[7]))
        }
    }

    private static func bytes(of hex: Substring) -> [UInt8] {
        let digits = hex.utf8.map { UInt8(Character(UnicodeScalar($0)).hexDigitValue ?? 0) }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

/// What counts in a message of a server, whatever its layout.
enum ServerMessage: Equatable {
    /// A return: the question, whether it has results (0) or an exception (1), its capabilities as kind and id, and the
    /// text that it has as first result or as reason.
    case `return`(UInt32, UInt16, capabilities: [[UInt32]], text: String?)
    case release(id: UInt32, count: UInt32)
    case finish(UInt32)
    case other(UInt16)

    init(_ message: Message) throws {
        let root = try message.root.structReader()
        let body = try root.pointer(at: 0).structReader()
        switch root.integer(at: 0) as UInt16 {
        case 3:
            let payload = try body.pointer(at: 0).structReader()
            let kind: UInt16 = body.integer(at: 6)
            var capabilities: [[UInt32]] = []
            var text: String?
            if kind == 0 {
                let table = try payload.pointer(at: 1).list(.inlineComposite)
                for index in 0..<table.count {
                    let entry = table.structReader(index)
                    capabilities.append([UInt32(entry.integer(at: 0) as UInt16), entry.integer(at: 4)])
                }
                if !payload.pointer(at: 0).isCapability {
                    text = try? payload.pointer(at: 0).structReader().pointer(at: 0).text()
                }
            } else if kind == 1 {
                text = try payload.pointer(at: 0).text()
            }
            self = .return(body.integer(at: 0), kind, capabilities: capabilities, text: text)
        case 4: self = .finish(body.integer(at: 0))
        case 6: self = .release(id: body.integer(at: 0), count: body.integer(at: 4))
        case let kind: self = .other(kind)
        }
    }

    var isReturn: Bool {
        if case .return = self { true } else { false }
    }
}

/// Receives messages of a server.
final class MessageCollector: IpcChannelReceiver {
    private let bytes = Recorder<[UInt8]>()

    func receive(_ bytes: RawSpan) {
        self.bytes.add(unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) })
    }

    func closed(_ reason: IPCError?) {}

    /// What has come so far.
    var messages: [ServerMessage] {
        var decoder = FrameDecoder()
        for bytes in bytes.values { decoder.push(bytes) }
        var messages: [ServerMessage] = []
        while let message = try? decoder.next() {
            if let message = try? ServerMessage(message) { messages.append(message) }
        }
        return messages
    }
}
