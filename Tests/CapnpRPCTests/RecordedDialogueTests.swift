import Capnp
import CapnpRPC
import Foundation
import Testing

/// What real clients said to Bitcoin Core, said to us.
///
/// The recordings lie outside the repository; without them the tests say so and pass.
struct RecordedDialogueTests {
    /// Gives the answers that Core gave, as far as capabilities and failures go.
    private static func core() -> TestServer {
        TestServer { call in
            let answer = call.results(size: StructSize(dataWords: 0, pointers: 1)).pointer(at: 0)
            switch (call.interfaceID, call.methodID) {
            case (initID, 2):
                throw RPCError(
                    kind: .failed,
                    reason: "std::exception: Old mining interface (@2) not supported. Please update your client!")
            case (miningID, 5):
                throw RPCError(
                    kind: .failed,
                    reason: "std::exception: SpanReader::read(): end of data: iostream error")
            case (initID, _), (threadMapID, 0), (miningID, 4): answer.setCapability(Client(core()))
            default: break
            }
        }
    }

    private static let initID: UInt64 = 0x8838_c700_ba5c_ba65
    private static let threadMapID: UInt64 = 0xee5e_3717_9ad9_dc9d
    private static let miningID: UInt64 = 0xf9c6_8436_df3a_f39e

    @Test(arguments: ["cli-echo", "cli-error", "cli-getblockchaininfo", "libmultiprocess-echo", "pycapnp-mining"])
    func aRecordedClientHearsWhatItHeardFromCore(name: String) throws {
        guard let turns = try Recording.load(name) else { return }
        let peer = ScriptedPeer()
        let connection = Connection(transport: peer, bootstrap: Client(Self.core()))
        for turn in turns where turn.isClient { connection.hear(all: turn.frames) }
        // When parameters are released is up to the method; everything else is said in the same order, ids included.
        let expected = turns.filter { !$0.isClient }.flatMap(\.frames).map(ScriptedPeer.words)
        #expect(
            peer.heard().filter { !$0.hasPrefix("release") } == expected.filter { !$0.hasPrefix("release") })
        // The recording of pycapnp breaks off while two answers are held.
        #expect(connection.tableSizes.answers == (name == "pycapnp-mining" ? 2 : 0))
        #expect(connection.tableSizes.questions == 0)
        connection.close()
        #expect(connection.isIdle)
    }
}

/// A recorded dialogue.
struct Recording {
    /// What one side wrote before the other answered.
    struct Turn {
        var isClient: Bool
        var frames: [[UInt8]]
    }

    private struct Line: Decodable {
        var from: String
        var hex: String
    }

    static func load(_ name: String, file: String = #filePath) throws -> [Turn]? {
        let root = URL(filePath: file).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let url = root.appending(path: "../shared/fixtures/ipc/\(name).jsonl")
        guard let data = try? Data(contentsOf: url) else {
            print("Skipped: no recording \(name) beside the repository.")
            return nil
        }
        var decoders = ["client": FrameDecoder(), "server": FrameDecoder()]
        return try data.split(separator: UInt8(ascii: "\n")).map { text in
            let line = try JSONDecoder().decode(Line.self, from: Data(text))
            var frames: [[UInt8]] = []
            decoders[line.from]?.push(bytes(line.hex))
            while let message = try decoders[line.from]?.next() {
                let builder = MessageBuilder()
                message.attach(capabilities: Array(repeating: nil, count: 64))
                try builder.root.copy(from: message.root)
                frames.append(builder.framedBytes())
            }
            return Turn(isClient: line.from == "client", frames: frames)
        }
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
    }
}
