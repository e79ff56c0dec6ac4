import BitcoinInterfaces
import BitcoinRPC
import Foundation
import Glibc
import TestSupport
import Testing

extension ProgramTests {
    /// `bitcoin-node` from its start to its end.
    struct NodeRunTests {
        @Test func `an unknown test option is warned of, and the node starts`() async throws {
            let node = try await RunningNode.start(["-test=bip94", "-test=nothing"])
            let warning = "Unrecognised option \"nothing\" provided in -test=<option>."
            #expect(node.log.contains(warning), "\(node.log)")
            #expect(node.child.output.errors.contains("Warning: \(warning)"), "\(node.child.output.errors)")
            #expect(!node.log.contains("Unrecognised option \"bip94\""))
            #expect(await node.stop() == 0)
        }

        @Test func `a node starts, answers and stops by its RPC`() async throws {
            let node = try await RunningNode.start()
            #expect(try await node.json("getblockcount") == 0)
            #expect(node.folder.read("regtest/bitcoind.pid") == "\(node.child.processID)\n")
            let stop = try await node.cli("stop")
            #expect(stop.status == 0)
            #expect(stop.text.hasSuffix(" stopping\n"))
            #expect(await node.child.ends(within: 60))
            #expect(node.child.output.status == 0)
            #expect(node.child.output.errors == "")
            #expect(!node.folder.exists("regtest/node.sock"))
            #expect(!node.folder.exists("regtest/bitcoind.pid"))
            #expect(node.log.contains("Shutdown in progress...\n"))
            #expect(node.log.hasSuffix("Shutdown done\n"))
        }

        @Test(arguments: [SIGTERM, SIGINT])
        func `a signal ends the node cleanly`(_ signal: Int32) async throws {
            let node = try await RunningNode.start()
            node.child.signal(signal)
            // A second one, as from an impatient user, changes nothing.
            node.child.signal(signal)
            #expect(await node.child.ends(within: 60))
            #expect(node.child.output.status == 0)
            #expect(node.log.hasSuffix("Shutdown done\n"))
            #expect(!node.folder.exists("regtest/node.sock"))
        }

        @Test func `a client that stays connected does not hold up the end`() async throws {
            let node = try await RunningNode.start()
            let client = try await NodeClient(socket: node.socket)
            let mining = try #require(try await client.root.makeMining())
            let tip = try #require(try await mining.getTip())
            let wait = Task { try await mining.waitTipChanged(currentTip: tip.hash, timeout: .greatestFiniteMagnitude) }
            try await Task.sleep(for: .milliseconds(50))
            #expect(await node.stop() == 0)
            // The wait ends as interrupted, or with the connection.
            _ = try? await wait.value
            await #expect(throws: (any Error).self) { try await client.call("getblockcount") }
        }

        @Test func `a disk that fails ends the node with a message, and judges no block`() async throws {
            let node = try await RunningNode.start()
            let file = node.folder.path + "/regtest/blocks/rev00000.dat"
            try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
            let mined = try await node.cli("generatetoaddress", "1", "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080")
            #expect(mined.status != 0)
            #expect(await node.child.ends(within: 60))
            #expect(node.child.output.status == 1)
            #expect(node.child.output.errors.hasPrefix("Error: A fatal internal error occurred, see debug.log"))
            #expect(node.child.output.errors.contains(file))
            #expect(node.log.contains("*** Cannot read or write \(file)"))
            #expect(node.log.hasSuffix("Shutdown done\n"))
            #expect(!node.folder.exists("regtest/node.sock"))
            try FileManager.default.removeItem(atPath: file)
            let again = try await RunningNode.start(in: node.folder)
            #expect(
                try await again.cli("generatetoaddress", "1", "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080").status
                    == 0)
            #expect(await again.stop() == 0)
        }

        @Test func `the network's directory is made with the first start`() async throws {
            let node = try await RunningNode.start()
            let attributes = try FileManager.default.attributesOfItem(atPath: node.folder.path + "/regtest")
            #expect(attributes[.posixPermissions] as? Int == 0o700)
            #expect(node.folder.exists("regtest/wallets"))
            #expect(node.folder.exists("regtest/blocks/blk00000.dat"))
            _ = await node.stop()
        }

