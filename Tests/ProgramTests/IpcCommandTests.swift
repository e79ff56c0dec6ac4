import BitcoinRPC
import Foundation
import TestSupport
import Testing

extension ProgramTests {
    /// `bitcoin ipc` against a node.
    @Suite(.timeLimit(.minutes(5)))
    struct IpcCommandTests {
        private func ipc(
            _ node: RunningNode, _ command: String, _ words: String..., input: String = ""
        ) async throws -> Program.Output {
            try await Program.wrapper.run(
                ["ipc", command, "-regtest", "-datadir=\(node.folder.path)"] + words, input: input)
        }

        @Test func `call makes any call, through objects, with arguments of any form`() async throws {
            let node = try await RunningNode.start()
            for words in [
                ["Echo.echo", #"{"echo": "hi é"}"#], ["echo", "echo", "echo=hi é"],
                ["Init.makeEcho.echo", #"["hi é"]"#],
            ] {
                let output = try await Program.wrapper.run(
                    ["ipc", "call", "-regtest", "-datadir=\(node.folder.path)", "unix"] + words)
                #expect(output.status == 0, "\(output.errors)")
                #expect(try JSONValue(parsing: output.text)["result"] == "hi é")
            }
            let tip = try await ipc(node, "call", "unix", "mining getTip")
            #expect(tip.status == 0, "\(tip.errors)")
            let json = try JSONValue(parsing: tip.text)
            #expect(json["result"]["hash"].stringValue?.count == 64 && json["hasResult"] == true)
            let request = #"{"request": "{\"id\": 1, \"method\": \"getblockcount\"}", "uri": "/"}"#
            let rpc = try await ipc(node, "call", "unix:\(node.socket)", "Rpc.executeRpc", "-", input: request)
            #expect(rpc.status == 0, "\(rpc.errors)")
            let answer = try JSONValue(parsing: try #require(JSONValue(parsing: rpc.text)["result"].stringValue))
            #expect(answer["result"] == 0)
            let object = try await ipc(node, "call", "unix", "makeMining")
            #expect(try JSONValue(parsing: object.text)["result"]["object"] == "Mining")
            #expect(await node.stop() == 0)
        }

        @Test func `errors have their exit codes and say what to do`() async throws {
            let node = try await RunningNode.start()
            let unknown = try await ipc(node, "call", "unix", "Echo.ping")
            #expect(unknown.status == 2)
            #expect(unknown.errors.contains("Echo has no method 'ping'"))
            let wrong = try await ipc(node, "call", "unix", "Echo.echo", #"{"ech": "hi"}"#)
            #expect(wrong.status == 2 && wrong.errors.contains("it has: echo"))
            let type = try await ipc(node, "call", "unix", "Mining.waitTipChanged", #"{"currentTip": 5}"#)
            #expect(type.status == 2 && type.errors.contains("Data"))
            let thrown = try await ipc(node, "call", "unix", "makeMiningOld2")
            #expect(thrown.status == 1 && thrown.errors.contains("Old mining interface (@2) not supported"))
            let nobody = try await ipc(node, "call", "unix:\(node.folder.path)/none.sock", "Echo.echo")
            #expect(nobody.status == 3 && nobody.errors.contains("No such file or directory"))
            #expect(try await ipc(node, "call", "unix").status == 2)
            #expect(try await ipc(node, "nonsense").status == 2)
            let list = try await ipc(node, "call", "-list", "echo")
            #expect(list.status == 0 && list.text.contains("echo(echo: Text) -> (result: Text)"))
            #expect(await node.stop() == 0)
        }

        @Test func `trace shows a client's calls, hides its secrets, and what it records can be replayed`() async throws
        {
            let node = try await RunningNode.start()
            let socket = node.folder.path + "/trace.sock"
            let file = node.folder.path + "/dialogue.jsonl"
            let trace = try ChildProcess(
                Program.wrapper.path,
                [
                    "ipc", "trace", "-regtest", "-datadir=\(node.folder.path)", "-record=\(file)", "-full",
                    "unix:\(socket)",
                    "unix",
                ])
            await eventually("it listens") { FileManager.default.fileExists(atPath: socket) }
            let height = try await node.cli("-ipcconnect=unix:\(socket)", "getblockcount")
            #expect(height.text == "0\n", "\(height.errors)")
            let locked = try await node.cli("-ipcconnect=unix:\(socket)", "walletpassphrase", "hunter2", "60")
            #expect(locked.status != 0)
            await eventually("both have come and gone") { trace.output.text.split(separator: "closed").count > 2 }
            trace.signal(SIGTERM)
            #expect(await trace.ends(within: 60))
            let text = trace.output.text
            #expect(trace.output.status == 0, "\(trace.output.errors)")
            for words in [
                "→ bootstrap q0", "→ call q1 Init.construct(threadMap: ThreadMap#",
                "Init.makeRpc(context: (thread: Thread",
                "Rpc.executeRpc(", #"\"method\":\"getblockcount\""#, "← return", "after ", "→ finish",
                #"\"method\":\"walletpassphrase\",\"params\":[\"*******\",60]"#, "[secrets masked]",
            ] {
                #expect(text.contains(words), "\(words) in:\n\(text)")
            }
            #expect(!text.contains("\u{1b}"))
            let recorded = try String(contentsOfFile: file, encoding: .utf8)
            #expect(!recorded.contains("68756e74657232") && !text.contains("hunter2"))
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            // The second dialogue's answer depends on the masked request, and is the same error.
            let replay = try await ipc(node, "replay", "unix", file)
            #expect(replay.status == 0, "\(replay.text)\(replay.errors)")
            #expect(replay.text.contains("answers are the same"))
            #expect(await node.stop() == 0)
        }

        @Test func `trace prints JSON and passes garbage through`() async throws {
            let node = try await RunningNode.start()
            let socket = node.folder.path + "/trace.sock"
            let trace = try ChildProcess(
                Program.wrapper.path,
                ["ipc", "trace", "-json", "-regtest", "-datadir=\(node.folder.path)", "unix:\(socket)", "unix"])
            await eventually("it listens") { FileManager.default.fileExists(atPath: socket) }
            let raw = try RawSocket(path: socket)
            raw.send([UInt8](repeating: 0xff, count: 4096))
            // The node sees what the client sent, and ends the connection as if nothing stood between.
            while !raw.receive().isEmpty {}
            #expect(try await node.cli("-ipcconnect=unix:\(socket)", "getblockcount").text == "0\n")
            await eventually("it is told") { trace.output.text.split(separator: #""event":"closed""#).count > 2 }
            trace.signal(SIGINT)
            #expect(await trace.ends(within: 60))
            let events = try trace.output.text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
            #expect(events.contains { $0["event"] == "undecodable" && $0["from"] == "client" })
            let call = try #require(events.first { $0["method"] == "executeRpc" && $0["event"] == "call" })
            #expect(call["interface"] == "Rpc" && call["params"]["context"]["thread"]["interface"] == "Thread")
            let answer = try #require(events.first { $0["method"] == "executeRpc" && $0["event"] == "return" })
            #expect((answer["seconds"].doubleValue ?? 0) > 0 && answer["question"] == call["question"])
            #expect(await node.stop() == 0)
        }

        @Test(
            .enabled(
                if: FileManager.default.fileExists(atPath: CoreFixture.shared + "/ipc"), "no ../shared/fixtures/ipc"))
        func `recordings of Core's clients are replayed, differences shown`() async throws {
            let node = try await RunningNode.start()
            for name in ["cli-echo", "cli-error", "libmultiprocess-echo"] {
                let output = try await ipc(node, "replay", "unix", CoreFixture.shared + "/ipc/\(name).jsonl")
                #expect(output.status == 0, "\(name): \(output.text)\(output.errors)")
            }
            let file = CoreFixture.shared + "/ipc/cli-getblockchaininfo.jsonl"
            let different = try await ipc(node, "replay", "unix", file)
            #expect(different.status == 1)
            #expect(different.text.contains("Rpc.executeRpc.result.result.warnings"))
            let ignored = try await ipc(node, "replay", "unix", "-ignore=Rpc.executeRpc.result.result", file)
            #expect(ignored.status == 0, "\(ignored.text)")
            try node.folder.write("", to: "empty")
            #expect(try await ipc(node, "replay", "unix", node.folder.path + "/empty").status == 1)
            #expect(try await ipc(node, "replay", "unix", node.folder.path + "/none").status == 2)
            #expect(await node.stop() == 0)
        }
    }
}
