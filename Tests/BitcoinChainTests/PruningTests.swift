import BitcoinChain
import BitcoinConsensus
import BitcoinPrimitives
import Foundation
import Testing

/// Old blocks that are deleted.
struct PruningTests {
    /// A chain of 400 blocks in many small files, made once, with a branch of four blocks from height 45.
    private static let prepared = Result {
        let test = try chain(.none)
        try test.mine(50)
        var parent = try #require(test.chain.activeChain[45])
        for _ in 0..<4 {
            let block = try test.block(on: parent) { $0.time += 1 }
            try test.chain.acceptBlock(block)
            parent = try #require(test.chain.tree[block.hash])
        }
        try test.mine(350)
        try test.close()
        return test.folder
    }

    /// A chain of 400 blocks.
    private func longChain(_ pruning: Pruning) throws -> TestChain {
        let folder = try TemporaryFolder()
        for name in ["blocks", "chainstate"] {
            try FileManager.default.copyItem(
                atPath: try Self.prepared.get().path + "/" + name, toPath: folder.path + "/" + name)
        }
        return try Self.chain(pruning, folder: folder)
    }

    /// A chain in small files.
    private static func chain(
        _ pruning: Pruning, folder: TemporaryFolder? = nil,
        change: (inout ChainState.Configuration) -> Void = { _ in }
    ) throws -> TestChain {
        var parameters = ChainParameters.regtest
        parameters.pruneAfterHeight = 100
        return try TestChain(folder: folder, parameters: parameters) { configuration in
            configuration.pruning = pruning
            configuration.sizes.maximumFile = 4000
            configuration.sizes.blockChunk = 1000
            configuration.sizes.undoChunk = 1000
            configuration.sizes.pruningBuffer = 2000
            change(&configuration)
        }
    }

