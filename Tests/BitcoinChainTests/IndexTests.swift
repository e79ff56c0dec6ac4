import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import ByteCoding
import Foundation
import Testing

/// Indexes that follow a chain made here.
struct IndexTests {
    /// All indexes of one chain.
    private struct Indexes {
        let transactions: TransactionIndex
        let spenders: SpenderIndex
        let filters: BlockFilterIndex
        let statistics: CoinStatisticsIndex
        var followers: [IndexFollower] = []

        init(_ test: TestChain, isRebuilt: Bool = false) throws {
            let directory = test.folder.path
            transactions = try TransactionIndex(directory: directory, isRebuilt: isRebuilt)
            spenders = try SpenderIndex(directory: directory, isRebuilt: isRebuilt)
            filters = try BlockFilterIndex(directory: directory, isRebuilt: isRebuilt)
            statistics = try CoinStatisticsIndex(directory: directory, parameters: .regtest, isRebuilt: isRebuilt)
            for index in [transactions, spenders, filters, statistics] as [any ChainIndex] {
                followers.append(try test.chain.attach(index))
            }
        }

        func catchUp(_ test: TestChain) throws {
            for follower in followers { try test.chain.catchUp(follower) }
        }
    }

    /// Compares every answer for every block of the active chain with what the chain itself says.
    private func expectComplete(
        _ indexes: Indexes, _ test: TestChain, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let chain = test.chain
        var header = Hash256.zero
        for height in 0...chain.activeChain.height {
            let block = try #require(chain.activeChain[height])
            let data = try chain.block(block)
            let undo = try chain.undo(of: block)
            let scripts = undo?.spentCoins.joined().map(\.output.scriptPubKey) ?? []
            let filter = BlockFilter(data, spending: scripts)
            header = filter.header(after: header)
            #expect(try indexes.filters.filter(of: block.indexed) == filter, sourceLocation: sourceLocation)
            #expect(try indexes.filters.header(of: block.indexed) == header, sourceLocation: sourceLocation)
            guard height > 0 else { continue }
            for transaction in data.transactions {
                let found = try chain.findTransaction(transaction.id, in: indexes.transactions)
                #expect(found?.transaction == transaction, sourceLocation: sourceLocation)
                #expect(found?.block == block.hash, sourceLocation: sourceLocation)
                for input in transaction.inputs where !transaction.isCoinbase {
                    let spender = try chain.findSpender(of: input.previousOutput, in: indexes.spenders)
                    #expect(spender?.transaction == transaction, sourceLocation: sourceLocation)
                    #expect(spender?.block == block.hash, sourceLocation: sourceLocation)
                }
            }
        }
        let totals = try #require(try indexes.statistics.totals(after: chain.tip.indexed))
        let coins = try CoinsStatistics(of: chain.coins, hashing: .set)
        #expect(totals.setHash == coins.setHash, sourceLocation: sourceLocation)
        #expect(totals.amount == coins.totalAmount, sourceLocation: sourceLocation)
        #expect(totals.outputCount == UInt64(coins.outputCount), sourceLocation: sourceLocation)
        #expect(totals.bogoSize == UInt64(coins.bogoSize), sourceLocation: sourceLocation)
        #expect(totals.subsidy == totals.amount + totals.unspendable, sourceLocation: sourceLocation)
        for follower in indexes.followers {
            #expect(follower.summary.isSynchronized, sourceLocation: sourceLocation)
            #expect(follower.summary.block == chain.tip.hash, sourceLocation: sourceLocation)
        }
    }

    /// Mines a block that spends the coinbase at `height`.
    private func mineSpend(_ test: TestChain, coinbaseAt height: Int) throws {
        let spend = try test.spend(coinbaseAt: height)
        try test.chain.acceptTransaction(spend, time: test.clock.time)
        try test.mine()
    }

    @Test func followEachBlockFromTheStart() throws {
        let test = try TestChain()
        let indexes = try Indexes(test)
        try indexes.catchUp(test)
        try test.mine(102)
        try mineSpend(test, coinbaseAt: 1)
        try expectComplete(indexes, test)
    }

