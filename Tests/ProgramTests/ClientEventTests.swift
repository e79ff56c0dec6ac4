import BitcoinIPC
import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinRPC
import Foundation
import Glibc
import IPC
import Logging
import Synchronization
import TestSupport
import Testing

extension ProgramTests {
    /// Events as they reach terminals and monitors through the socket.
    struct ClientEventTests {
        private static let address = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"

        @Test func `two terminals watch wallets come, die and go`() async throws {
            let node = try await RunningNode.start()
            let first = try await NodeClient(socket: node.socket)
            let second = try await NodeClient(socket: node.socket)
            let loader = try await first.root.makeWalletLoader()
            let recorders = [EventRecorder(), EventRecorder()]
            let handlers = [
                try await loader.handleEvents(events: recorders[0]),
                try await second.root.makeWalletLoader().handleEvents(events: recorders[1]),
            ]
            let listing = try await loader.createWallet(
                name: "watch", options: CreateWalletOptions(blank: true, disablePrivateKeys: true, avoidReuse: false))
            #expect(listing.state == .attached)
            #expect(try await loader.listWalletDirectory() == ["watch"])
            for recorder in recorders {
                await eventually("both see it come: \(recorder.events)") { recorder.events == ["loaded watch"] }
            }
            kill(listing.processID, SIGKILL)
            for recorder in recorders {
                await eventually("both see it die: \(recorder.events)") {
                    recorder.events.last?.hasPrefix("failed watch: its process \(listing.processID)") == true
                }
            }
            #expect(try await loader.loadWallet(name: "watch").state == .attached)
            try await loader.unloadWallet(name: "watch")
            for recorder in recorders {
                await eventually("both see it go: \(recorder.events)") {
                    recorder.events.suffix(2) == ["loaded watch", "unloaded watch: unloaded"]
                }
            }
            for handler in handlers { try await handler.disconnect() }
            first.close()
            second.close()
            #expect(await node.stop() == 0)
        }

        @Test func `a terminal sees blocks and the end of its node, in order`() async throws {
            let node = try await RunningNode.start()
            let client = try await NodeClient(socket: node.socket)
            let recorder = EventRecorder()
            let service = try await client.root.makeNode()
            let handler = try await service.handleEvents(events: recorder)
            let hashes = try await client.call("generatetoaddress", 20, .string(Self.address))
            let expected = (hashes.arrayValue ?? []).enumerated().flatMap { offset, hash in
                ["header \(offset + 1) \(hash.stringValue ?? "")", "tip \(offset + 1) \(hash.stringValue ?? "")"]
            }
            await eventually("all are told") { recorder.events.count == 40 }
            #expect(recorder.events == expected)
            let blocks = try await service.getBlocks(height: 20, count: 3)
            #expect(blocks.map(\.block.height) == [20, 19, 18])
            #expect(try await service.getInfo().tip.height == 20)
            #expect(try await service.getLog(first: 0, count: 1000).lines.contains { $0.hasSuffix("Done loading") })
            #expect(try await client.root.listClients().contains { $0.processID == getpid() })
            try await service.shutdown()
            await eventually("the end is told") { recorder.events.last == "shutdown" }
            #expect(await node.child.ends(within: 60))
            #expect(node.child.output.status == 0)
            withExtendedLifetime(handler) {}
        }

        @Test func `a terminal talks to a wallet on the wallet's own socket`() async throws {
            let node = try await RunningNode.start()
            let client = try await NodeClient(socket: node.socket)
            let listing = try await client.root.makeWalletLoader().createWallet(
                name: "sp ace-é", options: CreateWalletOptions(blank: true, disablePrivateKeys: true, avoidReuse: false)
            )
            #expect(listing.address.hasPrefix("unix:\(node.folder.path)/regtest/sockets/"))
            let path = String(listing.address.dropFirst("unix:".count))
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let logger = Logger(label: "ipc") { _ in SwiftLogNoOpLogHandler() }
            let process = IpcProcess(argumentZero: "test", logger: logger)
            let channel = try #require(try await process.connect(.unix(path: path)))
            let connection = try await BitcoinProtocol.make(executable: "test", logger: logger).connect(channel)
            #expect(try await connection.root.getProcessInfo().processID == listing.processID)
            let wallet = try await connection.root.makeWallet(name: "sp ace-é")
            let info = try await wallet.getInfo()
            #expect(info.name == "sp ace-é")
            #expect(!info.privateKeysEnabled)
            await #expect(throws: (any Error).self) { try await connection.root.makeWallet(name: "other") }

            let recorder = EventRecorder()
            let handler = try await wallet.handleEvents(events: recorder)
            let script = "addr(\(Self.address))"
            let checksum = try await client.call("getdescriptorinfo", .string(script))["checksum"].stringValue
            let imported = try await client.call(
                "importdescriptors", [["desc": .string("\(script)#\(checksum ?? "")"), "timestamp": "now"]],
                wallet: "sp ace-é")
            #expect(imported[0]["success"] == true, "\(imported.write())")
            _ = try await client.call("generatetoaddress", 2, .string(Self.address))
            await eventually("the wallet tells of its balance: \(recorder.events)") {
                recorder.events.contains("balances 10000000000")
            }
            #expect(try await wallet.getBalances().immature == 10_000_000_000)
            #expect(try await wallet.getTransactions(filter: "", offset: 0, count: 10).total == 2)
            try await handler.disconnect()

            // The wallet's socket goes with it.
            _ = try await client.call("unloadwallet", "sp ace-é")
            await eventually("the socket is removed") { !FileManager.default.fileExists(atPath: path) }
            await #expect(throws: (any Error).self) { try await wallet.getInfo() }
            client.close()
            #expect(await node.stop() == 0)
        }

