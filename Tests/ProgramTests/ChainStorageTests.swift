import BitcoinInterfaces
import BitcoinRPC
import Foundation
import Glibc
import TestSupport
import Testing

extension ProgramTests {
    /// What lies in the data directory: after a crash, after damage, with the options that say where and how it is
    /// kept.
    struct ChainStorageTests {
        private static let address = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
        private static let otherAddress = "bcrt1q6rhpng9evdsfnn833a4f4vej0asu6dk5srld6x"

        private static let lastAddress = "mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8"

        /// What `gettxoutsetinfo` says of the coins themselves.
        private func coins(_ client: NodeClient) async throws -> JSONValue {
            try await client.call("gettxoutsetinfo").removing(["disk_size"])
        }

        /// Mines, goes back and forth between branches, and writes coins to the disk, in batches of few, for ever.
        private func work(_ node: RunningNode) async throws {
            let client = try await NodeClient(socket: node.socket)
            while true {
                _ = try await client.call("generatetoaddress", 7, .string(Self.address))
                _ = try await coins(client)
                let height = try await client.call("getblockcount").intValue ?? 0
                let hash = try await client.call("getblockhash", .int(max(1, height - 5)))
                _ = try await client.call("invalidateblock", hash)
                _ = try await client.call("generatetoaddress", 3, .string(Self.otherAddress))
                _ = try await coins(client)
                _ = try await client.call("reconsiderblock", hash)
            }
        }

        @Test func `a node that was killed at any moment starts again with the same coins`() async throws {
            let folder = try ShortFolder()
            for _ in 0..<5 {
                let node = try await RunningNode.start(in: folder, ["-dbcache=4", "-dbbatchsize=300", "-fastprune"])
                let work = Task { try await self.work(node) }
                try await Task.sleep(for: .milliseconds(Int.random(in: 10...200)))
                await node.kill()
                await #expect(throws: (any Error).self) { try await work.value }
            }
            let node = try await RunningNode.start(in: folder)
            let client = try await NodeClient(socket: node.socket)
            // Of two branches with equal work the one that is built anew may be the other, so there shall be one best.
            _ = try await client.call("generatetoaddress", 1, .string(Self.lastAddress))
            let found = try await coins(client)
            #expect(try await client.call("verifychain", 4, 0) == true)
            client.close()
            #expect(await node.stop() == 0)
            let rebuilt = try await RunningNode.start(in: folder, ["-reindex-chainstate"])
            let other = try await NodeClient(socket: rebuilt.socket)
            #expect(try await coins(other) == found)
            other.close()
            #expect(await rebuilt.stop() == 0)
        }

        @Test(arguments: ["-reindex", "-reindex-chainstate"])
        func `building anew is finished after a kill, without the option`(_ option: String) async throws {
            let folder = try ShortFolder()
            let first = try await RunningNode.start(in: folder)
            let client = try await NodeClient(socket: first.socket)
            _ = try await client.call("generatetoaddress", 300, .string(Self.address))
            let expected = try await coins(client)
            client.close()
            #expect(await first.stop() == 0)
            for _ in 0..<3 {
                let node = try RunningNode(in: folder, [option, "-dbcache=4", "-dbbatchsize=300"])
                try await Task.sleep(for: .milliseconds(Int.random(in: 50...300)))
                await node.kill()
            }
            let last = try await RunningNode.start(in: folder)
            let other = try await NodeClient(socket: last.socket)
            #expect(try await coins(other) == expected)
            #expect(try await other.call("verifychain", 4, 0) == true)
            other.close()
            #expect(await last.stop() == 0)
        }

        /// Changes a byte of a file, counted from its beginning.
        private func damage(_ path: String, at offset: UInt64) throws {
            let file = try FileHandle(forUpdating: URL(filePath: path))
            defer { try? file.close() }
            try file.seek(toOffset: offset)
            let byte = try #require(try file.read(upToCount: 1)?.first)
            try file.seek(toOffset: offset)
            try file.write(contentsOf: Data([byte ^ 4]))
        }

