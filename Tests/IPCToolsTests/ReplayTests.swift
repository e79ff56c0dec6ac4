import Capnp
import CapnpRPC
import CapnpSchema
import Foundation
import IPC
import Synchronization
import Testing

@testable import IPCTools

@Suite(.timeLimit(.minutes(5)))
struct ReplayTests {
    @Test func `differences are found wherever they are`() throws {
        var comparison = ReplayComparison()
        comparison.compare(
            try DynamicValue(json: #"{"a": 1, "b": [1, 2], "c": {"d": "x"}, "e": "{\"time\": 1, \"n\": [1]}"}"#),
            try DynamicValue(json: #"{"a": 2, "b": [1], "c": {"d": "y", "f": 1}, "e": "{\"time\": 2, \"n\": [1]}"}"#),
            at: "M.m")
        #expect(
            comparison.differences.map(\.place) == ["M.m.a", "M.m.b.count", "M.m.c.d", "M.m.c.f", "M.m.e.time"])
    }

    @Test func `a dialogue file is read as it was written`() throws {
        let message = MessageBuilder()
        message.initRoot(StructSize(dataWords: 1, pointers: 0)).setInteger(UInt64(7), at: 0)
        let frame = try Message(framed: message.framedBytes())
        let lines = [
            Dialogue.line(frame, from: .client), Dialogue.line(frame, from: .server),
            Dialogue.line(frame, from: .client, connection: 2),
        ]
        let dialogue = try Dialogue(lines: lines.joined(separator: "\n") + "\n")
        #expect(dialogue.connections.map { $0.map(\.sender) } == [[.client, .server], [.client]])
        #expect(dialogue.connections[0][0].message.framedBytes == message.framedBytes())
        #expect(throws: Dialogue.Problem.notALine(number: 2)) { try Dialogue(lines: lines[0] + "\nx\n") }
        #expect(throws: Dialogue.Problem.cutOff) { try Dialogue(lines: #"{"from": "client", "hex": "00000000"}"#) }
        #expect(throws: Dialogue.Problem.malformed(line: 1, .tooManySegments)) {
            try Dialogue(lines: #"{"from": "client", "hex": "ffffffffffffffff"}"#)
        }
    }

    @Test(
        .enabled(if: recordings != nil, "no ../shared/fixtures/ipc"), arguments: ["cli-echo", "libmultiprocess-echo"])
    func `a recording replayed against itself is the same, whatever numbers the server gives`(
        _ name: String
    ) async throws {
        let path = try #require(recordings) + "/\(name).jsonl"
        let dialogue = try Dialogue(lines: try String(contentsOfFile: path, encoding: .utf8))
        let turns = try #require(dialogue.connections.first)
        // The server counts its objects from elsewhere: it says the recorded answers with other numbers.
        let (ours, theirs) = try SocketChannel.makePair()
        let server = EchoingRecording(turns, shift: 100)
        try theirs.start(server)
        server.channel.withLock { $0 = theirs }
        let outcome = try await DialogueReplay().run(turns, over: ours)
        #expect(outcome.compared >= 4 && outcome.compared == outcome.same && outcome.differences.isEmpty)
        #expect(server.unexpected.withLock { $0 } == [])
    }

    @Test func `a server that says nothing, or goes, is a difference`() async throws {
        let message = MessageBuilder()
        let root = message.initRoot(StructSize(dataWords: 1, pointers: 1))
        root.setInteger(UInt16(8), at: 0)
        let answer = MessageBuilder()
        let body = answer.initRoot(StructSize(dataWords: 1, pointers: 1))
        body.setInteger(UInt16(3), at: 0)
        _ = body.pointer(at: 0).initStruct(StructSize(dataWords: 2, pointers: 1))
        let turns = [
            Dialogue.Turn(sender: .client, message: try Message(framed: message.framedBytes())),
            Dialogue.Turn(sender: .server, message: try Message(framed: answer.framedBytes())),
        ]
        let (silent, _peer) = try SocketChannel.makePair()
        let outcome = try await DialogueReplay(timeout: .milliseconds(50)).run(turns, over: silent)
        #expect(outcome.differences.map(\.place) == ["bootstrap"])
        _peer.close()
        let (broken, gone) = try SocketChannel.makePair()
        gone.close()
        let second = try await DialogueReplay().run(turns, over: broken)
        #expect(second.differences.map(\.place) == ["bootstrap"])
    }
}
