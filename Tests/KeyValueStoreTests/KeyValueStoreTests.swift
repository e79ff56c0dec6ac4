import Foundation
import KeyValueStore
import Testing

/// What every store does, and what only the one on disk does.
struct KeyValueStoreTests {
    /// The stores that must behave alike.
    enum Kind: CaseIterable {
        case memory
        case disk
        case obfuscated

        func make(in folder: TemporaryFolder) throws -> any KeyValueStore {
            switch self {
            case .memory: MemoryStore()
            case .disk: try LevelDBStore(path: folder.path)
            case .obfuscated:
                try ObfuscatedStore(
                    LevelDBStore(path: folder.path), path: folder.path, newKey: [1, 2, 3, 4, 5, 6, 7, 8])
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func keepsWhatWasPutAndForgetsWhatWasRemoved(kind: Kind) throws {
        let folder = try TemporaryFolder()
        let store = try kind.make(in: folder)
        var batch = WriteBatch()
        batch.put([1], at: [0x61])
        batch.put([], at: [0x62])
        batch.put([2], at: [0x61])
        batch.put([3], at: [0x63])
        batch.remove([0x63])
        try store.write(batch, durably: true)
        #expect(try store.value(for: [0x61]) == [2])
        #expect(try store.value(for: [0x62]) == [])
        #expect(try store.value(for: [0x63]) == nil)
        #expect(try store.contains([0x62]))
        #expect(try !store.contains([]))
    }

    @Test(arguments: Kind.allCases)
    func walksInTheOrderOfTheBytes(kind: Kind) throws {
        let folder = try TemporaryFolder()
        let store = try kind.make(in: folder)
        var batch = WriteBatch()
        for key in [[0x62, 0xff], [0x62], [0x61, 0x80], [0x61, 0x7f, 0x01], [0x63]] as [[UInt8]] {
            batch.put(key.reversed(), at: key)
        }
        try store.write(batch, durably: false)
        var keys: [[UInt8]] = []
        try store.forEach(from: [0x61, 0x7f, 0x02]) { key, value in
            #expect(value == key.reversed())
            keys.append(key)
            return key != [0x62, 0xff]
        }
        #expect(keys == [[0x61, 0x80], [0x62], [0x62, 0xff]])
        keys = []
        try store.forEach(prefix: [0x62]) { key, _ in
            keys.append(key)
            return true
        }
        #expect(keys == [[0x62], [0x62, 0xff]])
    }

    @Test(arguments: Kind.allCases)
    func aSnapshotShowsWhatWasThere(kind: Kind) throws {
        let folder = try TemporaryFolder()
        let store = try kind.make(in: folder)
        var batch = WriteBatch()
        batch.put([1], at: [0x61])
        batch.put([2], at: [0x62])
        try store.write(batch, durably: false)
        let snapshot = store.snapshot()
        batch.removeAll()
        batch.put([9], at: [0x61])
        batch.remove([0x62])
        batch.put([3], at: [0x63])
        try store.write(batch, durably: false)
        func pairs(_ sequence: any KeyValueSequence) throws -> [[[UInt8]]] {
            var pairs: [[[UInt8]]] = []
            try sequence.forEach(prefix: []) { key, value in
                pairs.append([key, value])
                return true
            }
            return pairs
        }
        #expect(try pairs(snapshot) == [[[0x61], [1]], [[0x62], [2]]])
        #expect(try pairs(store) == [[[0x61], [9]], [[0x63], [3]]])
    }

    @Test func keepsItsContentsOnDisk() throws {
        let folder = try TemporaryFolder()
        var batch = WriteBatch()
        for number in 0..<1000 { batch.put([UInt8](repeating: 7, count: 100), at: Array("key \(number)".utf8)) }
        do {
            let store = try LevelDBStore(path: folder.path)
            try store.write(batch, durably: true)
        }
        let store = try LevelDBStore(path: folder.path)
        var count = 0
        try store.forEach(from: []) { _, value in
            count += value.count
            return true
        }
        #expect(count == 100_000)
    }

    /// What a failed write has left in the log would hide whatever is written behind it.
    @Test func writesNothingAfterAFailureUntilItIsOpenedAgain() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/store"
        var written = 0
        do {
            let store = try LevelDBStore(path: path, options: .init(cacheSize: 1 << 18))
            var batch = WriteBatch()
            batch.put([1], at: [0x61])
            try store.write(batch, durably: true)
            // Without its folder the store finds no place for its next log.
            try FileManager.default.moveItem(atPath: path, toPath: path + "-away")
            let error = #expect(throws: KeyValueStoreError.self) {
                for number in 0..<10_000 {
                    var batch = WriteBatch()
                    batch.put([UInt8](repeating: 7, count: 1000), at: [0x62] + Array("\(number)".utf8))
                    try store.write(batch, durably: false)
                    written += 1
                }
            }
            #expect(error?.kind == .inputOutput)
            try FileManager.default.moveItem(atPath: path + "-away", toPath: path)
            batch.put([2], at: [0x61])
            let failure = try #require(error)
            #expect(throws: failure) { try store.write(batch, durably: true) }
            #expect(try store.value(for: [0x61]) == [1])
        }
        #expect(written > 10)
        let store = try LevelDBStore(path: path)
        #expect(try store.value(for: [0x61]) == [1])
        var found = 0
        try store.forEach(prefix: [0x62]) { _, _ in
            found += 1
            return true
        }
        #expect(found == written)
        var batch = WriteBatch()
        batch.put([2], at: [0x61])
        try store.write(batch, durably: true)
        #expect(try store.value(for: [0x61]) == [2])
    }

