import BitcoinRPC
import Foundation
import TestSupport
import Testing

extension ProgramTests {
    /// What real clients said to Core's node, said to ours: the answers mean the same.
    @Suite(
        .enabled(if: FileManager.default.fileExists(atPath: CoreFixture.shared + "/ipc"), "no ../shared/fixtures/ipc"))
    struct RecordedClientTests {
        private static let initialInterface: UInt64 = 0x8838_c700_ba5c_ba65
        private static let miningInterface: UInt64 = 0xf9c6_8436_df3a_f39e
        private static let templateInterface: UInt64 = 0xf967_1ad8_41b2_f622

        private func dialogue(_ name: String) throws -> Dialogue {
            try Dialogue(recorded: CoreFixture.shared + "/ipc/\(name).jsonl")
        }

        @Test(arguments: ["cli-echo", "cli-error", "libmultiprocess-echo"])
        func `the answers are those of Core`(_ name: String) async throws {
            let node = try await RunningNode.start()
            let dialogue = try dialogue(name)
            let expected = dialogue.answers
            #expect(expected.count > 3 && !expected.contains(nil))
            #expect(try dialogue.replay(to: node.socket) == expected)
            // Another client finds the node as it was.
            #expect(try dialogue.replay(to: node.socket) == expected)
            #expect(try await node.json("getblockcount") == 0)
            #expect(await node.stop() == 0)
        }

        @Test func `getblockchaininfo has Core's members`() async throws {
            let node = try await RunningNode.start()
            let dialogue = try dialogue("cli-getblockchaininfo")
            let answers = try dialogue.replay(to: node.socket)
            #expect(answers.count == dialogue.answers.count)
            #expect(answers.dropLast() == dialogue.answers.dropLast())
            guard case .results(_, let theirs, _) = dialogue.answers.last, case .results(_, let ours, _) = answers.last
            else {
                Issue.record("no results")
                return
            }
            let expected = try JSONValue(parsing: try #require(theirs.first))
            let actual = try JSONValue(parsing: try #require(ours.first))
            #expect(actual.objectValue?.keys == expected.objectValue?.keys)
            #expect(actual["id"] == expected["id"])
            let members = try #require(expected["result"].objectValue).members
            #expect(actual["result"].objectValue?.keys == members.map(\.key))
            for member in members {
                #expect(actual["result"][member.key].typeName == member.value.typeName, "\(member.key)")
            }
            #expect(await node.stop() == 0)
        }

        @Test func `a mining client in Python gets what it got from Core, block templates aside`() async throws {
            let node = try await RunningNode.start()
            // Block templates come with mining proper.
            let dialogue = try dialogue("pycapnp-mining").leavingOut { message in
                message.interface == Self.templateInterface
                    || (message.interface == Self.miningInterface && message.method == 4)
            }
            let expected = dialogue.answers
            let actual = try dialogue.replay(to: node.socket)
            #expect(actual.count == expected.count)
            let calls = dialogue.turns.filter { $0.isClient && [.call, .bootstrap].contains($0.message.kind) }
            #expect(calls.count == expected.count)
            for (call, answers) in zip(calls.map(\.message), zip(actual, expected)) {
                // The recorded chain is another one: of tips only the form is the same.
                if call.interface == Self.miningInterface, [2, 3].contains(call.method) {
                    guard case .results(let ours, _, 0) = answers.0, case .results(let theirs, _, 0) = answers.1 else {
                        Issue.record("\(call.method): \(String(describing: answers.0))")
                        continue
                    }
                    // The genesis block has height 0, which is no data at all.
                    let genesis = "(|06226e46111a0b59caaf126043eb5bbf28c34f3a5e332a1fc7b2b73cf188910f)"
                    #expect(ours.hasSuffix("|\(genesis))"))
                    #expect(ours.prefix { $0 != "|" } == theirs.prefix { $0 != "|" })
                } else {
                    #expect(answers.0 == answers.1, "interface \(call.interface), method \(call.method)")
                }
            }
            #expect(await node.stop() == 0)
        }
    }
}
