import BitcoinChain
import BitcoinConsensus
import BitcoinPrimitives
import Foundation
import Testing

/// Block files that are damaged, mixed up, or written by somebody else.
struct StorageTests {
    private let key: [UInt8] = [0x66, 0x7b, 0x2d, 0xce, 0xb1, 0xf4, 0xd5, 0x07]

    /// Blocks on the first one, and their records.
    private func blocks(_ count: Int) throws -> [Block] {
        let test = try TestChain()
        try test.mine(count)
        return try (1...count).map { try test.chain.block(#require(test.chain.activeChain[$0])) }
    }

    private func record(_ block: Block) -> [UInt8] {
        let bytes = block.encoded()
        let size = UInt32(bytes.count)
        return ChainParameters.regtest.messageStart
            + [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: size >> $0) } + bytes
    }

    /// Builds the index of a folder whose only file has this content.
    private func load(
        _ bytes: [UInt8], key: [UInt8]? = nil
    ) throws -> (test: TestChain, report: LoadReport, path: String) {
        let folder = try TemporaryFolder()
        let blocks = folder.path + "/blocks"
        try FileManager.default.createDirectory(atPath: blocks, withIntermediateDirectories: true)
        var content = bytes
        if let key {
            for index in content.indices { content[index] ^= key[index % 8] }
            try Data(key).write(to: URL(filePath: blocks + "/xor.dat"))
        }
        try Data(content).write(to: URL(filePath: blocks + "/blk00000.dat"))
        let test = try TestChain(folder: folder) { $0.rebuild = .everything }
        return (test, test.report, blocks + "/blk00000.dat")
    }

    @Test func readsObfuscatedFilesWithSpaceAllocatedAhead() throws {
        let blocks = try blocks(5)
        var content = blocks.flatMap(record)
        // The space behind is zeros in the file, whatever the key.
        let used = content.count
        content += (0..<100_000).map { key[(used + $0) % 8] }
        let (test, report, _) = try load(content, key: key)
        let chain = test.chain
        #expect(report.problems == [])
        #expect(chain.tip.hash == blocks[4].hash)
        let bytes = try chain.blockBytes(chain.tip)
        #expect(bytes == blocks[4].encoded())
    }

    @Test func errorsOfTheSystemAreToldInItsWords() throws {
        let folder = try TemporaryFolder()
        let missing = folder.path + "/missing"
        let expected = StorageError.system(path: missing, reason: "No such file or directory")
        #expect(throws: expected) { try BlockFileScanner(path: missing, parameters: .regtest) }
        #expect(throws: expected) { try BlockFolder(path: missing, parameters: .regtest).fileNumbers() }
    }

    @Test func opensFewFilesOfALargeFolderAtATime() throws {
        // One record a file.
        let small = { (configuration: inout ChainState.Configuration) in configuration.sizes.maximumFile = 300 }
        let first = try TestChain(change: small)
        try first.mine(40)
        let tip = first.chain.tip.hash
        try first.close()
        let blocks = first.folder.path + "/blocks"
        #expect(try FileManager.default.contentsOfDirectory(atPath: blocks).count { $0.hasPrefix("blk") } > 20)
        var most = 0
        func look() {
            let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
            let paths = numbers.compactMap {
                try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
            }
            most = max(most, paths.count { $0.hasPrefix(blocks + "/blk") })
        }
        let again = try TestChain(folder: first.folder) { configuration in
            small(&configuration)
            configuration.rebuild = .everything
        } progress: { _ in
            look()
            return true
        }
        #expect(again.chain.tip.hash == tip)
        #expect((1...6).contains(most))

        let other = try TestChain()
        most = 0
        _ = try other.chain.importBlocks(from: blocks) { _ in
            look()
            return true
        }
        #expect(other.chain.tip.hash == tip)
        #expect((1...6).contains(most))
    }

    @Test(.timeLimit(.minutes(2))) func takesInBlocksThatLieFarBackInALargeFile() throws {
        let blocks = try blocks(2)
        let folder = try TemporaryFolder()
        let path = folder.path + "/bootstrap.dat"
        try Data(record(blocks[0])).write(to: URL(filePath: path))
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        // Takes no room on the disk.
        try file.seek(toOffset: 1 << 32)
        try file.write(contentsOf: Data(record(blocks[1])))
        try file.close()
        let test = try TestChain()
        let report = try test.chain.importBlocks(from: path)
        #expect(report.problems.count == 1, "the zeros between them")
        #expect(test.chain.tip.hash == blocks[1].hash)
    }

    @Test func stepsOverGarbageBetweenRecords() throws {
        let blocks = try blocks(4)
        let garbage = [UInt8](repeating: 0xfa, count: 1000) + ChainParameters.regtest.messageStart + [1, 2, 3]
        let content = record(blocks[0]) + garbage + record(blocks[1]) + record(blocks[2]) + record(blocks[3])
        let (test, report, path) = try load(content)
        let chain = test.chain
        #expect(chain.tip.hash == blocks[3].hash)
        #expect(
            report.problems == [
                .brokenRecord(path: path, offset: UInt64(record(blocks[0]).count), count: UInt64(garbage.count))
            ])
    }