    @Test func hidesValuesOnDiskAndShowsThemAgain() throws {
        let folder = try TemporaryFolder()
        let store = try LevelDBStore(path: folder.path)
        let hidden = try ObfuscatedStore(store, path: folder.path, newKey: [0xff, 0, 0, 0, 0, 0, 0, 0x0f])
        var batch = WriteBatch()
        batch.put([1, 2, 3, 4, 5, 6, 7, 8, 9], at: [0x43])
        try hidden.write(batch, durably: false)
        #expect(try store.value(for: [0x43]) == [0xfe, 2, 3, 4, 5, 6, 7, 7, 0xf6])
        #expect(try store.value(for: ObfuscatedStore.keyName) == [8, 0xff, 0, 0, 0, 0, 0, 0, 0x0f])
        let again = try ObfuscatedStore(store, path: folder.path, newKey: [9, 9, 9, 9, 9, 9, 9, 9])
        #expect(again.key == hidden.key)
        #expect(try again.value(for: [0x43]) == [1, 2, 3, 4, 5, 6, 7, 8, 9])
    }

    @Test func leavesAStoreInClearThatWasBegunInClear() throws {
        let store = MemoryStore()
        var batch = WriteBatch()
        batch.put([1], at: [0x43])
        try store.write(batch, durably: false)
        let wrapped = try ObfuscatedStore(store, path: "", newKey: [9, 9, 9, 9, 9, 9, 9, 9])
        #expect(wrapped.key == [0, 0, 0, 0, 0, 0, 0, 0])
        #expect(try wrapped.value(for: [0x43]) == [1])
    }

    @Test func refusesAnObfuscationKeyOfAnotherForm() throws {
        let store = MemoryStore()
        var batch = WriteBatch()
        batch.put([7, 1, 2, 3], at: ObfuscatedStore.keyName)
        try store.write(batch, durably: false)
        #expect(throws: KeyValueStoreError.self) {
            try ObfuscatedStore(store, path: "", newKey: [9, 9, 9, 9, 9, 9, 9, 9])
        }
    }

    @Test func isOpenOnlyOnce() throws {
        let folder = try TemporaryFolder()
        let store = try LevelDBStore(path: folder.path)
        let error = #expect(throws: KeyValueStoreError.self) { try LevelDBStore(path: folder.path) }
        #expect(error?.kind == .locked)
        #expect(error?.description.contains(folder.path) == true)
        #expect(try store.value(for: [1]) == nil)
    }

    @Test func saysThatDamagedTablesAreDamaged() throws {
        let folder = try TemporaryFolder()
        do {
            let store = try LevelDBStore(path: folder.path, options: .init(cacheSize: 256 << 10))
            for round in 0..<40 {
                var batch = WriteBatch()
                for number in 0..<100 {
                    batch.put([UInt8](repeating: UInt8(round), count: 200), at: Array("\(number) \(round)".utf8))
                }
                try store.write(batch, durably: false)
            }
        }
        let tables = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".ldb") || $0.hasSuffix(".sst")
        }
        try #require(!tables.isEmpty)
        for table in tables {
            let path = folder.path + "/" + table
            var bytes = try Data(contentsOf: URL(filePath: path))
            for index in stride(from: 0, to: bytes.count / 2, by: 64) { bytes[index] ^= 0x55 }
            try bytes.write(to: URL(filePath: path))
        }
        let error = #expect(throws: KeyValueStoreError.self) {
            let store = try LevelDBStore(path: folder.path)
            try store.forEach(from: []) { _, _ in true }
        }
        #expect(error?.kind == .corrupt)
    }

    @Test func goesAwayWhole() throws {
        let folder = try TemporaryFolder()
        do { _ = try LevelDBStore(path: folder.path) }
        try LevelDBStore.destroy(path: folder.path)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/CURRENT"))
    }
}

/// A folder that is removed with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "kv-" + UUID().uuidString).path()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
