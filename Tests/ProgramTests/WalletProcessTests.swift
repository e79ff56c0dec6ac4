import BitcoinInterfaces
import BitcoinRPC
import Foundation
import Glibc
import TestSupport
import Testing

extension ProgramTests {
    /// Wallet processes that come, die and come back.
    struct WalletProcessTests {
        private static let key = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
        private static let address = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"

        /// The number of a wallet's process, as the node lists it.
        private func processID(_ node: RunningNode, _ name: String) async throws -> Int32 {
            let client = try await NodeClient(socket: node.socket)
            defer { client.close() }
            let listings = try await client.root.makeWalletLoader().listWallets()
            return try #require(listings.first { $0.name == name }?.processID)
        }

        private func listing(_ node: RunningNode, _ name: String) async throws -> WalletListing? {
            let client = try await NodeClient(socket: node.socket)
            defer { client.close() }
            return try await client.root.makeWalletLoader().listWallets().first { $0.name == name }
        }

        /// A watch-only wallet of one address.
        private func makeWallet(_ node: RunningNode, _ name: String) async throws {
            let created = try await node.cli("createwallet", name, "true")
            #expect(created.text == "{\n  \"name\": \"\(name)\"\n}\n", "\(created.errors)")
            let client = try await NodeClient(socket: node.socket)
            defer { client.close() }
            let text = "wpkh(\(Self.key))"
            let checksum = try await client.call("getdescriptorinfo", .string(text))["checksum"].stringValue
            let imported = try await client.call(
                "importdescriptors",
                [["desc": .string(text + "#" + (checksum ?? "")), "timestamp": "now", "label": "watched"]],
                wallet: name)
            #expect(imported[0]["success"] == true, "\(imported.write())")
        }

        @Test func `a new watch-only wallet sees what is mined to it`() async throws {
            let node = try await RunningNode.start()
            try await makeWallet(node, "watch")
            #expect(try await node.json("getbalances")["mine"]["trusted"] == .number("0.00000000"))
            _ = try await node.json("generatetoaddress", "101", Self.address)
            await eventually("the wallet follows") {
                (try? await node.json("getwalletinfo"))?["lastprocessedblock"]["height"] == 101
            }
            let balances = try await node.json("getbalances")
            #expect(balances["mine"]["trusted"] == .number("50.00000000"))
            #expect(balances["mine"]["immature"] == .number("5000.00000000"))
            #expect(try await node.json("listunspent")[0]["label"] == "watched")
            #expect(try await node.json("listtransactions", "*", "1000").arrayValue?.count == 101)
            #expect(try await node.json("getaddressinfo", Self.address)["labels"] == ["watched"])
            #expect(await node.stop() == 0)
        }

        @Test func `wallets of a signet of one's own carry its mark`() async throws {
            let folder = try ShortFolder()
            let node = try RunningNode(in: folder, ["-signetchallenge=51"], network: ["-signet"])
            await eventually("the node is loaded: \(node.child.output.errors)") {
                folder.read("signet/debug.log").contains("Done loading\n") || !node.child.isRunning
            }
            let client = try await NodeClient(socket: folder.path + "/signet/node.sock")
            _ = try await client.call("createwallet", "w", true)
            client.close()
            #expect(await node.stop() == 0)
            let file = try #require(FileManager.default.contents(atPath: folder.path + "/signet/wallets/w/wallet.dat"))
            // Of the double SHA-256 of the challenge with its length in front.
            #expect(Array(file[68..<72]) == [0x54, 0xd2, 0x6f, 0xbd])

            let words = ["-datadir=\(folder.path)", "-signet", "-wallet=w", "info"]
            let seen = try await Program.wallet.run(["-signetchallenge=51"] + words)
            #expect(seen.status == 0, "\(seen.errors)")
            #expect(seen.text.contains("Name: w\n"))
            let refused = try await Program.wallet.run(words)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("wallet"), "\(refused.errors)")
            let unread = try await Program.wallet.run(["-signetchallenge=5"] + words)
            #expect(unread.status == 1)
            #expect(unread.errors.contains("-signetchallenge must be hex, not '5'."), "\(unread.errors)")
        }

