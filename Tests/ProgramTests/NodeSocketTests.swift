import BitcoinInterfaces
import BitcoinRPC
import Foundation
import Glibc
import IPC
import Testing

extension ProgramTests {
    /// The sockets of `bitcoin-node`.
    struct NodeSocketTests {
        @Test func `the socket is for the user alone`() async throws {
            let node = try await RunningNode.start()
            let attributes = try FileManager.default.attributesOfItem(atPath: node.socket)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(attributes[.type] as? FileAttributeType == .typeSocket)
            #expect(node.log.contains("Listening for IPC requests on address unix:\(node.socket)\n"))
            #expect(await node.stop() == 0)
        }

        @Test func `a live socket is never stolen`() async throws {
            let node = try await RunningNode.start()
            let other = try ShortFolder()
            let thief = try await Program.node.run([
                "-regtest", "-datadir=\(other.path)", "-printtoconsole=0", "-ipcbind=unix:\(node.socket)",
            ])
            #expect(thief.status == 1)
            #expect(
                thief.errors
                    == "Error: Unable to bind to IPC address 'unix:\(node.socket)'. Socket \(node.socket) is in use by a "
                    + "running process; stop that process or choose another path with unix:<path>\n")
            #expect(try await node.json("getblockcount") == 0)
            // The one that was refused has cleaned up after itself.
            #expect(!other.exists("regtest/bitcoind.pid"))
            #expect(await node.stop() == 0)
        }

        @Test func `a stale socket is replaced`() async throws {
            let folder = try ShortFolder()
            let first = try await RunningNode.start(in: folder)
            await first.kill()
            #expect(folder.exists("regtest/node.sock"))
            let second = try await RunningNode.start(in: folder)
            #expect(try await second.json("getblockcount") == 0)
            #expect(await second.stop() == 0)
            #expect(!folder.exists("regtest/node.sock"))
        }

        @Test func `a file that is no socket is left alone`() async throws {
            let folder = try ShortFolder()
            try folder.write("precious", to: "regtest/node.sock")
            let output = try await Program.node.run(["-regtest", "-datadir=\(folder.path)", "-printtoconsole=0"])
            #expect(output.status == 1)
            #expect(output.errors.contains("\(folder.path)/regtest/node.sock exists and is not a socket"))
            #expect(folder.read("regtest/node.sock") == "precious")
        }

        @Test func `a path that is too long names the remedy`() async throws {
            let folder = try ShortFolder()
            let long = folder.path + "/" + String(repeating: "x", count: 100)
            let output = try await Program.node.run([
                "-regtest", "-datadir=\(folder.path)", "-printtoconsole=0", "-ipcbind=unix:\(long)",
            ])
            #expect(output.status == 1)
            #expect(
                output.errors
                    == "Error: Unable to bind to IPC address 'unix:\(long)'. Unix address path \"\(long)\" exceeded "
                    + "maximum socket path length (107 bytes); choose a shorter path with unix:<path>\n")
        }

        @Test func `an address of no kind is refused`() async throws {
            let folder = try ShortFolder()
            let output = try await Program.node.run([
                "-regtest", "-datadir=\(folder.path)", "-printtoconsole=0", "-ipcbind=tcp:1234",
            ])
            #expect(output.status == 1)
            #expect(
                output.errors
                    == "Error: Unable to bind to IPC address 'tcp:1234'. Unrecognized address 'tcp:1234'\n")
        }

        @Test func `a node may listen on several sockets or on none`() async throws {
            let folder = try ShortFolder()
            let several = try await RunningNode.start(in: folder, ["-ipcbind=unix", "-ipcbind=unix:second.sock"])
            let second = folder.path + "/regtest/second.sock"
            #expect(try await several.json("getblockcount") == 0)
            #expect(try await several.json("-ipcconnect=unix:second.sock", "getblockcount") == 0)
            #expect(try await several.json("-ipcconnect=unix:\(second)", "getblockcount") == 0)
            #expect(await several.stop() == 0)
            #expect(!folder.exists("regtest/second.sock"))
            let none = try await RunningNode.start(in: folder, ["-noipcbind"])
            #expect(!folder.exists("regtest/node.sock"))
            #expect(await none.stop() == 0)
        }

        @Test func `what a process does not offer is unimplemented to its peers`() async throws {
            let node = try await RunningNode.start()
            let client = try await NodeClient(socket: node.socket)
            await expectUnimplemented { _ = try await client.root.makeWallet(name: "w") }
            let mining = try #require(try await client.root.makeMining())
            await expectUnimplemented { _ = try await mining.createNewBlock(options: .init(), cooldown: false) }
            _ = try await client.call("createwallet", "w", true)
            let loader = try await client.root.makeWalletLoader()
            let address = try #require(try await loader.listWallets().first?.address)
            let wallet = try await NodeClient.connect(String(address.dropFirst("unix:".count)))
            await expectUnimplemented { _ = try await wallet.root.makeMining() }
            await expectUnimplemented { _ = try await wallet.root.makeRpc() }
            await expectUnimplemented { _ = try await wallet.root.makeNode() }
            await expectUnimplemented { _ = try await wallet.root.makeChain() }
            await expectUnimplemented { _ = try await wallet.root.makeWalletLoader() }
            wallet.session.close()
            client.close()
            #expect(await node.stop() == 0)
        }

        @Test func `registrations of one client are bounded, and its places are free again when it is gone`()
            async throws
        {
            let node = try await RunningNode.start()
            let greedy = try await NodeClient(socket: node.socket)
            let modest = try await NodeClient(socket: node.socket)
            var kept: [any Handler] = []
            await #expect(throws: IPCError.self) {
                // Through as many objects as it likes.
                for _ in 0..<1000 {
                    kept.append(try await greedy.root.makeNode().handleEvents(events: EventRecorder()))
                }
            }
            #expect(kept.count < 100)
            kept.append(try await modest.root.makeNode().handleEvents(events: EventRecorder()))
            greedy.close()
            modest.close()
            #expect(await node.stop() == 0)
        }

        private func expectUnimplemented(
            sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
        ) async {
            do {
                try await body()
                Issue.record("it is offered", sourceLocation: sourceLocation)
            } catch IPCError.unimplemented {
            } catch {
                Issue.record("\(error)", sourceLocation: sourceLocation)
            }
        }

        @Test func `nonsense on the socket ends that connection and nothing else`() async throws {
            let node = try await RunningNode.start()
            let quiet = try await NodeClient(socket: node.socket)
            for bytes: [UInt8] in [
                [], Array("GET / HTTP/1.1\r\n\r\n".utf8), [UInt8](repeating: 0xff, count: 4096),
                [UInt8](repeating: 0, count: 64), [0, 0, 0, 0, 2, 0, 0, 0] + [UInt8](repeating: 0x41, count: 16),
            ] {
                let socket = try RawSocket(path: node.socket)
                socket.send(bytes)
                socket.close()
            }
            #expect(try await quiet.call("getblockcount") == 0)
            #expect(try await node.json("getblockcount") == 0)
            #expect(node.child.isRunning)
            quiet.close()
            #expect(await node.stop() == 0)
        }
    }
}
