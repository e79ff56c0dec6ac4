import BitcoinChain
import BitcoinConsensus
import BitcoinPrimitives
import Foundation
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
        #expect(test.chain.undo(of: test.chain.tip)?.spentCoins.map(\.count) == [1, 1])
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
        let (again, _) = try test.restarted()
        #expect(again.chain.tip.hash == first.hash)
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
        // They lie in the file in that order now, and load all the same.
        let (again, report) = try test.restarted()
        #expect(report.problems.isEmpty)
        #expect(again.chain.tip.hash == source.chain.tip.hash)
    }

    @Test func restartsFromItsOwnFiles() throws {
        let folder = try TemporaryFolder()
        let test = try TestChain(folder: folder, maximumFileSize: 5000)
        try test.mine(50)
        let (again, report) = try test.restarted()
        #expect(report.fileCount == 3)
        #expect(report.blockCount == 50)
        #expect(again.chain.tip.hash == test.chain.tip.hash)
        #expect(try CoinsStatistics(of: again.chain.coins) == CoinsStatistics(of: test.chain.coins))
        #expect(again.chain.sizeOnDisk == test.chain.sizeOnDisk)
        try again.mine(2)
        #expect(try test.restarted().0.chain.activeChain.height == 52)
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
        let (again, report) = try test.restarted()
        #expect(again.chain.activeChain.height == 3)
        #expect(report.problems.count == 1)
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
        // Only now has the branch more work, so that the bad block comes to light.
        let last = try test.block(on: test.chain.tree[bad.hash])
        test.expectRejected(last, .badPreviousBlock)
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

    @Test func loadingStopsWhenAsked() throws {
        let test = try TestChain()
        try test.mine(5)
        let again = try TestChain(folder: test.folder)
        let report = try again.chain.load { $0.phase == .readingHeaders }
        #expect(report.wasInterrupted)
        #expect(again.chain.activeChain.height == 0)
    }
}