        @Test func `a second node in the same directory is refused`() async throws {
            let node = try await RunningNode.start()
            let second = try await Program.node.run(["-regtest", "-datadir=\(node.folder.path)", "-printtoconsole=0"])
            #expect(second.status == 1)
            #expect(
                second.errors
                    == "Error: Cannot obtain a lock on directory \(node.folder.path)/regtest. "
                    + "bitcoin-node is probably already running.\n")
            #expect(try await node.json("getblockcount") == 0)
            #expect(node.folder.read("regtest/bitcoind.pid") == "\(node.child.processID)\n")
            #expect(await node.stop() == 0)
        }

        @Test func `mined blocks survive the death of the node`() async throws {
            let folder = try ShortFolder()
            let first = try await RunningNode.start(in: folder)
            let hashes = try await first.json(
                "generatetoaddress", "5", "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080")
            #expect(hashes.arrayValue?.count == 5)
            await first.kill()
            #expect(folder.exists("regtest/node.sock"))
            let second = try await RunningNode.start(in: folder)
            #expect(try await second.json("getblockcount") == 5)
            #expect(try await second.cli("getbestblockhash").text == (hashes[4].stringValue ?? "") + "\n")
            #expect(await second.stop() == 0)
        }

        // MARK: Background

        @Test func `-daemonwait returns when the node is ready`() async throws {
            let folder = try ShortFolder()
            let output = try await Program.node.run(["-regtest", "-datadir=\(folder.path)", "-daemonwait"])
            let processID = Int32(folder.read("regtest/bitcoind.pid").trimmingCharacters(in: .whitespacesAndNewlines))
            defer { if let processID, processExists(processID) { kill(processID, SIGKILL) } }
            #expect(output.status == 0, "\(output.errors)")
            #expect(output.text.hasSuffix(" starting\n"))
            let cli = ["-regtest", "-datadir=\(folder.path)"]
            #expect(try await Program.cli.run(cli + ["getblockcount"]).text == "0\n")
            #expect(getsid(try #require(processID)) == processID)
            #expect(try await Program.cli.run(cli + ["stop"]).status == 0)
            await eventually("the node ends") { !processExists(processID ?? 0) }
        }

        @Test func `-daemon returns at once`() async throws {
            let folder = try ShortFolder()
            let output = try await Program.node.run(["-regtest", "-datadir=\(folder.path)", "-daemon"])
            #expect(output.status == 0, "\(output.errors)")
            let cli = ["-regtest", "-datadir=\(folder.path)", "-rpcwait", "-rpcwaittimeout=20"]
            #expect(try await Program.cli.run(cli + ["getblockcount"]).text == "0\n")
            let processID = Int32(folder.read("regtest/bitcoind.pid").trimmingCharacters(in: .whitespacesAndNewlines))
            defer { if let processID, processExists(processID) { kill(processID, SIGKILL) } }
            #expect(try await Program.cli.run(cli + ["stop"]).status == 0)
            await eventually("the node ends") { !processExists(processID ?? 0) }
        }

        @Test func `-daemonwait tells of a failed start`() async throws {
            let node = try await RunningNode.start()
            let output = try await Program.node.run(["-regtest", "-datadir=\(node.folder.path)", "-daemonwait"])
            #expect(output.status == 1)
            #expect(output.errors.hasPrefix("Error: "))
            #expect(await node.stop() == 0)
        }

        // MARK: Files

        @Test func `-pid names the file, -nopid leaves it out`() async throws {
            let folder = try ShortFolder()
            let named = try await RunningNode.start(in: folder, ["-pid=\(folder.path)/the.pid"])
            #expect(folder.read("the.pid") == "\(named.child.processID)\n")
            #expect(!folder.exists("regtest/bitcoind.pid"))
            #expect(await named.stop() == 0)
            #expect(!folder.exists("the.pid"))
            let without = try await RunningNode.start(in: folder, ["-nopid"])
            #expect(!folder.exists("regtest/bitcoind.pid"))
            #expect(await without.stop() == 0)
        }

        @Test func `log lines have Core's form`() async throws {
            let node = try await RunningNode.start()
            let line = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \S.*/
            let lines = node.log.split(separator: "\n")
            #expect(lines.count > 5)
            for text in lines { #expect(text.wholeMatch(of: line) != nil, "\(text)") }
            #expect(lines.contains { $0.hasSuffix("Z Done loading") })
            #expect(lines.contains { $0.hasSuffix("Z Using data directory \(node.folder.path)/regtest") })
            #expect(lines.contains { $0.hasSuffix("Z Config file: \(node.folder.path)/bitcoin.conf") })
            let attributes = try FileManager.default.attributesOfItem(
                atPath: node.folder.path + "/regtest/debug.log")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(await node.stop() == 0)
        }

        @Test func `the options of the log are in effect`() async throws {
            let folder = try ShortFolder()
            let micros = try await RunningNode.start(
                in: folder, ["-logtimemicros", "-debug=rpc", "-mocktime=1700000000"])
            _ = try await micros.json("uptime")
            let line = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z \(mocktime: 2023-11-14T22:13:20Z\) \S.*/
            for text in micros.log.split(separator: "\n") { #expect(text.wholeMatch(of: line) != nil, "\(text)") }
            #expect(micros.log.contains("[rpc] ThreadRPCServer method=uptime user="))
            #expect(await micros.stop() == 0)

            let elsewhere = try RunningNode(
                in: folder, ["-nologtimestamps", "-debuglogfile=other.log", "-printtoconsole=1"])
            await eventually("the console tells") { elsewhere.child.output.text.contains("\nDone loading\n") }
            #expect(folder.read("regtest/other.log").contains("\nDone loading\n"))
            #expect(elsewhere.log == "")
            #expect(await elsewhere.stop() == 0)
            #expect(elsewhere.child.output.text == folder.read("regtest/other.log"))

            let bad = try await Program.node.run(["-regtest", "-datadir=\(folder.path)", "-debug=nonsense"])
            #expect(bad.status == 1)
            #expect(bad.errors == "Error: Unsupported logging category -debug=nonsense.\n")
        }

        @Test func `SIGHUP opens the log anew`() async throws {
            let node = try await RunningNode.start()
            let path = node.folder.path + "/regtest/debug.log"
            try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
            node.child.signal(SIGHUP)
            await eventually("the file is there") { node.folder.exists("regtest/debug.log") }
            #expect(await node.stop() == 0)
            #expect(node.folder.read("regtest/debug.log").contains("Shutdown done"))
            #expect(!node.folder.read("regtest/debug.log.1").contains("Shutdown done"))
        }

        // MARK: Options

        @Test(arguments: [
            (["-nonsense"], "Error parsing command line arguments: Invalid parameter -nonsense"),
            (
                ["-nopid=1", "-includeconf=x"],
                "Error parsing command line arguments: -includeconf cannot be used from commandline; -includeconf=\"x\""
            ),
            (
                ["-regtest", "-signet"],
                "Invalid combination of -regtest, -signet, -testnet, -testnet4 and -chain. Can use at most one."
            ),
            (["-chain=nonsense"], "Unknown chain nonsense."),
            (["-datadir=/nonexistent/folder"], "Specified data directory \"/nonexistent/folder\" does not exist."),
            (
                ["nonsense"],
                "Command line contains unexpected token 'nonsense', see bitcoin-node -h for a list of options."
            ),
        ])
        func `options that cannot be are refused with Core's text`(_ words: [String], _ message: String) async throws {
            let folder = try ShortFolder()
            let home = ["HOME": folder.path]
            let output = try await Program.node.run(words, environment: home)
            #expect(output.status == 1)
            #expect(output.errors == "Error: \(message)\n")
            #expect(output.text == "")
            #expect(!folder.exists(".bitcoin"))
        }

        @Test(arguments: [
            ("rubbish\n", "parse error on line 1: rubbish"),
            (
                "\n-server=1\n",
                "parse error on line 2: -server=1, options in configuration file must be specified without leading -"
            ),
            (
                "nolisten\n",
                "parse error on line 1: nolisten, if you intended to specify a negated option, use nolisten=1 instead"
            ),
            (
                "conf=x\n",
                "conf cannot be set in the configuration file; use includeconf= if you want to include additional config files"
            ),
            ("includeconf=none.conf\n", "Failed to include configuration file none.conf"),
            (
                "rpcpassword=a#b\n",
                "parse error on line 1, using # in rpcpassword can be ambiguous and should be avoided"
            ),
        ])
        func `a configuration file that cannot be is refused with Core's text`(
            _ text: String, _ message: String
        ) async throws {
            let folder = try ShortFolder()
            try folder.write(text, to: "bitcoin.conf")
            let output = try await Program.node.run(["-datadir=\(folder.path)", "-printtoconsole=0"])
            #expect(output.status == 1)
            #expect(output.errors == "Error: Error reading configuration file: \(message)\n")
        }

        @Test func `the configuration file is in effect, its sections and includes too`() async throws {
            let folder = try ShortFolder()
            try folder.write(
                """
                regtest=1
                includeconf=more.conf
                # A wallet of the default section counts for the main network only.
                wallet=main
                unknownoption=1
                [regtest]
                mocktime=1700000000
                [nonsense]
                x=1

                """, to: "bitcoin.conf")
            try folder.write("debug=rpc\nmaxmempool=100\n", to: "more.conf")
            let node = try RunningNode(in: folder, network: [])
            await node.isLoaded()
            let log = node.log
            #expect(log.contains(" (mocktime: 2023-11-14T22:13:20Z) "))
            #expect(log.contains("Ignoring unknown configuration value unknownoption"))
            #expect(
                log.contains(
                    "Config setting for -wallet only applied on regtest network when in [regtest] section."))
            #expect(log.contains("Section [nonsense] is not recognized."))
            #expect(log.contains("Option -maxmempool is known but has no effect in this version"))
            #expect(try await node.json("logging")["rpc"] == true)
            #expect(try await node.json("listwallets") == [])
            #expect(await node.stop() == 0)
        }

        @Test func `-version and -help answer and end`() async throws {
            for program in [Program.node, .cli, .wallet] {
                let version = try await program.run(["-version"])
                #expect(version.status == 0)
                #expect(version.text.contains("version v"))
                #expect(version.errors == "")
                let help = try await program.run(["-help"])
                #expect(help.status == 0)
                #expect(help.text.contains("-datadir=<dir>"))
                for line in help.text.split(separator: "\n") { #expect(line.count <= 120, "\(line)") }
            }
        }
    }
}
