import BitcoinChain
import BitcoinConsensus
import BitcoinPrimitives
import Foundation
import KeyValueStore
import Testing

/// Chains made here, from the first block on.
struct ChainStateTests {
    @Test func minesSpendsAndKeepsTheSumOfCoins() throws {
        let test = try TestChain()
        try test.mine(120)
        #expect(test.chain.activeChain.height == 120)
        let fee: Amount = 1000
        let spend = try test.spend(coinbaseAt: 1, fee: fee)
        try test.chain.acceptTransaction(spend, time: test.clock.time)
        let child = Transaction(
            inputs: [
                TransactionInput(
                    previousOutput: OutPoint(transactionID: spend.id, index: 0), scriptSig: TestChain.scriptSig)
            ],
            outputs: [TransactionOutput(value: spend.outputs[0].value - 500, scriptPubKey: TestChain.script)])
        try test.chain.acceptTransaction(child, time: test.clock.time)
        #expect(test.chain.mempool.ancestors(of: child.id) == [spend.id, child.id])
        try test.mine()
        let block = try test.chain.block(test.chain.tip)
        #expect(block.transactions.map(\.id).dropFirst() == [spend.id, child.id])
        #expect(block.transactions[0].outputs[0].value == 50 * Amount.coin + fee + 500)
        #expect(test.chain.mempool.count == 0)
        let statistics = try CoinsStatistics(of: test.chain.coins)
        #expect(statistics.totalAmount == 121 * 50 * Amount.coin)
        #expect(statistics.outputCount == 121)
        #expect(try test.chain.undo(of: test.chain.tip)?.spentCoins.map(\.count) == [1, 1])
    }

    @Test func tellsEventsInOrder() throws {
        let test = try TestChain()
        try test.mine()
        #expect(test.events == ["header 1", "connected 1", "tip 1 fork 0"])
        try test.mine(100)
        test.forgetEvents()
        try test.chain.acceptTransaction(try test.spend(coinbaseAt: 1), time: test.clock.time)
        try test.mine()
        #expect(test.events == ["added", "header 102", "removed block", "connected 102", "tip 102 fork 101"])
    }

    @Test func movesToTheLongerBranchAndBringsTransactionsBack() throws {
        let test = try TestChain()
        try test.mine(105)
        let fork = try #require(test.chain.activeChain[103])
        let spend = try test.spend(coinbaseAt: 1)
        try test.chain.acceptTransaction(spend, time: test.clock.time)
        let conflicted = try test.spend(coinbaseAt: 2)
        try test.chain.acceptTransaction(conflicted, time: test.clock.time)
        try test.mine()
        let oldTip = test.chain.tip
        let coins = try CoinsStatistics(of: test.chain.coins)
        test.forgetEvents()

        // Three blocks on height 103 are no better than what is there; a fourth is.
        var parent = fork
        for height in 104...107 {
            let other = height == 105 ? [try test.spend(coinbaseAt: 2, fee: 7)] : []
            let block = try test.block(other, on: parent) { $0.time += 1 }
            try test.chain.acceptBlock(block)
            parent = try #require(test.chain.tree[block.hash])
            #expect((test.chain.tip === oldTip) == (height < 107))
        }
        #expect(test.chain.tip === parent)
        #expect(
            test.events == [
                "header 107", "disconnected 106", "disconnected 105", "disconnected 104", "connected 104",
                "connected 105", "connected 106", "connected 107", "added", "tip 107 fork 103",
            ])
        // One transaction is back, the other one's coin is gone.
        #expect(test.chain.mempool.transactionIDs.map(\.self) == [spend.id])
        #expect(test.chain.chainTips().map(\.status) == [.active, .validFork])
        #expect(test.chain.chainTips().map(\.branchLength) == [0, 3])
        #expect(test.chain.confirmations(of: oldTip) == -1)
        #expect(test.chain.confirmations(of: fork) == 5)

