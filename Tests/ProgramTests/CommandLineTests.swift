import BitcoinRPC
import Foundation
import TestSupport
import Testing

extension ProgramTests {
    /// `bitcoin-cli` as scripts and people use it.
    struct CommandLineTests {
        @Test func `results are printed as Core prints them`() async throws {
            let node = try await RunningNode.start()
            let genesis = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"
            // A string bare, a number as it is, an object indented by two, null not at all.
            #expect(try await node.cli("getbestblockhash").text == genesis + "\n")
            #expect(try await node.cli("getblockcount").text == "0\n")
            let header = try await node.cli("getblockheader", genesis).text
            #expect(header.hasPrefix("{\n  \"hash\": \"\(genesis)\",\n  \"confirmations\": 1,\n"))
            #expect(header.hasSuffix("\n}\n"))
            #expect(try await node.cli("setmocktime", "1700000000").text == "")
            #expect(try await node.cli("echo", "a", "b").text == "[\n  \"a\",\n  \"b\"\n]\n")
            #expect(await node.stop() == 0)
        }

        @Test func `errors of the node go to standard error, their code to the exit code`() async throws {
            let node = try await RunningNode.start()
            let height = try await node.cli("getblockhash", "1")
            #expect(height.status == 8)
            #expect(height.errors == "error code: -8\nerror message:\nBlock height out of range\n")
            #expect(height.text == "")
            let method = try await node.cli("nonsense")
            #expect(method.status == 32601 & 0xff)
            #expect(method.errors == "error code: -32601\nerror message:\nMethod not found\n")
            let wallet = try await node.cli("-rpcwallet=none", "getbalances")
            #expect(wallet.status == 18)
            #expect(wallet.errors.hasSuffix("\nRequested wallet does not exist or is not loaded\n"))
            let help = try await node.cli("getblockhash")
            #expect(help.status == 1)
            #expect(help.errors.hasPrefix("error code: -1\nerror message:\ngetblockhash height\n"))
            let json = try await node.cli("getblockhash", "{")
            #expect(json.status == 1)
            #expect(json.errors == "error: Error parsing JSON: {\n")
            #expect(await node.stop() == 0)
        }

