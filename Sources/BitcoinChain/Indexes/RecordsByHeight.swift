internal import BitcoinPrimitives
internal import ByteCoding
internal import KeyValueStore

/// Records of one kind for each block, as Core's filter and coin statistics indexes keep them (index/db_key.h): those
/// of the active chain lie by height, together with the block's hash, those of blocks that have left it by hash.
struct RecordsByHeight: Sendable {
    let database: IndexDatabase

    static func key(height: Int) -> [UInt8] {
        var writer = ByteWriter(capacity: 5)
        writer.writeUInt8(UInt8(ascii: "t"))
        writer.writeUInt32BigEndian(UInt32(truncatingIfNeeded: height))
        return writer.bytes
    }

    static func key(hash: BlockHash) -> [UInt8] { [UInt8(ascii: "s")] + hash.bytes }

    /// Puts the record of a block at its height.
    func put(_ record: [UInt8], of block: IndexedBlock, in batch: inout WriteBatch) {
        batch.put(block.hash.bytes + record, at: Self.key(height: block.height))
    }

    /// The record of a block, wherever it lies; `nil` when there is none.
    func record(of block: IndexedBlock) throws(StorageError) -> [UInt8]? {
        guard let (hash, record) = try record(at: block.height) else { return nil }
        return hash == block.hash ? record : try database.value(for: Self.key(hash: block.hash))
    }

    /// The record at a height, and the block that it belongs to.
    func record(at height: Int) throws(StorageError) -> (BlockHash, [UInt8])? {
        guard let bytes = try database.value(for: Self.key(height: height)) else { return nil }
        return try split(bytes, height)
    }

    /// The records of the blocks that end with the last of `blocks`, each the parent of the next; `nil` when one is
    /// missing.
    func records(of blocks: [IndexedBlock]) throws(StorageError) -> [[UInt8]]? {
        guard let first = blocks.first else { return [] }
        var found: [[UInt8]] = []
        try database.forEach(from: Self.key(height: first.height)) { key, value in
            guard found.count < blocks.count, key == Self.key(height: first.height + found.count) else { return false }
            found.append(value)
            return true
        }
        guard found.count == blocks.count else { return nil }
        for (index, block) in blocks.enumerated() {
            let (hash, record) = try split(found[index], block.height)
            if hash == block.hash {
                found[index] = record
            } else if let record = try database.value(for: Self.key(hash: block.hash)) {
                found[index] = record
            } else {
                return nil
            }
        }
        return found
    }

    /// Keeps the record of a block that leaves the chain, before another takes its place.
    func moveAside(_ block: IndexedBlock, in batch: inout WriteBatch) throws(StorageError) {
        guard let (hash, record) = try record(at: block.height) else {
            throw database.damaged("there is no record at height \(block.height)")
        }
        batch.put(record, at: Self.key(hash: hash))
    }

    /// Puts the record of the block at which the index stands now at its height. Before a crash a block of another
    /// branch may have taken that place, and Core looks nowhere else when it takes back the one behind it.
    func restore(_ block: IndexedBlock, in batch: inout WriteBatch) throws(StorageError) {
        guard let (hash, _) = try record(at: block.height), hash != block.hash,
            let own = try database.value(for: Self.key(hash: block.hash))
        else { return }
        try moveAside(block, in: &batch)
        put(own, of: block, in: &batch)
    }

    private func split(_ bytes: [UInt8], _ height: Int) throws(StorageError) -> (BlockHash, [UInt8]) {
        guard bytes.count >= 32, let hash = BlockHash(bytes: bytes[..<32]) else {
            throw database.damaged("the record at height \(height) has an unknown form")
        }
        return (hash, Array(bytes[32...]))
    }
}
