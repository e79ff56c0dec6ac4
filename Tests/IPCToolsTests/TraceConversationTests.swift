import Capnp
import CapnpRPC
import Testing

@testable import IPCTools

@Suite(.timeLimit(.minutes(5)))
struct TraceConversationTests {
    @Test func `calls, answers and objects have their names`() async throws {
        let watched = Watched(ScriptedServer(["echo": #"{"result": "hi"}"#]))
        let root = watched.client.bootstrap()
        let made = try watched.call(root, "Init", "makeEcho")
        _ = try await made.response()
        let echo = made.capability(at: 0)
        let answer = try await watched.call(echo, "Echo", "echo", #"{"echo": "hi"}"#).response()
        #expect(try answer.results.pointer(at: 0).text() == "hi")
        let lines = try watched.lines().joined(separator: "\n")
        #expect(lines.contains("bootstrap q0"))
        #expect(lines.contains("Init.makeEcho() on Init#"))
        #expect(lines.contains(#"Echo.echo(echo: "hi") on Echo#"#))
        #expect(lines.contains("return q0 bootstrap Init#"))
        #expect(lines.contains("Init.makeEcho (result: Echo#"))
        #expect(lines.contains(#"Echo.echo (result: "hi") after"#))
    }

    @Test func `exceptions and unknown methods are shown`() async throws {
        let watched = Watched(ScriptedServer())
        let root = watched.client.bootstrap()
        let promise = root.call(interfaceID: 0xabc, methodID: 7, paramsSize: StructSize(dataWords: 1, pointers: 0)) {
            _ in
        }
        await #expect(throws: RPCError.self) { try await promise.response() }
        let lines = try watched.lines().joined(separator: "\n")
        #expect(lines.contains("0xabc.@7(?) on"))
        #expect(lines.contains("0xabc.@7 unimplemented: Method not implemented"))
    }

    @Test func `nothing is remembered of what is over`() async throws {
        let watched = Watched(ScriptedServer())
        do {
            let root = watched.client.bootstrap()
            for _ in 0..<50 {
                let made = try watched.call(root, "Init", "makeEcho")
                _ = try await made.response()
            }
        }
        #expect(try watched.events().count > 150)
        #expect(watched.conversation.tableSize <= 2)
    }

    @Test func `questions without end do not fill the memory`() throws {
        var conversation = TraceConversation()
        for number in 0..<UInt32(100_000) {
            let message = MessageBuilder(firstSegmentWords: 8)
            let root = message.initRoot(StructSize(dataWords: 1, pointers: 1))
            root.setInteger(UInt16(8), at: 0)
            root.pointer(at: 0).initStruct(StructSize(dataWords: 1, pointers: 1)).setInteger(number, at: 0)
            _ = conversation.read(message.asMessage(), from: .client, at: .zero)
        }
        #expect(conversation.tableSize == 1 << 16)
    }

    @Test func `any bytes in a message are survived`() throws {
        var generator = SystemRandomNumberGenerator()
        var conversation = TraceConversation()
        let writer = TraceText(isColoured: true)
        let watched = Watched(ScriptedServer())
        _ = try watched.call(
            watched.client.bootstrap(), "Rpc", "executeRpc", #"{"request": "{\"method\":\"walletpassphrase\"}"}"#)
        var frames = try watched.events().map(\.message.framedBytes)
        frames.append((0..<200).map { _ in 0 })
        for round in 0..<4000 {
            var frame = frames[round % frames.count]
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                frame[Int.random(in: 8..<frame.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            guard let message = try? Message(framed: frame) else { continue }
            let (body, masked) = conversation.read(message, from: round % 3 == 0 ? .server : .client, at: .zero)
            let event = TraceEvent(connection: 1, time: .zero, sender: .client, bytes: 8, body: body)
            #expect(!writer.line(event).isEmpty && !TraceJSON().line(event).isEmpty)
            #expect(masked.framedBytes.count == frame.count)
        }
    }

    @Test func `control characters of a peer do not reach the terminal`() throws {
        let writer = TraceText(isColoured: false)
        let error = WireException(kind: 0, reason: "\u{1b}[2J\u{202e}\r\n")
        let line = writer.line(TraceEvent(connection: 1, time: .zero, sender: .server, body: .abort(error)))
        #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && !$0.properties.isBidiControl })
    }
}