    @Test func startLateAndCatchUp() throws {
        let test = try TestChain()
        try test.mine(103)
        try mineSpend(test, coinbaseAt: 1)
        let indexes = try Indexes(test)
        #expect(indexes.followers.allSatisfy { !$0.isSynchronized })
        // Blocks that come meanwhile are left to catching up.
        try mineSpend(test, coinbaseAt: 2)
        #expect(indexes.followers.allSatisfy { $0.best == nil })
        try indexes.catchUp(test)
        try expectComplete(indexes, test)
        try mineSpend(test, coinbaseAt: 3)
        try expectComplete(indexes, test)
    }

    @Test func goOnWhereTheyWereStopped() throws {
        var test = try TestChain()
        try test.mine(150)
        do {
            let indexes = try Indexes(test)
            for follower in indexes.followers {
                try test.chain.catchUp(follower) { height, tip in
                    #expect(tip == 150)
                    return height < 100
                }
                #expect(!follower.isSynchronized)
                #expect(follower.best?.height == 127)
            }
        }
        test = try test.restarted()
        do {
            let indexes = try Indexes(test)
            #expect(indexes.followers.allSatisfy { $0.best?.height == 127 })
            try indexes.catchUp(test)
            try expectComplete(indexes, test)
        }
        test = try test.restarted()
        let indexes = try Indexes(test)
        #expect(indexes.followers.allSatisfy { $0.isSynchronized })
        try mineSpend(test, coinbaseAt: 1)
        try expectComplete(indexes, test)
    }

    @Test func afterACrashTheyAreBehindTheCoinsNeverAhead() throws {
        var test = try TestChain()
        try test.mine(110)
        do {
            let indexes = try Indexes(test)
            try indexes.catchUp(test)
            // Neither coins nor the places of the indexes are written for these.
            try mineSpend(test, coinbaseAt: 1)
            try mineSpend(test, coinbaseAt: 2)
            try expectComplete(indexes, test)
        }
        test.crash()
        test = try test.restarted()
        let indexes = try Indexes(test)
        #expect(indexes.followers.allSatisfy { ($0.best?.height ?? 0) <= 110 })
        try indexes.catchUp(test)
        try expectComplete(indexes, test)
    }

    @Test func surviveReorganisation() throws {
        var test = try TestChain()
        try test.mine(105)
        do {
            let indexes = try Indexes(test)
            try indexes.catchUp(test)
            try mineSpend(test, coinbaseAt: 1)
            try mineSpend(test, coinbaseAt: 2)
            let old = test.chain.tip
            let oldTotals = try indexes.statistics.totals(after: old.indexed)
            let oldFilter = try indexes.filters.filter(of: old.indexed)
            let spend = try test.chain.block(old).transactions[1]
            #expect(oldTotals != nil && oldFilter != nil)
            var parent = try #require(test.chain.activeChain[105])
            for number in 0..<3 {
                let others = number == 1 ? [try test.spend(coinbaseAt: 1, fee: 5000)] : []
                let block = try test.block(others, on: parent) { $0.time += 1 }
                try test.chain.acceptBlock(block)
                parent = try #require(test.chain.tree[block.hash])
            }
            #expect(test.chain.tip === parent)
            try expectComplete(indexes, test)
            // What left the chain can still be asked for.
            #expect(try indexes.statistics.totals(after: old.indexed) == oldTotals)
            #expect(try indexes.filters.filter(of: old.indexed) == oldFilter)
            #expect(try test.chain.findTransaction(spend.id, in: indexes.transactions)?.block == old.hash)
            #expect(try test.chain.findSpender(of: spend.inputs[0].previousOutput, in: indexes.spenders) == nil)
        }
        test = try test.restarted()
        let indexes = try Indexes(test)
        try expectComplete(indexes, test)
    }

