import BitcoinChain
import BitcoinConsensus
import BitcoinPrimitives
import Foundation
import Testing

/// Coins in files: written, loaded, and verified by the blocks below them.
struct SnapshotTests {
    /// A chain of 120 blocks with spends, the coins after block 110 in a file, and parameters that know them.
    private struct Source {
        let folder: TemporaryFolder
        let path: String
        let blocks: [Block]
        let dump: SnapshotDump
        let parameters: ChainParameters
    }

    private static let source = Result { () throws -> Source in
        let test = try TestChain()
        try test.mine(105)
        for height in 1...10 {
            try test.chain.acceptTransaction(try test.spend(coinbaseAt: height), time: test.clock.time)
            try test.mine()
        }
        try test.mine(5)
        let base = try #require(test.chain.activeChain[110])
        let path = test.folder.path + "/utxo.dat"
        let dump = try test.chain.dumpSnapshot(to: path, at: base)
        let blocks = try (1...120).map { try test.chain.block(#require(test.chain.activeChain[$0])) }
        try test.close()
        var parameters = ChainParameters.regtest
        parameters.assumedSnapshots = [
            .init(height: 110, block: base.hash, coinsHash: dump.hash, transactionCount: dump.transactionCount)
        ]
        return Source(folder: test.folder, path: path, blocks: blocks, dump: dump, parameters: parameters)
    }

    /// A chain that knows the headers of the source, and its first blocks.
    private func chain(_ source: Source, blocks: Int = 0) throws -> TestChain {
        let test = try TestChain(parameters: source.parameters)
        for block in source.blocks { _ = try test.chain.acceptHeader(block.header) }
        for block in source.blocks.prefix(blocks) { try test.chain.acceptBlock(block) }
        return test
    }

    @Test func dumpOfTheTipHoldsAllCoins() throws {
        let test = try TestChain()
        try test.mine(5)
        let path = test.folder.path + "/utxo.dat"
        let dump = try test.chain.dumpSnapshot(to: path, at: test.chain.tip)
        #expect(dump.coinCount == 5)
        #expect(dump.transactionCount == 6)
        #expect(dump.hash == (try CoinsStatistics(of: test.chain.coins)).serializedHash)
        let bytes = try [UInt8](Data(contentsOf: URL(filePath: path)))
        #expect(bytes.prefix(7) == [0x75, 0x74, 0x78, 0x6f, 0xff, 2, 0])
        #expect(bytes[7..<11] == ChainParameters.regtest.messageStart[...])
        #expect(bytes[11..<43] == test.chain.tip.hash.bytes[...])
        #expect(bytes[43..<51] == [5, 0, 0, 0, 0, 0, 0, 0])
        #expect(!FileManager.default.fileExists(atPath: path + ".incomplete"))
    }

    /// Core writes coins in the order of its database, in which keys of high indexes are not in the order of indexes.
    @Test func dumpHoldsTheCoinsOfATransactionInTheOrderOfTheirKeys() throws {
        let test = try TestChain()
        let block = try test.block { draft in
            let empty = TransactionOutput(value: 0, scriptPubKey: TestChain.script)
            draft.outputs.insert(contentsOf: repeatElement(empty, count: 17_000), at: 1)
        }
        #expect(try test.chain.acceptBlock(block) == .new)
        let path = test.folder.path + "/utxo.dat"
        let dump = try test.chain.dumpSnapshot(to: path, at: test.chain.tip)
        let reader = try SnapshotFile.Reader(
            path: path, messageStart: ChainParameters.regtest.messageStart, network: .regtest)
        var keys: [[UInt8]] = []
        while let (outPoint, _) = try reader.next(atMost: 1) { keys.append(CoinRecord.key(of: outPoint)) }
        #expect(keys.count == 17_001)
        #expect(UInt64(keys.count) == dump.coinCount)
        #expect(keys == keys.sorted { $0.lexicographicallyPrecedes($1) })
        #expect(dump.hash == (try CoinsStatistics(of: test.chain.coins)).serializedHash)
    }

    @Test func dumpOfAnEarlierBlockIsThatOfAChainThatEndsThere() throws {
        let source = try Self.source.get()
        let test = try chain(source, blocks: 110)
        let path = test.folder.path + "/utxo.dat"
        let dump = try test.chain.dumpSnapshot(to: path, at: test.chain.tip)
        #expect(dump == source.dump)
        #expect(FileManager.default.contents(atPath: path) == FileManager.default.contents(atPath: source.path))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: source.folder.path).allSatisfy {
                !$0.hasPrefix("temp_utxo")
            })
    }

