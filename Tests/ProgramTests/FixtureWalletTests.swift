import BitcoinInterfaces
import BitcoinRPC
import Foundation
import Glibc
import TestSupport
import Testing

extension ProgramTests {
    /// The wallets that Core wrote, each in a process of its own, on the chain that Core wrote.
    @Suite(.enabled(if: CoreFixture.isPresent, CoreFixture.absence))
    struct FixtureWalletTests {
        private let facts = CoreFixture.facts["wallets"]

        @Test func `all wallets answer as they did in Core, and Core's blocks stay as they were`() async throws {
            let folder = try CoreFixture.unpack()
            let before = contents(below: folder.path + "/regtest/blocks").filter { $0.key.hasSuffix(".dat") }
            #expect(before.count == 3)
            let node = try await RunningNode.start(
                in: folder, CoreFixture.options + CoreFixture.wallets.map { "-wallet=\($0)" })
            let client = try await NodeClient(socket: node.socket)
            #expect(try await client.call("listwallets") == .array(CoreFixture.wallets.map { .string($0) }))
            for name in CoreFixture.wallets { try await expectCoresAnswers(client, name) }
            expectEqual(
                CoreFixture.facts["getblockchaininfo"], try await client.call("getblockchaininfo"),
                "getblockchaininfo", ignoring: ["warnings"])
            expectEqual(
                CoreFixture.facts["getrawmempool_verbose"], try await client.call("getrawmempool", true), "mempool")
            #expect(try await client.call("getblockchaininfo")["warnings"] == .array([]))
            client.close()
            #expect(await node.stop() == 0)
            let after = contents(below: folder.path + "/regtest/blocks")
            for (file, data) in before { #expect(after[file] == data, "\(file) has changed") }
        }

        private func expectCoresAnswers(_ client: NodeClient, _ name: String) async throws {
            let facts = facts[name]
            func ask(_ method: String, _ parameters: JSONValue...) async throws -> JSONValue {
                switch parameters.count {
                case 0: try await client.call(method, wallet: name)
                case 1: try await client.call(method, parameters[0], wallet: name)
                default: try await client.call(method, parameters[0], parameters[1], wallet: name)
                }
            }
            expectEqual(facts["getwalletinfo"], try await ask("getwalletinfo"), "\(name) getwalletinfo")
            expectEqual(facts["getbalances"], try await ask("getbalances"), "\(name) getbalances")
            expectEqual(
                sorted(facts["listunspent"]), sorted(try await ask("listunspent")), "\(name) listunspent")
            expectEqual(
                facts["listtransactions"], try await ask("listtransactions", "*", 1_000_000),
                "\(name) listtransactions")
            expectEqual(facts["listlabels"], try await ask("listlabels"), "\(name) listlabels")
            // The end of a range may differ after a restart.
            expectEqual(
                facts["listdescriptors"], try await ask("listdescriptors"), "\(name) listdescriptors",
                ignoring: ["range"])
            if !facts["listdescriptors_private"].isNull {
                expectEqual(
                    facts["listdescriptors_private"], try await ask("listdescriptors", true),
                    "\(name) listdescriptors true", ignoring: ["range"])
            }
            for member in try #require(facts["addresses"].objectValue).members {
                expectEqual(member.value, try await ask("getaddressinfo", .string(member.key)), "\(name) \(member.key)")
            }
        }

        /// Core lists coins in no certain order.
        private func sorted(_ coins: JSONValue) -> JSONValue {
            func key(_ coin: JSONValue) -> String { (coin["txid"].stringValue ?? "") + ":" + coin["vout"].write() }
            return .array((coins.arrayValue ?? []).sorted { key($0) < key($1) })
        }