    /// What was written for the blocks of another branch before the crash lies where the blocks stood that are to be
    /// taken back now.
    @Test func aCrashAfterAReorganisationLeavesThemUsable() throws {
        var test = try TestChain()
        try test.mine(101)
        try mineSpend(test, coinbaseAt: 1)
        try test.mine(3)
        let old = test.chain.tip.hash
        do {
            let indexes = try Indexes(test)
            try indexes.catchUp(test)
            try test.chain.flush()
            var parent = try #require(test.chain.activeChain[101])
            for number in 0..<5 {
                let others = number == 2 ? [try test.spend(coinbaseAt: 1, fee: 5000)] : []
                let block = try test.block(others, on: parent) { $0.time += 1 }
                try test.chain.acceptBlock(block)
                parent = try #require(test.chain.tree[block.hash])
            }
            try expectComplete(indexes, test)
        }
        test.crash()
        test = try test.restarted()
        #expect(test.chain.tip.height == 106)
        let indexes = try Indexes(test)
        #expect(indexes.followers.allSatisfy { $0.best?.hash == old })
        try indexes.catchUp(test)
        try expectComplete(indexes, test)
        // Back to the first branch, on what is left of its records.
        var parent = try #require(test.chain.tree[old])
        for _ in 0..<2 {
            let block = try test.block(on: parent) { $0.time += 2 }
            try test.chain.acceptBlock(block)
            parent = try #require(test.chain.tree[block.hash])
        }
        #expect(test.chain.tip === parent)
        try expectComplete(indexes, test)
    }

    @Test func reorganisationWhileTheyAreSwitchedOffIsFoundAtTheStart() throws {
        var test = try TestChain()
        try test.mine(105)
        do {
            let indexes = try Indexes(test)
            try indexes.catchUp(test)
            try mineSpend(test, coinbaseAt: 1)
        }
        test = try test.restarted()
        var parent = try #require(test.chain.activeChain[103])
        for _ in 0..<6 {
            let block = try test.block(on: parent) { $0.time += 1 }
            try test.chain.acceptBlock(block)
            parent = try #require(test.chain.tree[block.hash])
        }
        #expect(test.chain.tip === parent)
        let indexes = try Indexes(test)
        #expect(indexes.followers.allSatisfy { !$0.isSynchronized && $0.best?.height == 106 })
        try indexes.catchUp(test)
        try expectComplete(indexes, test)
    }

    @Test func recordsOfAnotherChainAreRefused() throws {
        let other = try TestChain()
        try other.mine(5)
        do {
            let indexes = try Indexes(other)
            try indexes.catchUp(other)
        }
        try other.close()
        let test = try TestChain(time: 1_700_005_000)
        try test.mine(5)
        try FileManager.default.copyItem(
            atPath: other.folder.path + "/indexes", toPath: test.folder.path + "/indexes")
        let error = #expect(throws: StorageError.self) { try Indexes(test) }
        #expect(error?.description.contains("not found") == true)
        // Rebuilding is what helps.
        let indexes = try Indexes(test, isRebuilt: true)
        try indexes.catchUp(test)
        try expectComplete(indexes, test)
    }

    @Test func aBrokenFilterFileIsAnErrorOfTheDisk() throws {
        let test = try TestChain()
        try test.mine(5)
        do {
            let indexes = try Indexes(test)
            try indexes.catchUp(test)
        }
        let path = test.folder.path + "/indexes/blockfilter/basic/fltr00000.dat"
        var bytes = try Data(contentsOf: URL(filePath: path))
        // The second record's filter.
        bytes[32 + 5 + 32 + 3] ^= 1
        try bytes.write(to: URL(filePath: path))
        let again = try test.restarted()
        let filters = try BlockFilterIndex(directory: test.folder.path)
        let blocks = try (0...5).map { try #require(again.chain.activeChain[$0]).indexed }
        #expect(throws: StorageError.self) {
            for block in blocks { _ = try filters.filter(of: block) }
        }
        #expect(throws: StorageError.self) { try filters.filters(of: blocks) }
        #expect(try filters.hashes(of: blocks)?.count == 6)
        #expect(try filters.hashes(of: Array(blocks[2...4]))?.count == 3)
    }
}
