import BitcoinIPC
import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC
import Foundation
import Glibc
import IPC
import TestSupport
import Testing

extension ProgramTests {
    /// Who is connected to a node, how much they may take, and how they are let go.
    struct IpcClientTests {
        private static let address = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"

        /// The entry of a connection of this process.
        private func own(_ clients: [IpcClientInfo]) -> IpcClientInfo? { clients.first { $0.processID == getpid() } }

        @Test func `listipcclients shows who is there and what passed`() async throws {
            let node = try await RunningNode.start()
            let client = try await NodeClient(socket: node.socket)
            for _ in 0..<10 { #expect(try await client.call("getblockcount") == 0) }
            let list = try #require(try await node.json("listipcclients").arrayValue)
            // The one that asks is a client too.
            #expect(list.count == 2)
            let entry = try #require(list.first { $0["pid"].intValue == Int64(getpid()) })
            #expect(entry["uid"].intValue == Int64(geteuid()))
            #expect(entry["gid"].intValue == Int64(getegid()))
            #expect(entry["address"].stringValue == "unix:\(node.socket)")
            #expect(entry["name"].stringValue?.hasPrefix("test") == true, "\(entry.write())")
            #expect(abs((entry["conntime"].intValue ?? 0) - Int64(Date().timeIntervalSince1970)) < 60)
            #expect((entry["calls"].intValue ?? 0) >= 11)
            #expect(entry["callsinflight"] == 0)
            #expect((entry["bytesrecv"].intValue ?? 0) > 1000)
            #expect((entry["bytessent"].intValue ?? 0) > 1000)
            #expect((entry["objects"].intValue ?? 0) >= 2)
            let latency = entry["latency"]
            #expect((latency["mean"].intValue ?? 0) > 0)
            #expect((latency["max"].intValue ?? 0) >= (latency["mean"].intValue ?? .max))
            // The same through the interface.
            let info = try #require(own(try await client.root.listClients()))
            #expect(info.id == entry["id"].intValue.map { UInt64($0) })
            #expect(info.groupID == getegid())
            // The call that asks is under way itself.
            #expect(info.callsInFlight == 1)
            #expect(info.calls > UInt64(entry["calls"].intValue ?? .max))
            client.close()
            #expect(await node.stop() == 0)
        }

        @Test func `disconnectipcclient ends one connection`() async throws {
            let node = try await RunningNode.start()
            let victim = try await NodeClient(socket: node.socket)
            let tip = try #require(try await victim.root.makeMining()?.getTip())
            let mining = try #require(try await victim.root.makeMining())
            let wait = Task { try await mining.waitTipChanged(currentTip: tip.hash, timeout: .greatestFiniteMagnitude) }
            let other = try await NodeClient.connect(node.socket)
            // Both are this process; the older one has the smaller number.
            let id = try #require(try await other.root.listClients().first?.id)
            #expect(try await node.cli("disconnectipcclient", "\(id)").status == 0)
            await #expect(throws: IPCError.self) { _ = try await wait.value }
            await #expect(throws: (any Error).self) { _ = try await victim.call("getblockcount") }
            #expect(try await other.root.listClients().map(\.id).contains(id) == false)
            let again = try await node.cli("disconnectipcclient", "\(id)")
            #expect(again.status == 29)
            #expect(again.errors.hasSuffix("\nIPC client not found\n"))
            #expect(try await node.cli("disconnectipcclient", "x").status != 0)
            #expect(try await !other.root.disconnectClient(id: .max))
            let help = try await node.cli("help")
            #expect(help.text.contains("\ndisconnectipcclient id\n") && help.text.contains("\nlistipcclients\n"))
            other.session.close()
            #expect(await node.stop() == 0)
        }

        @Test func `a wallet's own socket knows its clients too`() async throws {
            let node = try await RunningNode.start()
            #expect(try await node.cli("createwallet", "w", "true").status == 0)
            let client = try await NodeClient(socket: node.socket)
            let address = try #require(try await client.root.makeWalletLoader().listWallets().first?.address)
            let wallet = try await NodeClient.connect(String(address.dropFirst("unix:".count)))
            let info = try #require(own(try await wallet.root.listClients()))
            #expect(info.address == address)
            #expect(info.userID == geteuid())
            #expect(try await wallet.root.disconnectClient(id: .max) == false)
            wallet.session.close()
            client.close()
            #expect(await node.stop() == 0)
        }

        // MARK: Limits

        @Test func `each address has its own limits, and a peer past one is told`() async throws {
            let folder = try ShortFolder()
            let node = try await RunningNode.start(
                in: folder, ["-ipcbind=unix:max-connections=2:max-calls=4", "-ipcbind=unix:wide.sock"])
            #expect(node.log.contains("with limits max-connections=2:max-calls=4\n"))
            let clients = [try await NodeClient(socket: node.socket), try await NodeClient(socket: node.socket)]
            for _ in 0..<3 {
                let error = await #expect(throws: IPCError.self) { _ = try await NodeClient.connect(node.socket) }
                let text = error?.description ?? ""
                #expect(text.contains("No more than 2 connections are served at this address"), "\(text)")
            }
            let refused = try await node.cli("getblockcount")
            #expect(refused.status != 0)
            #expect(refused.errors.contains("No more than 2 connections"), "\(refused.errors)")
            #expect(try await node.json("-ipcconnect=unix:wide.sock", "getblockcount") == 0)
            // Too many calls at a time end the connection of whoever makes them, and no other.
            let mining = try #require(try await clients[0].root.makeMining())
            let tip = try #require(try await mining.getTip())
            let waits = (0..<8).map { _ in
                Task { try await mining.waitTipChanged(currentTip: tip.hash, timeout: .greatestFiniteMagnitude) }
            }
            for wait in waits { await #expect(throws: IPCError.self) { _ = try await wait.value } }
            #expect(try await clients[1].call("getblockcount") == 0)
            try await eventually("its place is free again") { try await node.cli("getblockcount").status == 0 }
            clients[1].close()
            #expect(await node.stop() == 0)
        }

        @Test(arguments: ["max-connections=0", "max-speed=3", "max-calls=many"])
        func `a limit that is none is refused at the start`(_ limit: String) async throws {
            let folder = try ShortFolder()
            let output = try await Program.node.run([
                "-regtest", "-datadir=\(folder.path)", "-printtoconsole=0", "-ipcbind=unix:\(limit)",
            ])
            #expect(output.status == 1)
            #expect(
                output.errors.hasPrefix("Error: Unable to bind to IPC address 'unix:\(limit)'. max-"),
                "\(output.errors)")
        }

        @Test func `the help names every limit`() async throws {
            let output = try await Program.node.run(["-help"])
            for (name, _) in IpcBinding.help { #expect(output.text.contains(":\(name)=<n>\n"), "\(name)") }
        }

        // MARK: Giving up

        @Test func `a wait that is given up ends in the node`() async throws {
            let node = try await RunningNode.start(in: nil, ["-debug=ipc"])
            let watcher = try await NodeClient.connect(node.socket)
            let client = try await NodeClient(socket: node.socket)
            let mining = try #require(try await client.root.makeMining())
            let tip = try #require(try await mining.getTip())
            func inFlight() async throws -> UInt32? { try await watcher.root.listClients().last?.callsInFlight }
            let wait = Task { try await mining.waitTipChanged(currentTip: tip.hash, timeout: .greatestFiniteMagnitude) }
            try await eventually("it waits") { try await inFlight() == 1 }
            wait.cancel()
            await #expect(throws: CancellationError.self) { _ = try await wait.value }
            try await eventually("it has ended") { try await inFlight() == 0 }
            #expect(node.log.contains("interrupted (canceled)"))
            // The object is as good as before.
            #expect(try await mining.getTip() == tip)
            client.close()
            watcher.session.close()
            #expect(await node.stop() == 0)
        }

        @Test func `a wait whose client is gone ends in the node`() async throws {
            let node = try await RunningNode.start(in: nil, ["-debug=ipc"])
            let client = try await NodeClient(socket: node.socket)
            let mining = try #require(try await client.root.makeMining())
            let tip = try #require(try await mining.getTip())
            let wait = Task { try await mining.waitTipChanged(currentTip: tip.hash, timeout: .greatestFiniteMagnitude) }
            await eventually("it waits") { node.log.contains("Mining.waitTipChanged$Params") }
            client.close()
            await eventually("it has ended") { node.log.contains("interrupted (canceled)") }
            await #expect(throws: IPCError.self) { _ = try await wait.value }
            #expect(await node.stop() == 0)
        }

        @Test func `a long command stops when its caller gives up`() async throws {
            let node = try await RunningNode.start()
            let watcher = try await NodeClient(socket: node.socket)
            let client = try await NodeClient(socket: node.socket)
            let command = Task { try await client.call("generatetoaddress", 1_000_000, .string(Self.address)) }
            try await eventually("blocks come") { (try await watcher.call("getblockcount").intValue ?? 0) > 2 }
            command.cancel()
            _ = try? await command.value
            try await eventually("it has ended") { try await watcher.root.listClients().last?.callsInFlight == 0 }
            let height = try await watcher.call("getblockcount").intValue ?? 0
            #expect(height < 1_000_000)
            try await Task.sleep(for: .milliseconds(100))
            #expect(try await watcher.call("getblockcount").intValue == height)
            client.close()
            watcher.close()
            #expect(await node.stop() == 0)
        }
    }
}
