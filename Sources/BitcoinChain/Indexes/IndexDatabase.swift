package import BitcoinPrimitives
internal import ByteCoding
internal import Foundation
package import KeyValueStore

/// The database of an index: its records, and a locator of the block they belong to.
package final class IndexDatabase: Sendable {
    /// Core's key of the locator.
    package static let bestBlockKey: [UInt8] = [UInt8(ascii: "B")]

    /// The folder.
    package let path: String
    private let store: any KeyValueStore
    private let bestBlockKey: [UInt8]

    /// Opens the database in a folder, which is made when it is missing.
    ///
    /// - Parameters:
    ///   - path: the folder.
    ///   - cacheSize: bytes of memory it may take.
    ///   - usesBloomFilter: whether a Bloom filter saves looking for missing keys.
    ///   - isRebuilt: whether everything in it is thrown away first.
    ///   - bestBlockKey: where the locator lies.
    /// - Throws: `StorageError`.
    package init(
        path: String, cacheSize: Int, usesBloomFilter: Bool = true, isRebuilt: Bool = false,
        bestBlockKey: [UInt8] = bestBlockKey
    ) throws(StorageError) {
        self.path = path
        self.bestBlockKey = bestBlockKey
        do {
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .system(path: path, error)
        }
        let replacement = StoreReplacement(path: path)
        try replacement.finish()
        if isRebuilt { try replacement.replace() }
        do {
            store = try LevelDBStore(
                path: path, options: .init(cacheSize: max(cacheSize, 1 << 20), usesBloomFilter: usesBloomFilter))
        } catch {
            throw .database(error)
        }
    }

    /// A database whose records lie in `store`; errors name `path`.
    package init(path: String, store: any KeyValueStore, bestBlockKey: [UInt8] = bestBlockKey) {
        (self.path, self.store, self.bestBlockKey) = (path, store, bestBlockKey)
    }

    /// The locator of the block that the records belong to; `nil` for a new index.
    ///
    /// - Throws: `StorageError`.
    package func bestBlock() throws(StorageError) -> BlockLocator? {
        var bytes = try value(for: bestBlockKey)
        // Where an index of an older form keeps it.
        if bytes == nil { bytes = try value(for: Self.bestBlockKey) }
        guard let bytes else { return nil }
        var reader = ByteReader(bytes)
        guard let locator = try? BlockLocator(from: &reader), reader.isAtEnd else {
            throw damaged("the best block is no locator")
        }
        return locator.isEmpty ? nil : locator
    }

    /// Writes where the index stands, together with the changes of `batch`.
    ///
    /// - Throws: `StorageError`.
    package func commit(_ batch: WriteBatch, bestBlock locator: BlockLocator) throws(StorageError) {
        var batch = batch
        batch.put(locator.encoded, at: bestBlockKey)
        try write(batch)
    }

    /// The value at `key`.
    func value(for key: [UInt8]) throws(StorageError) -> [UInt8]? {
        do {
            return try store.value(for: key)
        } catch {
            throw .database(error)
        }
    }

    /// Makes the changes of a batch together.
    func write(_ batch: WriteBatch, durably: Bool = false) throws(StorageError) {
        do {
            try store.write(batch, durably: durably)
        } catch {
            throw .database(error)
        }
    }

    /// Calls `body` with the pairs whose keys begin with `prefix`, in order, until it returns false.
    func forEach(prefix: [UInt8], _ body: ([UInt8], [UInt8]) -> Bool) throws(StorageError) {
        do {
            try store.forEach(prefix: prefix, body)
        } catch {
            throw .database(error)
        }
    }

    /// Calls `body` with the pairs from `start` on, in order, until it returns false.
    func forEach(from start: [UInt8], _ body: ([UInt8], [UInt8]) -> Bool) throws(StorageError) {
        do {
            try store.forEach(from: start, body)
        } catch {
            throw .database(error)
        }
    }

    /// What is in the database does not belong there.
    func damaged(_ reason: String) -> StorageError {
        .database(KeyValueStoreError(.corrupt, path: path, reason: reason))
    }

    /// Two random halves of a hash's key that are chosen once, when the index is new.
    func salt(at key: [UInt8]) throws(StorageError) -> (UInt64, UInt64) {
        if let bytes = try value(for: key) {
            var reader = ByteReader(bytes)
            guard let first = try? reader.readUInt64(), let second = try? reader.readUInt64(), reader.isAtEnd else {
                throw damaged("the hash's key has an unknown form")
            }
            return (first, second)
        }
        let salt = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
        var writer = ByteWriter(capacity: 16)
        writer.writeUInt64(salt.0)
        writer.writeUInt64(salt.1)
        var batch = WriteBatch()
        batch.put(writer.bytes, at: key)
        try write(batch, durably: true)
        return salt
    }
}