        @Test func `a client that vanishes leaves nothing behind`() async throws {
            let node = try await RunningNode.start()
            let watcher = try await NodeClient(socket: node.socket)
            for _ in 0..<20 {
                let client = try await NodeClient(socket: node.socket)
                let handler = try await client.root.makeNode().handleEvents(events: EventRecorder())
                client.close()
                withExtendedLifetime(handler) {}
            }
            try await eventually("the others are gone") { try await watcher.root.listClients().count == 1 }
            _ = try await watcher.call("generatetoaddress", 1, .string(Self.address))
            let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(node.child.processID)/fd")
            #expect(descriptors.count < 40, "\(descriptors.count)")
            watcher.close()
            #expect(await node.stop() == 0)
        }

        @Test func `an idle node costs nothing`() async throws {
            let node = try await RunningNode.start()
            let client = try await NodeClient(socket: node.socket)
            _ = try await client.call("getblockcount")
            // What was still to be done when it answered may take a few rounds.
            var ticks: [Int] = []
            repeat {
                let before = try processorTicks(node.child.processID)
                try await Task.sleep(for: .seconds(1))
                ticks.append(try processorTicks(node.child.processID) - before)
            } while ticks.last ?? 0 > 1 && ticks.count < 20
            // A hundredth of a second, perhaps, in a whole one.
            #expect(ticks.last ?? 0 <= 1, "\(ticks)")
            client.close()
            #expect(await node.stop() == 0)
        }

        private func processorTicks(_ processID: Int32) throws -> Int {
            let text = try String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)
            let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
            // User and system time are fields 14 and 15; the list begins with the end of field 2.
            return (Int(fields[12]) ?? 0) + (Int(fields[13]) ?? 0)
        }
    }
}

/// Notes all kinds of events as texts.
final class EventRecorder: NodeEvents, WalletLoaderEvents, WalletEvents {
    private let list = Mutex<[String]>([])

    var events: [String] { list.withLock { $0 } }

    private func add(_ event: String) { list.withLock { $0.append(event) } }

    func blockTip(tip: BlockRef, time: Int64, initialBlockDownload: Bool) async throws {
        add("tip \(tip.height) \(tip.hash)")
    }

    func headerTip(tip: BlockRef, time: Int64) async throws { add("header \(tip.height) \(tip.hash)") }
    func initMessage(message: String) async throws { add("init \(message)") }
    func progress(title: String, percent: Int32) async throws { add("progress \(title) \(percent)") }
    func mempoolChanged(transactions: UInt64, bytes: UInt64) async throws { add("mempool \(transactions)") }
    func warningsChanged(warnings: [String]) async throws { add("warnings \(warnings.count)") }
    // It comes when it comes.
    func logAdvanced(total: UInt64) async throws {}
    func shutdownStarted() async throws { add("shutdown") }

    func walletLoaded(listing: WalletListing) async throws { add("loaded \(listing.name)") }

    func walletUnloaded(listing: WalletListing, reason: String) async throws {
        add("unloaded \(listing.name): \(reason)")
    }

    func walletFailed(listing: WalletListing) async throws { add("failed \(listing.name): \(listing.error)") }

    func transactionChanged(transactionID: TransactionID) async throws { add("transaction \(transactionID)") }
    func balancesChanged(balances: WalletBalances) async throws { add("balances \(balances.immature)") }
    func addressBookChanged(address: String, label: String) async throws { add("label \(label)") }
    func statusChanged(info: WalletInfo) async throws { add("status \(info.lastBlock.height)") }
}