        @Test func `a damaged block stops the node with a message, and is good again when it is mended`() async throws {
            let folder = try ShortFolder()
            let options = ["-blocksxor=0"]
            let first = try await RunningNode.start(in: folder, options)
            _ = try await first.json("generatetoaddress", "20", Self.address)
            let tip = try await first.cli("getbestblockhash").text
            #expect(await first.stop() == 0)
            let path = folder.path + "/regtest/blocks/blk00000.dat"
            let data = try Data(contentsOf: URL(filePath: path))
            let marker = Data([0xfa, 0xbf, 0xb5, 0xda])
            let starts = (0..<(data.count - 4)).filter { data[$0..<($0 + 4)] == marker }
            #expect(starts.count == 21)
            // In the coinbase's output of block 10, behind record header, block header and input.
            let place = UInt64(starts[10] + 8 + 80 + 1 + 4 + 2 + 1 + 36 + 1 + 12)
            try damage(path, at: place)
            let broken = try await Program.node.run(
                ["-regtest", "-datadir=\(folder.path)", "-printtoconsole=0", "-reindex-chainstate"] + options)
            #expect(broken.status == 1)
            #expect(broken.errors.contains(path) && broken.errors.contains("-reindex"), "\(broken.errors)")
            try damage(path, at: place)
            let mended = try await RunningNode.start(in: folder, options)
            #expect(try await mended.cli("getbestblockhash").text == tip)
            #expect(try await mended.json("getchaintips").arrayValue?.count == 1)
            #expect(await mended.stop() == 0)
        }

        @Test(arguments: ["chainstate", "blocks/index"])
        func `a damaged database is refused with a message that names the remedy`(_ name: String) async throws {
            let folder = try ShortFolder()
            let first = try await RunningNode.start(in: folder)
            _ = try await first.json("generatetoaddress", "20", Self.address)
            #expect(await first.stop() == 0)
            let path = folder.path + "/regtest/" + name
            // A start puts the log into a table.
            #expect(await (try await RunningNode.start(in: folder)).stop() == 0)
            for file in try FileManager.default.contentsOfDirectory(atPath: path) where file.hasSuffix(".ldb") {
                try damage(path + "/" + file, at: 20)
            }
            let broken = try await Program.node.run(["-regtest", "-datadir=\(folder.path)", "-printtoconsole=0"])
            #expect(broken.status == 1)
            #expect(broken.errors.contains(path) && broken.errors.contains("-reindex"), "\(broken.errors)")
            let rebuilt = try await RunningNode.start(in: folder, ["-reindex"])
            #expect(try await rebuilt.json("getblockcount") == 20)
            #expect(await rebuilt.stop() == 0)
        }

        @Test func `blocks lie where -blocksdir says, and are taken in by -loadblock`() async throws {
            let folder = try ShortFolder()
            let blocks = folder.path + "/elsewhere"
            try FileManager.default.createDirectory(atPath: blocks, withIntermediateDirectories: true)
            let first = try await RunningNode.start(in: folder, ["-blocksdir=\(blocks)", "-blocksxor=0"])
            _ = try await first.json("generatetoaddress", "5", Self.address)
            #expect(await first.stop() == 0)
            let file = blocks + "/regtest/blocks/blk00000.dat"
            #expect(FileManager.default.fileExists(atPath: file))
            #expect(!folder.exists("regtest/blocks/blk00000.dat"))
            let other = try ShortFolder()
            let second = try await RunningNode.start(in: other, ["-loadblock=\(file)"])
            #expect(try await second.json("getblockcount") == 5)
            #expect(second.log.contains("Importing blocks from \(file)..."))
            #expect(await second.stop() == 0)
            // A key cannot be taken out of files again.
            let clear = try await Program.node.run(
                ["-regtest", "-datadir=\(other.path)", "-printtoconsole=0", "-blocksxor=0"])
            #expect(clear.status == 1)
            #expect(clear.errors.contains("-blocksxor"), "\(clear.errors)")
        }

        @Test func `blocks of former versions are imported once`() async throws {
            let folder = try ShortFolder()
            let first = try await RunningNode.start(in: folder)
            _ = try await first.json("generatetoaddress", "5", Self.address)
            #expect(await first.stop() == 0)
            let other = try ShortFolder()
            let former = other.path + "/regtest/blocks-unverified"
            try FileManager.default.createDirectory(atPath: former, withIntermediateDirectories: true)
            for name in ["blk00000.dat", "xor.dat"] {
                try FileManager.default.copyItem(
                    atPath: folder.path + "/regtest/blocks/" + name, toPath: former + "/" + name)
            }
            let second = try await RunningNode.start(in: other)
            #expect(try await second.json("getblockcount") == 5)
            #expect(!other.exists("regtest/blocks-unverified"))
            #expect(other.exists("regtest/blocks-imported/blk00000.dat"))
            #expect(await second.stop() == 0)
        }