        @Test func `-named, -stdin and quoting`() async throws {
            let node = try await RunningNode.start()
            #expect(
                try await node.json("-named", "echo", "arg1=true", "arg0=text", "arg3={\"a\": [1]}")
                    == ["text", "true", nil, "{\"a\": [1]}"])
            #expect(
                try await node.cli("-stdin", "echo", "a", input: "b c\nd").text
                    == "[\n  \"a\",\n  \"b c\",\n  \"d\"\n]\n")
            #expect(try await node.cli("-named", "getblockhash", "height=0").status == 0)
            let unknown = try await node.cli("-named", "getblockhash", "nonsense=0")
            #expect(unknown.status == 8)
            #expect(unknown.errors.hasSuffix("\nUnknown named parameter nonsense\n"))
            #expect(try await node.cli("echo", "é\u{1F600}").text == "[\n  \"é\u{1F600}\"\n]\n")
            #expect(await node.stop() == 0)
        }

        @Test func `echoipc goes through a process of its own, which ends`() async throws {
            let node = try await RunningNode.start(in: nil, ["-debug=ipc"])
            #expect(try await node.cli("echoipc", "hello é").text == "hello é\n")
            let line = try #require(node.log.firstMatch(of: /Process bitcoin-node pid (\d+) launched/))
            let helper = try #require(Int32(line.1))
            await eventually("the helper ends") { !processExists(helper) }
            await eventually("its end is logged") { node.log.contains("pid \(helper) exited with status 0") }
            #expect(await node.stop() == 0)
        }

        @Test func `without a node the text says what to do`() async throws {
            let folder = try ShortFolder()
            let arguments = ["-regtest", "-datadir=\(folder.path)"]
            for connect in [[], ["-ipcconnect=unix"], ["-ipcconnect=unix:\(folder.path)/none.sock"]] {
                let output = try await Program.cli.run(arguments + connect + ["getblockcount"])
                #expect(output.status == 1)
                #expect(output.errors.hasPrefix("error: "))
                #expect(
                    output.errors.hasSuffix(
                        """


                        Probably bitcoin-node is not running or not listening on a unix socket. Can be started with:

                            bitcoin-node -chain=regtest -ipcbind=unix

                        """))
            }
        }

        @Test func `-rpcwait waits for the node`() async throws {
            let folder = try ShortFolder()
            let arguments = ["-regtest", "-datadir=\(folder.path)", "-rpcwait", "getblockcount"]
            let waiting = try ChildProcess(Program.cli.path, arguments)
            try await Task.sleep(for: .milliseconds(300))
            #expect(waiting.isRunning)
            let node = try await RunningNode.start(in: folder)
            #expect(await waiting.ends(within: 60))
            #expect(waiting.output.status == 0)
            #expect(waiting.output.text == "0\n")
            #expect(await node.stop() == 0)
        }

        @Test func `-rpcwaittimeout ends the wait`() async throws {
            let folder = try ShortFolder()
            let output = try await Program.cli.run([
                "-regtest", "-datadir=\(folder.path)", "-rpcwait", "-rpcwaittimeout=1", "getblockcount",
            ])
            #expect(output.status == 1)
            #expect(output.errors.hasPrefix("error: timeout on transient error: "))
        }

        @Test func `a node that cannot be reached any more is an error`() async throws {
            let node = try await RunningNode.start()
            node.child.signal(SIGSTOP)
            let arguments = ["-regtest", "-datadir=\(node.folder.path)", "getblockcount"]
            let waiting = try ChildProcess(Program.cli.path, arguments)
            try await Task.sleep(for: .milliseconds(200))
            await node.kill()
            #expect(await waiting.ends(within: 60))
            #expect(waiting.output.status == 1)
            #expect(waiting.output.errors.hasPrefix("error: "))
        }

        @Test(
            arguments: [
                ([], 1, "Error: too few parameters\n"),
                (["-nonsense"], 1, "Error parsing command line arguments: Invalid parameter -nonsense\n"),
                (
                    ["-datadir=/nonexistent/folder", "getblockcount"], 1,
                    "Error: Specified data directory \"/nonexistent/folder\" does not exist.\n"
                ),
                (["-chain=nonsense", "getblockcount"], 1, "Error: Unknown chain nonsense.\n"),
                (["-regtest"], 1, "error: too few parameters (need at least command)\n"),
                (
                    ["-regtest", "-stdinwalletpassphrase", "getblockcount"], 1,
                    "error: -stdinwalletpassphrase is only applicable for walletpassphrase(change)\n"
                ),
                (
                    ["-regtest", "-rpcconnect=127.0.0.1", "-ipcconnect=unix", "getblockcount"], 1,
                    "error: -rpcconnect and -ipcconnect options cannot both be enabled\n"
                ),
            ] as [([String], Int32, String)])
        func `wrong use is refused with Core's text`(_ words: [String], _ status: Int32, _ text: String) async throws {
            let folder = try ShortFolder()
            let output = try await Program.cli.run(words, environment: ["HOME": folder.path])
            #expect(output.status == status)
            #expect(output.errors == text)
        }

        @Test func `a broken configuration file is refused with Core's text`() async throws {
            let folder = try ShortFolder()
            try folder.write("rubbish\n", to: "bitcoin.conf")
            let output = try await Program.cli.run(["-datadir=\(folder.path)", "getblockcount"])
            #expect(output.status == 1)
            #expect(output.errors == "Error reading configuration file: parse error on line 1: rubbish\n")
        }

        @Test func `the wrapper runs the programs beside it`() async throws {
            let node = try await RunningNode.start()
            let arguments = ["-regtest", "-datadir=\(node.folder.path)"]
            let rpc = try await Program.wrapper.run(["rpc"] + arguments + ["getblockcount"])
            #expect(rpc.text == "0\n", "\(rpc.errors)")
            #expect(await node.stop() == 0)
        }
    }
}