        @Test func `bitcoin-cli reaches each wallet by its name`() async throws {
            let node = try await CoreFixture.start(wallets: ["sp ace-é"])
            // One wallet needs no name.
            expectEqual(facts["sp ace-é"]["getbalances"], try await node.json("getbalances"), "getbalances")
            #expect(try await node.cli("loadwallet", "main").text == "{\n  \"name\": \"main\"\n}\n")
            let both = try await node.cli("getbalances")
            #expect(both.status == 19)
            #expect(
                both.errors == """
                    error code: -19
                    error message:
                    Multiple wallets are loaded. Please select which wallet to use by requesting the RPC through the \
                    /wallet/<walletname> URI path. Or for the CLI, specify the "-rpcwallet=<walletname>" option before \
                    the command (run "bitcoin-cli -h" for help or "bitcoin-cli listwallets" to see which wallets are \
                    currently loaded).

                    """)
            for name in ["sp ace-é", "main"] {
                expectEqual(
                    facts[name]["getbalances"], try await node.json("-rpcwallet=\(name)", "getbalances"), "\(name)")
                let rows = try await node.json("-rpcwallet=\(name)", "listtransactions", "*", "100000")
                #expect(rows.arrayValue?.count == facts[name]["listtransactions"].arrayValue?.count)
                expectEqual(
                    facts[name]["getwalletinfo"],
                    try await node.json("-rpcwallet=\(name)", "-named", "getwalletinfo"), "\(name)")
            }
            #expect(try await node.cli("-rpcwallet=main", "unloadwallet").text == "{\n}\n")
            #expect(try await node.json("listwallets") == ["sp ace-é"])
            let directory = try await node.json("listwalletdir")
            #expect(
                directory["wallets"].arrayValue?.compactMap { $0["name"].stringValue }.sorted() == CoreFixture.wallets)
            let twice = try await node.cli("loadwallet", "sp ace-é")
            #expect(twice.status == 35)
            #expect(twice.errors.hasSuffix("\nWallet \"sp ace-é\" is already loaded.\n"))
            #expect(await node.stop() == 0)
        }

        @Test func `the encrypted wallet takes the right passphrase only`() async throws {
            let node = try await CoreFixture.start(wallets: ["encrypted"])
            let passphrase = try #require(CoreFixture.facts["passphrase"]["encrypted"].stringValue)
            let locked = try await node.cli("listdescriptors", "true")
            #expect(locked.status == 13)
            #expect(
                locked.errors.hasSuffix(
                    "\nError: Please enter the wallet passphrase with walletpassphrase first.\n"))
            let wrong = try await node.cli("-stdinwalletpassphrase", "walletpassphrase", "60", input: "wrong\n")
            #expect(wrong.status == 14)
            #expect(wrong.errors.contains("The wallet passphrase entered was incorrect"))
            let right = try await node.cli(
                "-stdinwalletpassphrase", "walletpassphrase", "60", input: passphrase + "\n")
            #expect(right.status == 0, "\(right.errors)")
            #expect(right.text == "")
            #expect(try await node.json("getwalletinfo")["unlocked_until"] == .int(CoreFixture.mockTime + 60))
            let descriptors = try await node.json("listdescriptors", "true")
            #expect(descriptors["descriptors"][0]["desc"].stringValue?.contains("tprv") == true)
            #expect(try await node.cli("walletlock").status == 0)
            #expect(try await node.json("getwalletinfo")["unlocked_until"] == 0)
            #expect(try await node.cli("listdescriptors", "true").status == 13)
            // Secrets get into no log.
            for name in ["debug.log", "debug.log.wallet"] {
                #expect(!node.folder.read("regtest/" + name).contains(passphrase))
                #expect(!node.folder.read("regtest/" + name).contains("tprv"))
            }
            #expect(await node.stop() == 0)
        }

        @Test func `a mined block changes the balances of all wallets`() async throws {
            let node = try await CoreFixture.start(wallets: ["main", "friend"])
            let address = try #require(facts["friend"]["addresses"].objectValue?.keys.first)
            let client = try await NodeClient(socket: node.socket)
            _ = try await client.call("generatetoaddress", 1, .string(address))
            for name in ["main", "friend"] {
                await eventually("\(name) follows") {
                    (try? await client.call("getwalletinfo", wallet: name))?["lastprocessedblock"]["height"] == 209
                }
            }
            // The subsidy and the fees of the mempool, which is in the block now.
            let after = try await client.call("getbalances", wallet: "friend")
            #expect(after["mine"]["immature"] == .number("25.00023129"))
            #expect(after["mine"]["untrusted_pending"] == .number("0.00000000"))
            let before = try facts["friend"]["getbalances"]["mine"]["trusted"].requireAmount()
            let pending = try facts["friend"]["getbalances"]["mine"]["untrusted_pending"].requireAmount()
            #expect(try after["mine"]["trusted"].requireAmount() == before + pending)
            client.close()
            #expect(await node.stop() == 0)
        }
    }
}
