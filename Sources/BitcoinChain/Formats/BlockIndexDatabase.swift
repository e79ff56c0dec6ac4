internal import BitcoinConsensus
package import BitcoinPrimitives
internal import ByteCoding
package import KeyValueStore

/// Core's `blocks/index` (node/blockstorage.cpp): a record for each block and each file, the number of the last file,
/// and flags.
package final class BlockIndexDatabase {
    private static let lastFileKey: [UInt8] = [UInt8(ascii: "l")]
    private static let reindexKey: [UInt8] = [UInt8(ascii: "R")]

    private let store: any KeyValueStore
    private let path: String

    /// - Parameters:
    ///   - store: the store, which Core does not obfuscate.
    ///   - path: its folder, for error texts.
    package init(store: any KeyValueStore, path: String) {
        self.store = store
        self.path = path
    }

    /// Calls `body` with the record of every block, in the order of the hashes' bytes.
    ///
    /// - Throws: `StorageError`.
    package func forEachBlock(_ body: (BlockHash, BlockIndexRecord) -> Void) throws(StorageError) {
        var damage: StorageError?
        do {
            try store.forEach(prefix: [UInt8(ascii: "b")]) { key, value in
                guard let hash = BlockHash(bytes: key.dropFirst()), let record = BlockIndexRecord(bytes: value) else {
                    damage = damaged("no block at the key \(Hex.encode(key))")
                    return false
                }
                body(hash, record)
                return true
            }
        } catch {
            throw .database(error)
        }
        if let damage { throw damage }
    }

    /// The record of a file; `nil` when there is none.
    ///
    /// - Throws: `StorageError`.
    package func file(_ number: Int) throws(StorageError) -> BlockFileRecord? {
        guard let bytes = try read(BlockFileRecord.key(ofFile: number)) else { return nil }
        guard let record = BlockFileRecord(bytes: bytes) else { throw damaged("no record of file \(number)") }
        return record
    }

    /// The number of the file that blocks are appended to; 0 for a new database.
    ///
    /// - Throws: `StorageError`.
    package var lastFile: Int {
        get throws(StorageError) {
            guard let bytes = try read(Self.lastFileKey) else { return 0 }
            var reader = ByteReader(bytes)
            guard let number = try? reader.readInt32(), reader.isAtEnd, number >= 0 else {
                throw damaged("the last file has no number")
            }
            return Int(number)
        }
    }

    /// Whether the index is being built anew from the block files.
    ///
    /// - Throws: `StorageError`.
    package var isReindexing: Bool {
        get throws(StorageError) { try read(Self.reindexKey) != nil }
    }

    /// Notes that the index is being built anew, or that this is done.
    ///
    /// - Throws: `StorageError`.
    package func setReindexing(_ isReindexing: Bool) throws(StorageError) {
        var batch = WriteBatch()
        if isReindexing { batch.put([UInt8(ascii: "1")], at: Self.reindexKey) } else { batch.remove(Self.reindexKey) }
        try write(batch)
    }

    /// A named flag, such as `prunedblockfiles`; false when it was never set.
    ///
    /// - Throws: `StorageError`.
    package func flag(_ name: String) throws(StorageError) -> Bool {
        guard let bytes = try read(Self.flagKey(name)) else { return false }
        guard bytes.count == 1 else { throw damaged("the flag \(name) is no flag") }
        return bytes[0] == UInt8(ascii: "1")
    }

    /// Sets a named flag.
    ///
    /// - Throws: `StorageError`.
    package func setFlag(_ name: String, _ value: Bool) throws(StorageError) {
        var batch = WriteBatch()
        batch.put([UInt8(ascii: value ? "1" : "0")], at: Self.flagKey(name))
        try write(batch)
    }

    /// Puts records of files and blocks, and the number of the last file, on disk together.
    ///
    /// - Throws: `StorageError`.
    package func write(
        files: [Int: BlockFileRecord], lastFile: Int, blocks: some Sequence<(BlockHash, BlockIndexRecord)>
    ) throws(StorageError) {
        var batch = WriteBatch()
        for (number, record) in files { batch.put(record.encoded, at: BlockFileRecord.key(ofFile: number)) }
        var last = ByteWriter(capacity: 4)
        last.writeInt32(Int32(truncatingIfNeeded: lastFile))
        batch.put(last.bytes, at: Self.lastFileKey)
        for (hash, record) in blocks { batch.put(record.encoded, at: BlockIndexRecord.key(of: hash)) }
        try write(batch)
    }

    private static func flagKey(_ name: String) -> [UInt8] {
        [UInt8(ascii: "F"), UInt8(truncatingIfNeeded: name.utf8.count)] + Array(name.utf8)
    }

    private func write(_ batch: WriteBatch) throws(StorageError) {
        do {
            try store.write(batch, durably: true)
        } catch {
            throw .database(error)
        }
    }

    private func read(_ key: [UInt8]) throws(StorageError) -> [UInt8]? {
        do {
            return try store.value(for: key)
        } catch {
            throw .database(error)
        }
    }

    private func damaged(_ reason: String) -> StorageError {
        .database(KeyValueStoreError(.corrupt, path: path, reason: reason))
    }
}