    @Test func toleratesARecordThatIsCutShort() throws {
        let blocks = try blocks(4)
        let whole = blocks[0..<3].flatMap(record)
        for length in [1, 7, 8, 20, 88, 100, record(blocks[3]).count - 1] {
            let (test, report, path) = try load(whole + record(blocks[3]).prefix(length))
            let chain = test.chain
            #expect(chain.tip.hash == blocks[2].hash)
            #expect(report.problemCount == 1)
            // Zeros at the end count for nothing.
            let used = try #require(record(blocks[3]).prefix(length).lastIndex { $0 != 0 }) + 1
            let (offset, count) = (UInt64(whole.count), UInt64(used))
            #expect(
                report.problems == [
                    length < 4
                        ? .garbage(path: path, offset: offset, count: count)
                        : .brokenRecord(path: path, offset: offset, count: count)
                ])
        }
    }

    @Test func findsRecordsBehindOneThatClaimsThem() throws {
        let blocks = try blocks(6)
        // Half a record followed by whole ones: its size covers the beginning of the next.
        let content = record(blocks[0]) + record(blocks[1]).prefix(120) + blocks[1...].flatMap(record)
        let (test, report, _) = try load(content)
        let chain = test.chain
        #expect(chain.tip.hash == blocks[5].hash)
        #expect(report.problemCount == 1)
    }

    @Test func damageInsideABlockIsReportedAndTheRestWaits() throws {
        let blocks = try blocks(5)
        var content = blocks.flatMap(record)
        let third = record(blocks[0]).count + record(blocks[1]).count
        content[third + 8 + 85] ^= 1
        let (test, report, _) = try load(content)
        let chain = test.chain
        #expect(chain.activeChain.height == 2)
        #expect(report.problemCount == 1)
        #expect(chain.chainTips().map(\.status) == [.headersOnly, .active])
        // Nothing was marked bad: the block from elsewhere completes the chain.
        try chain.acceptBlock(blocks[2])
        #expect(chain.tip.hash == blocks[4].hash)
    }

    @Test func nothingButGarbageLeavesTheFirstBlock() throws {
        var generator = SystemRandomNumberGenerator()
        let garbage = (0..<300_000).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let (test, report, path) = try load(garbage)
        let chain = test.chain
        #expect(chain.activeChain.height == 0)
        #expect(report.recordCount == 0)
        guard case .garbage(path, 0, let count)? = report.problems.first else {
            Issue.record("no report")
            return
        }
        #expect(count > 299_000)
    }

    @Test func blocksWithoutParentsAreReported() throws {
        let blocks = try blocks(3)
        let (test, report, _) = try load(record(blocks[2]))
        let chain = test.chain
        #expect(chain.activeChain.height == 0)
        #expect(report.problems == [.orphan(blocks[2].hash, parent: blocks[1].hash)])
    }

    @Test func keyOfAnotherLengthIsRefused() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/blocks", withIntermediateDirectories: true)
        try Data([1, 2, 3]).write(to: URL(filePath: folder.path + "/blocks/xor.dat"))
        #expect(throws: StorageError.self) { try TestChain(folder: folder) }
    }

    @Test func blocksOfAnotherFolderAreTakenIn() throws {
        let source = try TestChain()
        try source.mine(5)
        let tip = source.chain.tip.hash
        try source.close()
        let test = try TestChain()
        let report = try test.chain.importBlocks(from: source.folder.path + "/blocks")
        #expect(report.blockCount == 5)
        #expect(report.problems == [])
        #expect(test.chain.tip.hash == tip)
        #expect(try test.restarted().chain.tip.hash == tip)
    }

    @Test func aMissingBlockFileStopsTheStart() throws {
        let test = try TestChain()
        try test.mine(5)
        try test.close()
        try FileManager.default.removeItem(atPath: test.folder.path + "/blocks/blk00000.dat")
        let error = #expect(throws: StorageError.self) { try TestChain(folder: test.folder) }
        #expect(error?.description.contains("blk00000.dat") == true)
    }

    @Test func aDiskErrorIsNoVerdictOnABlock() throws {
        let test = try TestChain { $0.sizes.maximumFile = 2000 }
        try test.mine(5)
        let next = "/blocks/blk0000\(test.chain.files.lastFile + 1).dat"
        try FileManager.default.createDirectory(
            atPath: test.folder.path + next, withIntermediateDirectories: false)
        let error = #expect(throws: BlockAcceptanceError.self) { try test.mine(50) }
        guard case .storage(let storage)? = error else {
            Issue.record("no storage error")
            return
        }
        #expect(storage.description.contains(next))
        #expect(test.chain.tree.blocks.allSatisfy { $0.failure == nil })
        let tip = test.chain.tip.hash
        test.crash()
        try FileManager.default.removeItem(atPath: test.folder.path + next)
        let again = try test.restarted { $0.sizes.maximumFile = 2000 }
        #expect(again.chain.tip.hash == tip)
        try again.mine(5)
    }
}
