internal import Foundation
internal import KeyValueStore

// Opening the databases, and writing what has changed.

extension ChainState {
    /// How the memory of `-dbcache` is divided (Core's node/caches.cpp).
    private static func shares(of cacheSize: Int) -> (index: Int, coinsDatabase: Int, coins: Int) {
        let index = min(cacheSize / 8, 2 << 20)
        let coinsDatabase = min((cacheSize - index) / 2, 8 << 20)
        return (index, coinsDatabase, cacheSize - index - coinsDatabase)
    }

    /// Bytes that coins in memory may take.
    var coinsCacheLimit: Int { Self.shares(of: configuration.cacheSize).coins / (historical == nil ? 1 : 2) }

    /// Bytes that the coins' database may take.
    var coinsDatabaseCacheSize: Int { Self.shares(of: configuration.cacheSize).coinsDatabase }

    static func openIndex(_ configuration: Configuration) throws(StorageError) -> BlockIndexDatabase {
        let path = configuration.blocksFolder + "/index"
        try makeFolder(configuration.blocksFolder)
        let replacement = StoreReplacement(path: path)
        try replacement.finish()
        if configuration.rebuild == .everything {
            // An empty index that says nothing of this would be taken for that of a new node, which writes its blocks
            // over those in the files.
            try replacement.replace { path throws(StorageError) in
                let index = BlockIndexDatabase(store: try openStore(path, cacheSize: 1 << 20), path: path)
                try index.setReindexing(true)
            }
        }
        let size = shares(of: configuration.cacheSize).index
        return BlockIndexDatabase(store: try openStore(path, cacheSize: size), path: path)
    }

    static func openCoins(
        _ configuration: Configuration, folder path: String, isRebuilt: Bool
    ) throws(StorageError) -> CoinsDatabase {
        let store = try openCoinsStore(configuration, folder: path, isRebuilt: isRebuilt)
        return try CoinsDatabase(
            store: store, path: path, batchSize: configuration.batchSize, fetchThreads: configuration.fetchThreads)
    }

    /// Opens the store of coins in a folder; an empty one when it is to be built anew.
    static func openCoinsStore(
        _ configuration: Configuration, folder path: String, isRebuilt: Bool
    ) throws(StorageError) -> ObfuscatedStore {
        try makeFolder(path + "/..")
        let replacement = StoreReplacement(path: path)
        try replacement.finish()
        if isRebuilt { try replacement.replace() }
        let disk = try openStore(path, cacheSize: shares(of: configuration.cacheSize).coinsDatabase)
        do {
            let key = (0..<8).map { _ in UInt8.random(in: .min ... .max) }
            return try ObfuscatedStore(disk, path: path, newKey: key)
        } catch {
            throw .database(error)
        }
    }

    private static func openStore(_ path: String, cacheSize: Int) throws(StorageError) -> LevelDBStore {
        do {
            return try LevelDBStore(path: path, options: .init(cacheSize: cacheSize))
        } catch {
            throw .database(error)
        }
    }

    /// What the index knows of the files, up to the last one.
    static func fileRecords(of index: BlockIndexDatabase) throws(StorageError) -> [BlockFileRecord] {
        var records: [BlockFileRecord] = []
        for number in 0...(try index.lastFile) { records.append(try index.file(number) ?? BlockFileRecord()) }
        // A crash may have left a file behind the last one that was noted.
        while let record = try index.file(records.count) { records.append(record) }
        return records
    }

    private static func makeFolder(_ path: String) throws(StorageError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .system(path: path, error)
        }
    }

    /// Puts the index on disk after every block that comes alone, and the coins now and then.
    func flushAsNeeded() throws(StorageError) {
        try flushFullCache()
        if ContinuousClock.now - lastFlush > .seconds(3600) {
            try flush(keepingCoins: true)
        } else if !isBulkLoading {
            try flushIndex()
        }
    }

    /// Gives back the memory of coins when it is full. Called after every block, so that a long way needs no more.
    func flushFullCache() throws(StorageError) {
        if coins.isFull(above: coinsCacheLimit) { try flush(keepingCoins: false) }
    }

    /// Makes everything safe on disk: block files, then the index that points into them, then the coins.
    ///
    /// - Parameter keepingCoins: whether coins stay in memory too.
    /// - Throws: `StorageError`; nothing is forgotten then.
    package func flush(keepingCoins: Bool = true) throws(StorageError) {
        for path in [configuration.blocksFolder, configuration.chainStateFolder] { try Self.checkFreeSpace(path) }
        try flushIndex()
        try coins.flush(keepingCoins: keepingCoins)
        try historical?.coins.flush(keepingCoins: keepingCoins)
        lastFlush = .now
        try commitIndexes()
    }

    /// A disk that runs full in the middle of a change leaves more to mend than one that was found full before.
    private static func checkFreeSpace(_ path: String) throws(StorageError) {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: path)
        guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.uint64Value, free < minimumFreeSpace else {
            return
        }
        throw .system(path: path, reason: "Disk space is too low! Only \(free >> 20) MiB are free.")
    }

    /// Bytes that must be free before anything is written (Core's `CheckDiskSpace`).
    private static let minimumFreeSpace: UInt64 = 50 << 20

    func flushIndex() throws(StorageError) {
        guard !changedBlocks.isEmpty else { return }
        try files.synchronize()
        try index.write(
            files: files.takeChangedRecords(), lastFile: files.lastFile,
            blocks: changedBlocks.lazy.map { ($0.hash, $0.record) })
        changedBlocks.removeAll(keepingCapacity: true)
    }
}