        /// The first block of the signet that everybody uses: its signature is extra where the challenge is true.
        private static let signetBlock =
            "00000020f61eee3b63a380a477a063af32b2bbc97c9ff9f01f2c4225e973988108000000f575c83235984e7dc4afc1f30944"
            + "c170462e84437ab6f2d52e16878a79e4678bd1914d5fae77031eccf407000101000000000101000000000000000000000000"
            + "0000000000000000000000000000000000000000ffffffff025151feffffff0200f2052a010000001600149243f727dd5343"
            + "293eb83174324019ec16c2630f0000000000000000776a24aa21a9ede2f61c3f71d1defd3fa999dfa36953755c6906897999"
            + "62b48bebd836974e8cf94c4fecc7daa2490047304402205e423a8754336ca99dbe16509b877ef1bf98d008836c725005b3c7"
            + "87c41ebe46022047246e4467ad7cc7f1ad98662afcaf14c115e0095a227c7b05c5182591c23e7e0100012000000000000000"
            + "0000000000000000000000000000000000000000000000000000000000"

        @Test(arguments: [(nil, true), ("51", true), ("52ae", false)] as [(String?, Bool)])
        func `blocks of a signet are signed for its challenge`(_ challenge: String?, _ isSigned: Bool) async throws {
            let folder = try ShortFolder()
            let options = challenge.map { ["-signetchallenge=\($0)"] } ?? []
            let node = try RunningNode(in: folder, options, network: ["-signet"])
            let socket = folder.path + "/signet/node.sock"
            await eventually("the node listens: \(node.child.output.errors)") {
                folder.read("signet/debug.log").contains("Done loading\n") || !node.child.isRunning
            }
            let client = try await NodeClient(socket: socket)
            let shown = try await client.call("getblockchaininfo")["signet_challenge"]
            if let challenge { #expect(shown == .string(challenge)) }
            let outcome = try await client.call("submitblock", .string(Self.signetBlock))
            #expect(outcome == (isSigned ? .null : "bad-signet-blksig"))
            client.close()
            #expect(await node.stop() == 0)
        }

        @Test(arguments: [
            ("-assumevalid=xyz", "Invalid assumevalid block hash specified (xyz), must be up to 64 hex digits"),
            ("-minimumchainwork=0x1g", "Invalid minimum work specified (0x1g), must be up to 64 hex digits"),
            ("-testactivationheight=segwit", "Invalid format (segwit) for -testactivationheight=name@height."),
            ("-testactivationheight=segwit@-1", "Invalid height value (segwit@-1) for -testactivationheight"),
            ("-testactivationheight=taproot@1", "Invalid name (taproot@1) for -testactivationheight"),
            ("-vbparams=testdummy:1", "Version bits parameters malformed, expecting deployment:start:end"),
            ("-vbparams=testdummy:a:2", "Invalid nStartTime (a)"),
            ("-vbparams=nothing:1:2", "Invalid deployment (nothing)"),
            ("-prevoutfetchthreads=-1", "-prevoutfetchthreads must be non-negative (got -1)."),
            ("-test=bip94 -chain=signet", "-test=<option> can only be used with regtest"),
            ("-signetchallenge=5 -chain=signet", "-signetchallenge must be hex, not '5'."),
            (
                "-signetchallenge=51 -signetchallenge=52 -chain=signet",
                "-signetchallenge cannot be multiple values."
            ),
            ("-vbparams=testdummy:1:2 -chain=main", "The -vbparams option may not be used on mainnet."),
            (
                "-testactivationheight=segwit@1 -chain=main",
                "The -testactivationheight option may not be used on mainnet."
            ),
            ("-blocksdir=/nonexistent", "Specified blocks directory \"/nonexistent\" does not exist."),
        ])
        func `options that make no sense are refused in Core's words`(_ option: String, _ text: String) async throws {
            let folder = try ShortFolder()
            let network = option.contains("-chain=") ? [] : ["-regtest"]
            let given = option.split(separator: " ").map(String.init)
            let output = try await Program.node.run(
                network + ["-datadir=\(folder.path)", "-printtoconsole=0"] + given)
            #expect(output.status == 1)
            #expect(output.errors.hasPrefix("Error: " + text), "\(output.errors)")
        }
    }
}
