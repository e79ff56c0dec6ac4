import BitcoinChain
import BitcoinConsensus
import BitcoinPrimitives
import Foundation
import KeyValueStore
import Testing

/// Block and undo files, written here and by Core.
struct BlockFilesTests {
    private static let key: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]

    private func files(
        in folder: TemporaryFolder, records: [BlockFileRecord] = [], key: [UInt8] = key,
        sizes: BlockFiles.Sizes = BlockFiles.Sizes()
    ) throws -> BlockFiles {
        try BlockFiles(
            folder: folder.path + "/blocks", parameters: .regtest, records: records, newKey: key, sizes: sizes)
    }

    private func undo(_ number: Int) -> BlockUndo {
        let output = TransactionOutput(value: Int64(number), scriptPubKey: Script([0x51]))
        return BlockUndo(spentCoins: [[Coin(output: output, height: number, isCoinbase: false)]])
    }

    @Test func blocksAndUndoDataComeBackAfterARestart() throws {
        let folder = try TemporaryFolder()
        let genesis = ChainParameters.regtest.genesis
        let first = try files(in: folder)
        let position = try first.append(genesis.encoded(), height: 0, time: genesis.header.time)
        let undoOffset = try first.append(undo(7), file: 0, previous: genesis.hash)
        #expect(position == BlockFiles.Position(file: 0, offset: 8))
        #expect(undoOffset == 8)
        try first.synchronize()
        let records = first.records
        #expect(first.takeChangedRecords() == [0: records[0]])
        #expect(first.takeChangedRecords().isEmpty)

        let again = try files(in: folder, records: records, key: [9, 9, 9, 9, 9, 9, 9, 9])
        #expect(try again.readBlock(at: position, hash: genesis.hash).hash == genesis.hash)
        let found = try again.readUndo(at: .init(file: 0, offset: undoOffset), previous: genesis.hash)
        #expect(found.spentCoins == undo(7).spentCoins)
        // The key is in the files: nothing of the block is there in clear.
        let raw = try Data(contentsOf: URL(filePath: folder.path + "/blocks/blk00000.dat"))
        #expect(raw.range(of: Data(genesis.encoded()[0..<40])) == nil)
        #expect(raw.count == 16 << 20)
    }

    @Test func aFullFileIsTrimmedAndFollowedByTheNext() throws {
        let folder = try TemporaryFolder()
        let files = try files(in: folder, sizes: .fastPrune)
        let block = ChainParameters.regtest.genesis
        let bytes = block.encoded() + [UInt8](repeating: 0, count: 20_000)
        var positions: [BlockFiles.Position] = []
        for height in 0..<10 { positions.append(try files.append(bytes, height: height, time: 100 + UInt32(height))) }
        #expect(positions.map(\.file) == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3])
        #expect(files.records.map(\.blockCount) == [3, 3, 3, 1])
        #expect(files.records[1].firstHeight == 3)
        #expect(files.records[1].lastTime == 105)
        let size = try FileManager.default.attributesOfItem(atPath: folder.path + "/blocks/blk00000.dat")[.size] as? Int
        #expect(size == 3 * (bytes.count + 8))
        for position in positions { #expect(try files.readBlock(at: position, hash: block.hash).hash == block.hash) }
        #expect(files.bytesInUse == UInt64(10 * (bytes.count + 8)))

        files.forget(file: 1)
        try files.delete(files: [1])
        #expect(files.records[1] == BlockFileRecord())
        #expect(throws: StorageError.self) { try files.readBytes(at: positions[4]) }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/blocks/blk00001.dat"))
    }

    @Test func damageIsFoundAndNamed() throws {
        let folder = try TemporaryFolder()
        let genesis = ChainParameters.regtest.genesis
        let files = try files(in: folder, key: [UInt8](repeating: 0, count: 8))
        let position = try files.append(genesis.encoded(), height: 0, time: 1)
        let offset = try files.append(undo(3), file: 0, previous: genesis.hash)
        #expect(throws: StorageError.self) { try files.readUndo(at: .init(file: 0, offset: offset), previous: .zero) }
        for wrong in [0, 1, 7, 9, 500, UInt32.max] as [UInt32] {
            #expect(throws: StorageError.self) { try files.readBytes(at: .init(file: 0, offset: wrong)) }
        }
        #expect(throws: StorageError.self) { try files.readBytes(at: .init(file: 5, offset: 8)) }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/blocks/blk00005.dat"))
        #expect(throws: StorageError.self) { try files.readBlock(at: position, hash: .zero) }
    }

    @Test func aFolderThatHasFilesAlreadyGetsNoKey() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/blocks", withIntermediateDirectories: true)
        try Data([1]).write(to: URL(filePath: folder.path + "/blocks/blk00000.dat"))
        _ = try files(in: folder)
        #expect(try Data(contentsOf: URL(filePath: folder.path + "/blocks/xor.dat")) == Data(count: 8))
    }

    /// Core's blocks, taken in the order in which Core stored and connected them, make Core's files again.
    @Test func coresFilesAreMadeAgainToTheByte() throws {
        let folder = try TemporaryFolder()
        guard Fixture.facts != nil, Fixture.unpack(into: folder) else { return }
        let core = folder.path + "/datadir/regtest/blocks"
        let index = BlockIndexDatabase(store: try LevelDBStore(path: core + "/index"), path: core)
        var blocks: [BlockIndexRecord] = []
        try index.forEachBlock { _, record in blocks.append(record) }
        let coreRecord = try #require(try index.file(0))
        let coreFiles = try BlockFiles(
            folder: core, parameters: .regtest, records: [coreRecord], newKey: Self.key)
        let key = [UInt8](try Data(contentsOf: URL(filePath: core + "/xor.dat")))
        let files = try files(in: folder, key: key)

        blocks.sort { $0.dataPosition < $1.dataPosition }
        for block in blocks {
            let bytes = try coreFiles.readBytes(at: .init(file: 0, offset: block.dataPosition))
            let position = try files.append(bytes, height: block.height, time: block.header.time)
            #expect(position.offset == block.dataPosition)
        }
        let connected = blocks.filter { $0.status.contains(.hasUndo) }.sorted { $0.undoPosition < $1.undoPosition }
        #expect(connected.count == 211)
        for block in connected {
            let previous = block.header.previousBlockHash
            let undo = try coreFiles.readUndo(at: .init(file: 0, offset: block.undoPosition), previous: previous)
            #expect(try files.append(undo, file: 0, previous: previous) == block.undoPosition)
        }
        #expect(files.records == [coreRecord])
        try files.synchronize()
        for name in ["blk00000.dat", "rev00000.dat"] {
            let ours = try Data(contentsOf: URL(filePath: folder.path + "/blocks/" + name))
            let theirs = try Data(contentsOf: URL(filePath: core + "/" + name))
            let used = name.hasPrefix("blk") ? coreRecord.size : coreRecord.undoSize
            #expect(ours.prefix(Int(used)) == theirs.prefix(Int(used)))
        }
    }
}