    private func fileNames(_ test: TestChain, _ kind: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: test.folder.path + "/blocks")
            .filter { $0.hasPrefix(kind) }.sorted()
    }

    @Test func nothingIsDeletedWithoutBeingAskedFor() throws {
        let test = try longChain(.manual)
        try test.mine(5)
        #expect(test.chain.pruneHeight == nil)
        #expect(!test.chain.hasPruned)
        #expect(try fileNames(test, "blk").first == "blk00000.dat")
        let other = try longChain(.none)
        try other.chain.prune(upTo: 300)
        #expect(other.chain.pruneHeight == nil)
    }

    @Test func keepsTheLast288BlocksAndWholeFiles() throws {
        var test = try longChain(.manual)
        let before = try CoinsStatistics(of: test.chain.coins)
        try test.chain.prune(upTo: 400)
        let height = try #require(test.chain.pruneHeight)
        // Files hold some blocks on either side of the limit.
        #expect(height <= 400 - 288)
        #expect(height > 80)
        #expect(try fileNames(test, "blk").first != "blk00000.dat")
        #expect(try fileNames(test, "rev").first != "rev00000.dat")
        for index in 1...400 {
            let block = try #require(test.chain.activeChain[index])
            #expect(block.hasData == (index > height))
            #expect(test.chain.isPruned(block) == (index <= height))
        }
        let gone = try #require(test.chain.activeChain[height])
        #expect(throws: StorageError.missing(block: gone.hash.description)) { try test.chain.block(gone) }
        try test.mine(3)

        test = try test.restarted {
            $0.pruning = .manual
            $0.sizes.maximumFile = 4000
        }
        #expect(test.report.problems.isEmpty)
        #expect(test.chain.hasPruned)
        #expect(test.chain.pruneHeight == height)
        #expect(test.chain.activeChain.height == 403)
        let after = try CoinsStatistics(of: test.chain.coins)
        #expect(after.outputCount == before.outputCount + 3)
    }

    @Test func askedForLessDeletesLess() throws {
        let test = try longChain(.manual)
        try test.chain.prune(upTo: 40)
        let height = try #require(test.chain.pruneHeight)
        #expect(height <= 40 && height > 10)
    }

    @Test func staysBelowTheTargetByItself() throws {
        let test = try longChain(.automatic(target: 100_000))
        #expect(test.chain.sizeOnDisk > 110_000)
        try test.mine(50)
        let height = try #require(test.chain.pruneHeight)
        #expect(height > 80 && height <= 450 - 288)
        // As near to the target as the blocks allow that are kept.
        #expect(test.chain.sizeOnDisk < 102_000)
        #expect(test.chain.activeChain.height == 450)
    }

    @Test func aPrunedFolderIsNotOpenedWithoutPruning() throws {
        let test = try longChain(.manual)
        try test.chain.prune(upTo: 400)
        try test.close()
        let error = #expect(throws: StorageError.self) { try TestChain(folder: test.folder) }
        #expect(error?.description.contains("-reindex") == true)
        // The first block is gone, so that nothing can be built from what is left.
        let again = try Self.chain(.manual, folder: test.folder) { $0.rebuild = .everything }
        #expect(again.chain.activeChain.height == 0)
        #expect(try fileNames(again, "rev").count <= 1)
        try again.mine(3)
    }

    @Test func indexesHoldBackWhatTheyLack() throws {
        let test = try longChain(.manual)
        let filters = try BlockFilterIndex(directory: test.folder.path)
        let follower = try test.chain.attach(filters)
        // It has not begun.
        try test.chain.prune(upTo: 400)
        #expect(test.chain.pruneHeight == nil)
        try test.chain.catchUp(follower) { height, _ in height < 60 }
        let best = try #require(follower.best).height
        #expect(best == 63)
        try test.chain.prune(upTo: 400)
        let first = try #require(test.chain.pruneHeight)
        #expect(first <= best - 11 && first > 10)
        try test.chain.catchUp(follower)
        try test.chain.prune(upTo: 400)
        #expect(try #require(test.chain.pruneHeight) > 80)
        // Filters of blocks that are gone are still there.
        let old = try #require(test.chain.activeChain[5])
        #expect(try filters.filter(of: old.indexed) != nil)
        // One that starts now has missed too much, and those that need every block are refused at once.
        let coins = try CoinStatisticsIndex(directory: test.folder.path, parameters: .regtest)
        let late = #expect(throws: StorageError.self) { try test.chain.attach(coins) }
        #expect(late?.description.contains("goes beyond pruned data") == true)
        let transactions = try TransactionIndex(directory: test.folder.path)
        #expect(throws: StorageError.self) { try test.chain.attach(transactions) }
    }

    /// After a crash an index goes on where it was written down last, and needs the blocks from there on.
    @Test func whatAnIndexHasNotWrittenDownIsNotDeleted() throws {
        let test = try longChain(.manual)
        let filters = try BlockFilterIndex(directory: test.folder.path)
        let follower = try test.chain.attach(filters)
        let steps = try test.chain.nextSteps(for: follower, limit: 200)
        try follower.take(steps, from: BlockReader(test.chain.files.folder))
        #expect(follower.best?.height == 199)
        try test.chain.prune(upTo: 400)
        #expect(test.chain.pruneHeight == nil)
        test.crash()
        let again = try Self.chain(.manual, folder: test.folder)
        let other = try again.chain.attach(try BlockFilterIndex(directory: test.folder.path + "/other"))
        try again.chain.catchUp(other)
        #expect(other.best?.height == 400)
    }

    @Test func locksHoldBackWhatOthersNeed() throws {
        let test = try longChain(.manual)
        test.chain.pruneLocks["test"] = 60
        try test.chain.prune(upTo: 400)
        #expect(try #require(test.chain.pruneHeight) <= 49)
        test.chain.pruneLocks["test"] = nil
        try test.chain.prune(upTo: 400)
        #expect(try #require(test.chain.pruneHeight) > 60)
    }

    @Test func filesThatACrashLeftAreDeletedAtTheStart() throws {
        let test = try longChain(.manual)
        try test.chain.prune(upTo: 400)
        try test.close()
        let path = test.folder.path + "/blocks/blk00001.dat"
        try Data(count: 100).write(to: URL(filePath: path))
        let again = try Self.chain(.manual, folder: test.folder)
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(again.chain.activeChain.height == 400)
    }

    @Test func aBranchWhoseDataIsGoneIsNotTaken() throws {
        let test = try longChain(.manual)
        try test.chain.prune(upTo: 400)
        let branch = try #require(test.chain.chainTips().last).block
        #expect(branch.height == 49)
        #expect(!branch.hasData)
        try test.close()
        let again = try Self.chain(.manual, folder: test.folder)
        #expect(again.chain.activeChain.height == 400)
        #expect(again.chain.chainTips().count == 2)
        try again.mine(2)
        #expect(again.chain.activeChain.height == 402)
    }

    @Test func whatWasPrunedIsNotTakenInAgain() throws {
        let complete = try longChain(.none)
        let test = try longChain(.manual)
        try test.chain.prune(upTo: 400)
        let height = try #require(test.chain.pruneHeight)
        let report = try test.chain.importBlocks(from: complete.folder.path + "/blocks")
        #expect(report.problems.isEmpty)
        #expect(test.chain.pruneHeight == height)
        #expect(try #require(test.chain.activeChain[height]).hasData == false)
        // Data that comes back alone, without what it spent, is no sign of damage.
        let block = try #require(complete.chain.activeChain[height])
        try test.chain.acceptBlock(try complete.chain.block(block))
        #expect(try #require(test.chain.activeChain[height]).hasData)
        let outcome = try test.chain.verify(VerificationScope(blockCount: 0, level: 4)) { _ in true }
        #expect(outcome == .lackedBlocks)
    }
}