        @Test func `the death of a wallet process is told, and the wallet can be loaded again`() async throws {
            let node = try await RunningNode.start()
            try await makeWallet(node, "one")
            try await makeWallet(node, "two")
            _ = try await node.json("generatetoaddress", "101", Self.address)
            let process = try await processID(node, "one")
            kill(process, SIGKILL)
            try await eventually("the death is noticed") { try await listing(node, "one")?.state == .failed }
            let error = try #require(try await listing(node, "one")?.error)
            #expect(error.contains("\(process)") && error.contains("killed by signal 9"))
            #expect(node.log.contains("killed by signal 9"))
            #expect(try await node.json("listwallets") == ["two"])
            let call = try await node.cli("-rpcwallet=one", "getbalances")
            #expect(call.status == 18)
            #expect(call.errors.hasSuffix("\nRequested wallet does not exist or is not loaded\n"))
            #expect(try await node.json("getblockcount") == 101)
            // What happens meanwhile is caught up with.
            _ = try await node.json("generatetoaddress", "1", Self.address)
            #expect(try await node.cli("loadwallet", "one").status == 0)
            let balances = try await node.json("-rpcwallet=one", "getbalances")
            #expect(balances["mine"]["trusted"] == .number("100.00000000"))
            #expect(balances["lastprocessedblock"]["height"] == 102)
            #expect(await node.stop() == 0)
        }

        @Test func `spawned wallets end with their node, however it ends`() async throws {
            let folder = try ShortFolder()
            let first = try await RunningNode.start(in: folder)
            try await makeWallet(first, "one")
            try await makeWallet(first, "two")
            let processes = [try await processID(first, "one"), try await processID(first, "two")]
            #expect(processes.allSatisfy(processExists))
            await first.kill()
            await eventually("the wallets end") { !processes.contains(where: processExists) }
            let second = try await RunningNode.start(in: folder, ["-wallet=one", "-wallet=two"])
            #expect(try await second.json("listwallets") == ["one", "two"])
            let later = [try await processID(second, "one"), try await processID(second, "two")]
            #expect(await second.stop() == 0)
            await eventually("the wallets end") { !later.contains(where: processExists) }
            #expect(!folder.exists("regtest/sockets/wallet-one.sock"))
        }