    @Test func goesOnFromASnapshotAndVerifiesWhatIsBelow() throws {
        let source = try Self.source.get()
        var test = try chain(source, blocks: 10)
        let (base, count) = try test.chain.loadSnapshot(from: source.path)
        #expect(count == source.dump.coinCount)
        #expect(test.chain.tip === base)
        #expect(!test.chain.isVerified)
        #expect(test.chain.verifiedTip?.tip.height == 10)
        // New blocks follow at once, and so does a restart.
        for block in source.blocks[110..<115] { try test.chain.acceptBlock(block) }
        #expect(test.chain.activeChain.height == 115)
        test = try test.restarted()
        #expect(test.chain.activeChain.height == 115)
        #expect(test.chain.verifiedTip?.tip.height == 10)
        #expect(test.chain.snapshotBase?.hash == source.dump.block)
        #expect(try CoinsStatistics(of: test.chain.coins).outputCount == Int(source.dump.coinCount) + 5)

        // Blocks below come in any order; nobody is told of them.
        test.forgetEvents()
        for block in source.blocks[40..<60] { try test.chain.acceptBlock(block) }
        #expect(test.chain.verifiedTip?.tip.height == 10)
        for block in source.blocks[10..<40] { try test.chain.acceptBlock(block) }
        #expect(test.chain.verifiedTip?.tip.height == 60)
        #expect(test.events == [])
        for block in source.blocks[115...] { try test.chain.acceptBlock(block) }
        #expect(test.chain.activeChain.height == 120)
        for block in source.blocks[60..<110] { try test.chain.acceptBlock(block) }
        #expect(test.chain.isVerified)
        #expect(test.chain.activeChain.height == 120)

        // From the next start on nothing is left of the snapshot.
        test = try test.restarted()
        #expect(test.chain.activeChain.height == 120)
        #expect(test.chain.snapshotBase == nil)
        let names = try FileManager.default.contentsOfDirectory(atPath: test.folder.path)
        #expect(names.filter { $0.hasPrefix("chainstate") } == ["chainstate"])
        let reference = try chain(source, blocks: 120)
        #expect(
            try CoinsStatistics(of: test.chain.coins).serializedHash
                == CoinsStatistics(of: reference.chain.coins).serializedHash)
    }

    @Test func indexesFollowTheVerifiedChain() throws {
        let source = try Self.source.get()
        let test = try chain(source, blocks: 5)
        let index = try CoinStatisticsIndex(directory: test.folder.path, parameters: source.parameters)
        let follower = try test.chain.attach(index)
        try test.chain.catchUp(follower)
        _ = try test.chain.loadSnapshot(from: source.path)
        for block in source.blocks[110...] { try test.chain.acceptBlock(block) }
        #expect(follower.best?.height == 5)
        for block in source.blocks[5..<100] { try test.chain.acceptBlock(block) }
        #expect(follower.best?.height == 100)
        var isTold = false
        test.chain.onSnapshotVerified = { isTold = true }
        for block in source.blocks[100..<110] { try test.chain.acceptBlock(block) }
        #expect(isTold)
        #expect(follower.best?.height == 110)
        #expect(!follower.isSynchronized)
        try test.chain.catchUp(follower)
        let totals = try #require(try index.totals(after: test.chain.tip.indexed))
        #expect(totals.setHash == (try CoinsStatistics(of: test.chain.coins, hashing: .set)).setHash)
    }

    @Test func whatIsNotTheKnownSetIsRefused() throws {
        let source = try Self.source.get()
        let good = try [UInt8](Data(contentsOf: URL(filePath: source.path)))
        var damages: [(String, [UInt8])] = [
            ("magic bytes", [0] + good.dropFirst()),
            ("Version of snapshot 3", good[..<5] + [3] + good[6...]),
            ("network of the snapshot (main)", good[..<7] + ChainParameters.main.messageStart + good[11...]),
            ("unrecognized network", good[..<7] + [1, 2, 3, 4] + good[11...]),
            ("not recognized", good[..<11] + [good[11] ^ 1] + good[12...]),
            ("Mismatch in coins count", good[..<83] + [252] + good[84...]),
            ("coins left over", good + [0]),
            ("truncated snapshot", good.dropLast(3) + []),
        ]
        // Another amount, height or script is another set.
        for offset in stride(from: good.count - 40, to: good.count, by: 7) {
            damages.append(("", good[..<offset] + [good[offset] ^ 1] + good[(offset + 1)...]))
        }
        let test = try chain(source)
        for (text, bytes) in damages {
            let path = test.folder.path + "/broken.dat"
            try Data(bytes).write(to: URL(filePath: path))
            let error = #expect(throws: SnapshotError.self, "\(text)") { try test.chain.loadSnapshot(from: path) }
            #expect(
                error?.description.contains(text) ?? false || text.isEmpty, "\(error?.description ?? "") for \(text)")
            #expect(test.chain.activeChain.height == 0)
            #expect(test.chain.isVerified)
        }
        #expect(throws: SnapshotError.unreadable("/nowhere")) { try test.chain.loadSnapshot(from: "/nowhere") }
        #expect(!FileManager.default.fileExists(atPath: test.folder.path + "/chainstate_snapshot"))
        // The good one still can be loaded, but only once.
        _ = try test.chain.loadSnapshot(from: source.path)
        let again = #expect(throws: SnapshotError.self) { try test.chain.loadSnapshot(from: source.path) }
        #expect(again?.description == "Can't activate a snapshot-based chainstate more than once")
    }

    @Test func theChainGoesOnWhileCoinsAreWritten() throws {
        let test = try TestChain()
        try test.mine(110)
        let path = test.folder.path + "/utxo.dat"
        let coins = try CoinsStatistics(of: test.chain.coins)
        let latest = try test.chain.beginSnapshot(at: test.chain.tip)
        let earlier = try test.chain.beginSnapshot(at: #require(test.chain.activeChain[100]))
        // Below the block that is wanted nothing may be deleted, until it is written.
        #expect(test.chain.pruneLocks.values.sorted() == [100])
        try test.chain.acceptTransaction(try test.spend(coinbaseAt: 1), time: test.clock.time)
        try test.mine(3)
        try test.chain.flush()
        let first = try latest.write(to: path)
        #expect(first.hash == coins.serializedHash)
        #expect(first.coinCount == UInt64(coins.outputCount))
        var steps: [SnapshotSource.Step] = []
        let second = try earlier.write(to: path + "2") { step, _ in
            if steps.last != step { steps.append(step) }
            return true
        }
        #expect(second.height == 100 && second.coinCount == 100)
        #expect(steps == [.copying, .rollingBack, .writing])
        test.chain.endSnapshot(of: earlier)
        #expect(test.chain.pruneLocks.isEmpty)
        #expect(test.chain.activeChain.height == 113)
    }

    @Test func aDumpThatIsStoppedLeavesNothing() throws {
        let test = try TestChain()
        try test.mine(20)
        let path = test.folder.path + "/utxo.dat"
        let source = try test.chain.beginSnapshot(at: #require(test.chain.activeChain[5]))
        let before = try FileManager.default.contentsOfDirectory(atPath: test.folder.path).sorted()
        #expect(throws: SnapshotError.interrupted) { try source.write(to: path) { _, percent in percent < 50 } }
        #expect(try FileManager.default.contentsOfDirectory(atPath: test.folder.path).sorted() == before)
    }

    @Test func dumpsDoNotSpoilOneAnother() throws {
        let test = try TestChain()
        try test.mine(20)
        let path = test.folder.path + "/utxo.dat"
        let source = try test.chain.beginSnapshot(at: #require(test.chain.activeChain[5]))
        var failures: [SnapshotError] = []
        func begin(_ path: String) {
            do throws(SnapshotError) { _ = try source.write(to: path) } catch { failures.append(error) }
        }
        let dump = try source.write(to: path) { step, percent in
            if step == .rollingBack, percent == 0 {
                begin(path)
                // Into another file, but by way of the same database.
                begin(path + "2")
            }
            return true
        }
        #expect(dump.coinCount == 5)
        #expect(failures.first == .refused("\(path) is being written already"))
        #expect(failures.count == 2)
        #expect(!FileManager.default.fileExists(atPath: path + "2"))
        failures = []
        begin(path + "2")
        #expect(failures.isEmpty)
        #expect(
            try Data(contentsOf: URL(filePath: path)) == Data(contentsOf: URL(filePath: path + "2")))
    }

    @Test func theChainGoesOnWhileASnapshotIsRead() throws {
        let source = try Self.source.get()
        let test = try chain(source)
        let loading = try test.chain.beginLoading(from: source.path)
        for block in source.blocks.prefix(7) { try test.chain.acceptBlock(block) }
        #expect(throws: SnapshotError.refused("A snapshot is being loaded already")) {
            try test.chain.beginLoading(from: source.path)
        }
        #expect(throws: SnapshotError.interrupted) { try loading.read { step, _ in step == .reading } }
        test.chain.giveUp(loading)
        #expect(!FileManager.default.fileExists(atPath: test.folder.path + "/chainstate_snapshot"))
        let loaded = try test.chain.beginLoading(from: source.path).read()
        for block in source.blocks[7..<9] { try test.chain.acceptBlock(block) }
        #expect(try test.chain.finishLoading(loaded).height == 110)
        #expect(test.chain.verifiedTip?.tip.height == 9)
    }

    @Test func aSnapshotThatTheChainHasOvertakenIsNotTaken() throws {
        let source = try Self.source.get()
        let test = try chain(source)
        let loaded = try test.chain.beginLoading(from: source.path).read()
        for block in source.blocks { try test.chain.acceptBlock(block) }
        #expect(throws: SnapshotError.population("Work does not exceed active chainstate")) {
            try test.chain.finishLoading(loaded)
        }
        #expect(test.chain.activeChain.height == 120 && test.chain.isVerified)
        #expect(!FileManager.default.fileExists(atPath: test.folder.path + "/chainstate_snapshot"))
    }

    /// As many as would not fit on the stack, if each were looked at from within the one before.
    @Test func anyNumberOfTransactionsWithoutCoinsIsReadOver() throws {
        let source = try Self.source.get()
        let good = try [UInt8](Data(contentsOf: URL(filePath: source.path)))
        let path = source.folder.path + "/empty-\(UUID().uuidString)"
        let empty = [UInt8](repeating: 0, count: 33 * 200_000)
        try Data(good[..<51] + empty + good[51...]).write(to: URL(filePath: path))
        let test = try chain(source)
        #expect(try test.chain.loadSnapshot(from: path).coinCount == source.dump.coinCount)
    }

    @Test func aChainThatIsFurtherNeedsNoSnapshot() throws {
        let source = try Self.source.get()
        let test = try chain(source, blocks: 110)
        let error = #expect(throws: SnapshotError.self) { try test.chain.loadSnapshot(from: source.path) }
        #expect(error?.description == "Population failed: Work does not exceed active chainstate")
        // Without its header there is no place for it.
        let empty = try TestChain(parameters: source.parameters)
        let unknown = #expect(throws: SnapshotError.self) { try empty.chain.loadSnapshot(from: source.path) }
        #expect(unknown?.description.contains("must appear in the headers chain") == true)
    }
}