        // And back again, when the old branch grows.
        var end = oldTip
        for _ in 0..<2 {
            let block = try test.block(on: end)
            try test.chain.acceptBlock(block)
            end = try #require(test.chain.tree[block.hash])
        }
        #expect(test.chain.activeChain[106] === oldTip)
        #expect(test.chain.tip === end)
        #expect(test.chain.activeChain.height == 108)
        // The coins of the two empty blocks came on top.
        let now = try CoinsStatistics(of: test.chain.coins)
        #expect(now.outputCount == coins.outputCount + 2)
        #expect(now.totalAmount == coins.totalAmount + 100 * Amount.coin)
    }

    @Test func firstSeenOfEqualBranchesStaysTheTip() throws {
        let test = try TestChain()
        try test.mine(3)
        let first = test.chain.tip
        let rival = try test.block(on: first.parent) { $0.time += 7 }
        #expect(try test.chain.acceptBlock(rival) == .new)
        #expect(try test.chain.acceptBlock(rival) == .duplicate)
        #expect(test.chain.tip === first)
        #expect(test.chain.chainTips().map(\.status).contains(.validHeaders))
        #expect(try test.restarted().chain.tip.hash == first.hash)
    }

    @Test func takesBlocksWhoseParentComesLater() throws {
        let source = try TestChain()
        try source.mine(3)
        let blocks = try (1...3).map { try source.chain.block(#require(source.chain.activeChain[$0])) }
        let test = try TestChain()
        for block in blocks { _ = try test.chain.acceptHeader(block.header) }
        #expect(test.chain.chainTips().map(\.status) == [.headersOnly, .active])
        try test.chain.acceptBlock(blocks[2])
        try test.chain.acceptBlock(blocks[1])
        #expect(test.chain.activeChain.height == 0)
        try test.chain.acceptBlock(blocks[0])
        #expect(test.chain.tip.hash == source.chain.tip.hash)
        // They lie in the file in that order now, and load all the same, also without the index.
        let again = try test.restarted()
        #expect(again.report.problems.isEmpty)
        #expect(again.chain.tip.hash == source.chain.tip.hash)
        let rebuilt = try again.restarted { $0.rebuild = .everything }
        #expect(rebuilt.report.problems.isEmpty)
        #expect(rebuilt.report.recordCount == 4)
        #expect(rebuilt.chain.tip.hash == source.chain.tip.hash)
    }

    @Test(arguments: [.nothing, .coins, .everything] as [ChainState.Configuration.Rebuild])
    func restartsFromItsFiles(rebuild: ChainState.Configuration.Rebuild) throws {
        let test = try TestChain { $0.sizes.maximumFile = 5000 }
        try test.mine(50)
        let tip = test.chain.tip.hash
        let coins = try CoinsStatistics(of: test.chain.coins)
        let size = test.chain.sizeOnDisk
        let again = try test.restarted {
            $0.sizes.maximumFile = 5000
            $0.rebuild = rebuild
        }
        #expect(again.report.problems.isEmpty)
        #expect(again.report.fileCount == 3)
        #expect(again.report.blockCount == 50)
        #expect(again.chain.tip.hash == tip)
        #expect(try CoinsStatistics(of: again.chain.coins) == coins)
        if rebuild == .nothing { #expect(again.chain.sizeOnDisk == size) }
        try again.mine(2)
        #expect(try again.restarted().chain.activeChain.height == 52)
    }

    @Test func goesOnAfterACrash() throws {
        let test = try TestChain()
        try test.mine(110)
        try test.chain.flush()
        try test.chain.acceptTransaction(try test.spend(coinbaseAt: 1), time: test.clock.time)
        try test.mine(3)
        let tip = test.chain.tip.hash
        test.crash()
        // The coins are those of block 110; the blocks are there.
        let again = try test.restarted()
        #expect(again.chain.tip.hash == tip)
        let coins = try CoinsStatistics(of: again.chain.coins)
        let rebuilt = try again.restarted { $0.rebuild = .coins }
        #expect(rebuilt.chain.tip.hash == tip)
        #expect(try CoinsStatistics(of: rebuilt.chain.coins) == coins)
    }

    @Test func finishesAChangeOfCoinsThatWasCutShort() throws {
        let test = try TestChain()
        try test.mine(104)
        try test.chain.flush()
        let origin = test.chain.tip.hash
        // A branch of four blocks instead of three, with a spend that the other does not have.
        let fork = try #require(test.chain.activeChain[101])
        var parent = fork
        for height in 102...105 {
            let other = height == 103 ? [try test.spend(coinbaseAt: 1)] : []
            let block = try test.block(other, on: parent) { $0.time += 1 }
            try test.chain.acceptBlock(block)
            parent = try #require(test.chain.tree[block.hash])
        }
        #expect(test.chain.tip === parent)
        let target = parent.hash
        let expected = try CoinsStatistics(of: test.chain.coins)
        try test.close()
        try Self.cutShort(in: test.folder.path, target: target, origin: origin)
        let again = try test.restarted()
        #expect(again.chain.tip.hash == target)
        #expect(try CoinsStatistics(of: again.chain.coins) == expected)
    }

    /// Makes the database of coins look as if only some of the coins had been written.
    private static func cutShort(in folder: String, target: BlockHash, origin: BlockHash) throws {
        let path = folder + "/chainstate"
        let store = try ObfuscatedStore(LevelDBStore(path: path), path: path, newKey: [UInt8](repeating: 0, count: 8))
        var batch = WriteBatch()
        var count = 0
        try store.forEach(prefix: [CoinRecord.keyPrefix]) { key, _ in
            count += 1
            // Coins of the last blocks of either branch may be missing; which ones, does not matter.
            if let coin = try? store.value(for: key).flatMap(CoinRecord.decode), coin.height > 101, count % 2 == 0 {
                batch.remove(key)
            }
            return true
        }
        batch.remove([UInt8(ascii: "B")])
        batch.put([2] + target.bytes + origin.bytes, at: [UInt8(ascii: "H")])
        try store.write(batch, durably: true)
    }

    @Test func badBlockThatOnlyShowsWhenConnectedIsMarkedWithItsDescendants() throws {
        let test = try TestChain()
        try test.mine(2)
        let bad = try test.block { $0.outputs[0].value += 1 }
        let header = try test.chain.acceptHeader(bad.header)
        let child = try test.block(on: header)
        _ = try test.chain.acceptHeader(child.header)
        test.expectRejected(bad, .badCoinbaseAmount)
        test.expectRejected(bad, .duplicateInvalid)
        test.expectRejected(child, .duplicateInvalid)
        test.expectRejected(try test.block(on: header) { $0.time += 5 }, .badPreviousBlock)
        #expect(test.chain.activeChain.height == 2)
        #expect(test.chain.chainTips().map(\.status) == [.invalid, .active])
        #expect(test.chain.tree.bestHeader === test.chain.tip)
        try test.mine()
        let again = try test.restarted()
        #expect(again.chain.activeChain.height == 3)
        #expect(again.chain.chainTips().map(\.status) == [.invalid, .active])
        again.expectRejected(bad, .duplicateInvalid)
        let rebuilt = try again.restarted { $0.rebuild = .everything }
        #expect(rebuilt.chain.activeChain.height == 3)
    }

    @Test func abandonsABranchThatTurnsOutBad() throws {
        let test = try TestChain()
        try test.mine(5)
        let tip = test.chain.tip
        let coins = try CoinsStatistics(of: test.chain.coins)
        let first = try test.block(on: test.chain.activeChain[3]) { $0.time += 3 }
        try test.chain.acceptBlock(first)
        let bad = try test.block(on: test.chain.tree[first.hash]) { $0.outputs[0].value += 1 }
        try test.chain.acceptBlock(bad)
        // Only now has the branch more work, so that the bad block comes to light. The last one is taken, as by Core.
        let last = try test.block(on: test.chain.tree[bad.hash])
        #expect(try test.chain.acceptBlock(last) == .new)
        #expect(test.chain.tree[bad.hash]?.failure?.rule == .badCoinbaseAmount)
        #expect(test.chain.tree[last.hash]?.failure?.rule == .badPreviousBlock)
        #expect(test.chain.tip === tip)
        #expect(try CoinsStatistics(of: test.chain.coins) == coins)
    }

    @Test func locatorLeadsToTheFork() throws {
        let test = try TestChain()
        try test.mine(60)
        let locator = ActiveChain.locator(of: test.chain.tip)
        #expect(locator.hashes.first == test.chain.tip.hash)
        #expect(locator.hashes.last == test.chain.tree.genesis.hash)
        #expect(locator.hashes.count < 20)
        #expect(test.chain.findFork(in: locator) === test.chain.tip)
        var elsewhere = locator
        elsewhere.hashes.removeFirst(2)
        #expect(test.chain.findFork(in: elsewhere).height == 58)
        #expect(test.chain.findFork(in: BlockLocator()).height == 0)
        #expect(test.chain.activeChain.findEarliest(atLeast: 0, height: 7)?.height == 7)
        let time = try #require(test.chain.activeChain[30]).header.time
        #expect(test.chain.activeChain.findEarliest(atLeast: Int64(time), height: 0)?.header.time == time)
        for height in 0...60 { #expect(test.chain.tip.ancestor(at: height) === test.chain.activeChain[height]) }
        #expect(test.chain.tip.ancestor(at: 61) == nil)
    }

    @Test func initialDownloadEndsOnceAndForAll() throws {
        let test = try TestChain()
        #expect(test.chain.isInitialBlockDownload())
        try test.mine()
        #expect(!test.chain.isInitialBlockDownload())
        test.clock.time += 1_000_000
        #expect(!test.chain.isInitialBlockDownload())
    }

    @Test func rebuildingStopsWhenAskedAndGoesOnLater() throws {
        let test = try TestChain()
        try test.mine(5)
        try test.close()
        let stopped = try TestChain(folder: test.folder, change: { $0.rebuild = .everything }) { _ in false }
        #expect(stopped.report.wasInterrupted)
        #expect(stopped.chain.activeChain.height == 0)
        stopped.crash()
        let again = try test.restarted()
        #expect(!again.report.wasInterrupted)
        #expect(again.chain.activeChain.height == 5)
    }

    @Test func aBlockThatWasGivenUpStaysSoAfterACrash() throws {
        let test = try TestChain()
        try test.mine(105)
        try test.chain.flush()
        let block = try #require(test.chain.activeChain[104]?.hash)
        try test.chain.invalidate(try #require(test.chain.tree[block]))
        // The mark is on disk, while the coins there are still those after the block.
        test.crash()
        let again = try test.restarted()
        #expect(again.chain.activeChain.height == 103)
        try again.chain.acceptBlock(try again.block { $0.time += 7 })
        #expect(again.chain.activeChain.height == 104)
        #expect(again.chain.activeChain[104]?.hash != block)
    }

    @Test func aDatabaseIsReplacedAsAWhole() throws {
        let test = try TestChain()
        try test.mine(5)
        try test.close()
        let index = test.folder.path + "/blocks/index"
        // Killed between the two steps of putting the new index in place of the old one.
        let rebuilt = try TestChain(folder: test.folder, change: { $0.rebuild = .everything }, progress: { _ in false })
        rebuilt.crash()
        try FileManager.default.moveItem(atPath: index, toPath: index + ".new")
        try FileManager.default.createDirectory(atPath: index + ".old", withIntermediateDirectories: false)
        let again = try TestChain(folder: test.folder)
        #expect(again.chain.activeChain.height == 5)
        #expect(!FileManager.default.fileExists(atPath: index + ".old"))
        #expect(!FileManager.default.fileExists(atPath: index + ".new"))
        try again.close()
        // A new index beside the old one may be half made.
        try FileManager.default.createDirectory(atPath: index + ".new", withIntermediateDirectories: false)
        let last = try TestChain(folder: test.folder)
        #expect(last.chain.activeChain.height == 5)
        #expect(!FileManager.default.fileExists(atPath: index + ".new"))
    }

    @Test func theUserMayGiveUpABlockAndTakeItBack() throws {
        let test = try TestChain()
        try test.mine(103)
        let spend = try test.spend(coinbaseAt: 1)
        try test.chain.acceptTransaction(spend, time: test.clock.time)
        try test.mine(2)
        let tip = test.chain.tip.hash
        let block = try #require(test.chain.activeChain[104])
        try test.chain.invalidate(block)
        #expect(test.chain.activeChain.height == 103)
        #expect(test.chain.mempool.transactionIDs.map(\.self) == [spend.id])
        #expect(test.chain.chainTips().map(\.status) == [.invalid, .active])
        // It stays so after a restart, and other blocks can follow.
        let again = try test.restarted()
        #expect(again.chain.activeChain.height == 103)
        try again.mine()
        #expect(again.chain.activeChain[104]?.hash != block.hash)
        try again.chain.reconsider(try #require(again.chain.tree[block.hash]))
        #expect(again.chain.tip.hash == tip)
        #expect(again.chain.chainTips().map(\.status) == [.active, .validFork])
        #expect(throws: BlockAcceptanceError.self) { try again.chain.invalidate(again.chain.tree.genesis) }
    }

    @Test func theUserMayPreferOneOfEqualBlocks() throws {
        let test = try TestChain()
        try test.mine(3)
        let first = test.chain.tip
        let rival = try test.block(on: first.parent) { $0.time += 7 }
        try test.chain.acceptBlock(rival)
        #expect(test.chain.tip === first)
        try test.chain.prefer(try #require(test.chain.tree[rival.hash]))
        #expect(test.chain.tip.hash == rival.hash)
        try test.chain.prefer(first)
        #expect(test.chain.tip === first)
        try test.chain.prefer(try #require(first.parent))
        #expect(test.chain.tip === first)
    }

    @Test func checksItsBlocksAgain() throws {
        let test = try TestChain()
        try test.mine(104)
        try test.chain.acceptTransaction(try test.spend(coinbaseAt: 1), time: test.clock.time)
        try test.mine(3)
        for level in 0...4 {
            #expect(try test.chain.verify(.init(blockCount: 0, level: level)) { _ in true } == .passed)
        }
        let position = try #require(test.chain.activeChain[105]?.undoOffset)
        let hash = try #require(test.chain.activeChain[105]).hash
        try test.close()
        let path = test.folder.path + "/blocks/rev00000.dat"
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[Int(position) + 2] ^= 1
        try bytes.write(to: URL(filePath: path))
        // Three blocks down: found at the start, and it says where.
        let error = #expect(throws: StorageError.self) { try TestChain(folder: test.folder) }
        #expect(error?.description.contains(hash.description) == true)
    }
}