        @Test func `a wallet program that never answers does not keep the node from ending`() async throws {
            let folder = try ShortFolder()
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/bitcoin-node", withDestinationPath: Program.node.path)
            // Neither the end of its input nor a signal that can be ignored moves it.
            try folder.write("#!/bin/sh\ntrap '' TERM INT HUP\nexec sleep 3600\n", to: "bitcoin-wallet")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o700], ofItemAtPath: folder.path + "/bitcoin-wallet")
            try folder.write("SQLite format 3\0", to: "regtest/wallets/stuck/wallet.dat")
            let node = try RunningNode(
                in: folder, ["-wallet=stuck", "-debug=ipc"], program: folder.path + "/bitcoin-node")
            await eventually("the program is started") { node.log.contains(" launched\n") }
            let started = try #require(node.log.firstMatch(of: /bitcoin-wallet pid (\d+) launched/)?.1)
            let process = try #require(Int32(started))
            defer { if processExists(process) { kill(process, SIGKILL) } }
            // The node can be asked to stop by anyone while it waits.
            #expect(try await node.cli("stop").status == 0)
            #expect(await node.child.ends(within: 60))
            #expect(node.child.output.status == 0)
            #expect(node.log.contains("[stuck] process \(process) of the wallet does not answer, killed"))
            #expect(node.log.hasSuffix("Shutdown done\n"))
            await eventually("the process is gone") { !processExists(process) }
        }

        @Test func `unloading ends the process`() async throws {
            let node = try await RunningNode.start(in: nil, ["-debug=ipc"])
            try await makeWallet(node, "one")
            let process = try await processID(node, "one")
            #expect(try await node.cli("unloadwallet", "one").status == 0)
            await eventually("the process ends") { !processExists(process) }
            await eventually("its end is logged") { node.log.contains("pid \(process) exited with status 0") }
            #expect(try await listing(node, "one") == nil)
            #expect(await node.stop() == 0)
        }

        @Test func `wallets that are remembered come back with the next start`() async throws {
            let folder = try ShortFolder()
            let first = try await RunningNode.start(in: folder)
            #expect(
                try await first.cli("-named", "createwallet", "wallet_name=one", "blank=true", "load_on_startup=true")
                    .status == 0)
            #expect(try await first.cli("-named", "createwallet", "wallet_name=two", "blank=true").status == 0)
            #expect(await first.stop() == 0)
            let second = try await RunningNode.start(in: folder)
            #expect(try await second.json("listwallets") == ["one"])
            #expect(await second.stop() == 0)
        }

        @Test func `a wallet that cannot be opened is named, and the node runs on`() async throws {
            let folder = try ShortFolder()
            try folder.write("SQLite format 3\0 and then rubbish", to: "regtest/wallets/bad/wallet.dat")
            let node = try await RunningNode.start(in: folder, ["-wallet=bad", "-wallet=none"])
            #expect(try await node.json("listwallets") == [])
            let warnings = try await node.json("getblockchaininfo")["warnings"]
            #expect(warnings.arrayValue?.filter { $0.stringValue?.contains("\"bad\"") == true }.count == 1)
            #expect(warnings.arrayValue?.filter { $0.stringValue?.contains("\"none\"") == true }.count == 1)
            let call = try await node.cli("loadwallet", "bad")
            #expect(call.status == 4)
            #expect(call.errors.contains("\nWallet loading failed. "))
            #expect(!call.errors.contains("remote exception"), "\(call.errors)")
            #expect(try await listing(node, "bad")?.state == .failed)
            #expect(await node.stop() == 0)
        }

        // MARK: By hand

        @Test func `a wallet started by hand attaches, survives the node and attaches again`() async throws {
            let folder = try ShortFolder()
            let first = try await RunningNode.start(in: folder)
            try await makeWallet(first, "byhand")
            #expect(try await first.cli("unloadwallet", "byhand").status == 0)
            let options = ["-regtest", "-datadir=\(folder.path)", "-printtoconsole=1", "-wallet=byhand", "serve"]
            let wallet = try ChildProcess(Program.wallet.path, options)
            try await eventually("it attaches: \(wallet.output)") { try await first.json("listwallets") == ["byhand"] }
            let listing = try #require(try await listing(first, "byhand"))
            #expect(listing.origin == .attached)
            #expect(listing.processID == wallet.processID)
            _ = try await first.json("generatetoaddress", "3", Self.address)
            await eventually("it follows") {
                (try? await first.json("getbalances"))?["mine"]["immature"] == .number("150.00000000")
            }

            await first.kill()
            await eventually("it notices") { wallet.output.text.contains("The node is gone") }
            #expect(wallet.isRunning)
            let second = try await RunningNode.start(in: folder)
            try await eventually("it attaches again", within: 60) { try await second.json("listwallets") == ["byhand"] }
            #expect(try await second.json("getbalances")["mine"]["immature"] == .number("150.00000000"))
            _ = try await second.json("generatetoaddress", "1", Self.address)
            await eventually("it follows again") {
                (try? await second.json("getbalances"))?["mine"]["immature"] == .number("200.00000000")
            }

            wallet.signal(SIGTERM)
            #expect(await wallet.ends(within: 60))
            #expect(wallet.output.status == 0)
            try await eventually("it is gone") { try await second.json("listwallets") == [] }
            #expect(await second.stop() == 0)
        }

        @Test func `a wallet started by hand waits for its node, and ends when that detaches it`() async throws {
            let folder = try ShortFolder()
            let setup = try await RunningNode.start(in: folder)
            try await makeWallet(setup, "byhand")
            #expect(await setup.stop() == 0)
            let options = ["-regtest", "-datadir=\(folder.path)", "-printtoconsole=1", "-wallet=byhand", "serve"]
            let wallet = try ChildProcess(Program.wallet.path, options)
            await eventually("it waits") { wallet.output.text.contains("Waiting for a node") }
            let node = try await RunningNode.start(in: folder)
            try await eventually("it attaches: \(wallet.output)") { try await node.json("listwallets") == ["byhand"] }
            #expect(try await node.cli("unloadwallet", "byhand").status == 0)
            #expect(await wallet.ends(within: 60))
            #expect(wallet.output.status == 0)
            #expect(await node.stop() == 0)
        }

        @Test func `the death of a wallet started by hand is told too`() async throws {
            let folder = try ShortFolder()
            let node = try await RunningNode.start(in: folder)
            try await makeWallet(node, "byhand")
            #expect(try await node.cli("unloadwallet", "byhand").status == 0)
            let options = ["-regtest", "-datadir=\(folder.path)", "-wallet=byhand", "serve"]
            let wallet = try ChildProcess(Program.wallet.path, options)
            try await eventually("it attaches") { try await node.json("listwallets") == ["byhand"] }
            wallet.signal(SIGKILL)
            try await eventually("it is gone") { try await node.json("listwallets") == [] }
            await eventually("it is logged") { node.log.contains("its process \(wallet.processID) went away") }
            // It was not stopped cleanly, and yet it can be loaded.
            #expect(try await node.cli("loadwallet", "byhand").status == 0)
            #expect(await node.stop() == 0)
        }

        @Test func `a wallet that another process holds is refused`() async throws {
            let folder = try ShortFolder()
            let node = try await RunningNode.start(in: folder)
            try await makeWallet(node, "one")
            let second = try await Program.wallet.run([
                "-regtest", "-datadir=\(folder.path)", "-printtoconsole=0", "-wallet=one", "serve",
            ])
            #expect(second.status == 1)
            #expect(second.errors.contains("in use"), "\(second.errors)")
            #expect(try await node.json("listwallets") == ["one"])
            let info = try await Program.wallet.run(["-regtest", "-datadir=\(folder.path)", "-wallet=one", "info"])
            #expect(info.status == 1)
            #expect(info.errors != "")
            #expect(await node.stop() == 0)
        }

        // MARK: Offline

        @Test(.enabled(if: CoreFixture.isPresent, CoreFixture.absence))
        func `info and dump read a wallet without a node`() async throws {
            let folder = try CoreFixture.unpack()
            let base = ["-regtest", "-datadir=\(folder.path)"]
            let before = contents(below: folder.path + "/regtest/wallets/main")
            let info = try await Program.wallet.run(base + ["-wallet=main", "info"])
            #expect(info.status == 0, "\(info.errors)")
            #expect(info.text.contains("\nTransactions: 455\n"))
            #expect(info.text.contains("Name: main\nFormat: sqlite\nDescriptors: yes\nEncrypted: no\n"))
            let encrypted = try await Program.wallet.run(base + ["-wallet=encrypted", "info"])
            #expect(encrypted.text.contains("Encrypted: yes\n"))
            let dump = folder.path + "/main.dump"
            let dumped = try await Program.wallet.run(base + ["-wallet=main", "-dumpfile=\(dump)", "dump"])
            #expect(dumped.status == 0, "\(dumped.errors)")
            let lines = folder.read("main.dump").split(separator: "\n")
            #expect(lines.first == "BITCOIN_CORE_WALLET_DUMP,1")
            #expect(lines.last?.hasPrefix("checksum,") == true)
            let again = try await Program.wallet.run(base + ["-wallet=main", "-dumpfile=\(dump)", "dump"])
            #expect(again.status == 1)
            #expect(contents(below: folder.path + "/regtest/wallets/main") == before)
            let none = try await Program.wallet.run(base + ["-wallet=none", "info"])
            #expect(none.status == 1)
            #expect(none.errors.contains("Path does not exist."))
            let command = try await Program.wallet.run(base + ["-wallet=main", "nonsense"])
            #expect(command.status == 1)
            let nothing = try await Program.wallet.run(base)
            #expect(nothing.status == 1)
            #expect(nothing.errors == "No method provided. Run `bitcoin-wallet -help` for valid methods.\n")
        }
    }
}
