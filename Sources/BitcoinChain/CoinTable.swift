internal import BitcoinCrypto
internal import BitcoinPrimitives

/// Coins in memory, many to a block of memory: a hash table with open addressing, and their records, as they are in the
/// database, one after another in a byte array. No coin is an object of its own.
///
/// A spent coin is an entry without a record. What it held stays in the byte array until there is more garbage than
/// use.
struct CoinTable {
    /// What is known of a coin beside its record.
    struct Flags: OptionSet {
        let rawValue: UInt8
        /// The database has another value.
        static let dirty = Flags(rawValue: 1)
        /// The database has none.
        static let fresh = Flags(rawValue: 2)
    }

    private struct Entry {
        var id: Hash256
        var index: UInt32
        var offset: UInt32
        var length: UInt32
        var flags: Flags

        static let none = Entry(id: .zero, index: 0, offset: 0, length: 0, flags: [])
    }

    /// Tags of a slot: nothing yet, or once something, or seven bits of the hash.
    private enum Tag {
        static let empty: UInt8 = 0
        static let deleted: UInt8 = 1
        static let used: UInt8 = 0x80
    }

    private var tags: [UInt8]
    private var entries: [Entry]
    private var bytes: [UInt8] = []
    private var garbage = 0
    /// Slots that are not empty, deleted ones among them.
    private var occupied = 0
    /// Coins, spent ones among them.
    private(set) var count = 0

    init() {
        tags = [UInt8](repeating: Tag.empty, count: 16)
        entries = [Entry](repeating: .none, count: 16)
    }

    /// Whether the records come near the size that 32 bits can name a place in. What one block reads and changes has room
    /// beyond that.
    var isFull: Bool { bytes.count > 1 << 31 }

    /// Bytes of memory in use.
    var memoryUse: Int {
        tags.capacity + entries.capacity * MemoryLayout<Entry>.stride + bytes.capacity
    }

    /// Finds the coin at an outpoint.
    ///
    /// - Parameter hash: the outpoint's hash.
    /// - Returns: the slot; `nil` when nothing is known of the coin.
    func find(_ outPoint: OutPoint, hash: Int) -> Int? {
        let mask = tags.count &- 1
        let tag = Tag.used | UInt8(truncatingIfNeeded: hash & 0x7f)
        var slot = (hash >> 7) & mask
        while tags[slot] != Tag.empty {
            if tags[slot] == tag, entries[slot].index == outPoint.index,
                entries[slot].id == outPoint.transactionID.rawValue
            {
                return slot
            }
            slot = (slot &+ 1) & mask
        }
        return nil
    }

    /// The record at a slot; empty for a spent coin.
    func record(at slot: Int) -> ArraySlice<UInt8> {
        let entry = entries[slot]
        return bytes[Int(entry.offset)..<Int(entry.offset &+ entry.length)]
    }

    /// Whether the coin at a slot is spent.
    func isSpent(at slot: Int) -> Bool { entries[slot].length == 0 }

    /// What else is known of the coin at a slot.
    func flags(at slot: Int) -> Flags { entries[slot].flags }

    /// Puts another record at a slot; an empty one means that the coin is spent.
    mutating func update(_ slot: Int, record: some Collection<UInt8>, flags: Flags) {
        garbage += Int(entries[slot].length)
        entries[slot].flags = flags
        entries[slot].length = UInt32(record.count)
        entries[slot].offset = UInt32(record.isEmpty ? 0 : bytes.count)
        bytes.append(contentsOf: record)
        compactIfWorthwhile()
    }

    /// Adds a coin of which nothing is known yet.
    mutating func insert(_ outPoint: OutPoint, hash: Int, record: some Collection<UInt8>, flags: Flags) {
        if (occupied + 1) * 8 > tags.count * 7 { rehash() }
        let mask = tags.count &- 1
        var slot = (hash >> 7) & mask
        while tags[slot] >= Tag.used { slot = (slot &+ 1) & mask }
        if tags[slot] == Tag.empty { occupied += 1 }
        tags[slot] = Tag.used | UInt8(truncatingIfNeeded: hash & 0x7f)
        entries[slot] = Entry(
            id: outPoint.transactionID.rawValue, index: outPoint.index,
            offset: UInt32(record.isEmpty ? 0 : bytes.count), length: UInt32(record.count), flags: flags)
        bytes.append(contentsOf: record)
        count += 1
    }

    /// Takes a coin out of the table.
    mutating func remove(_ slot: Int) {
        garbage += Int(entries[slot].length)
        tags[slot] = Tag.deleted
        entries[slot] = .none
        count -= 1
        compactIfWorthwhile()
    }

    /// Calls `body` with every coin that differs from the database; its record is empty when it is spent.
    ///
    /// They come in the order of the bytes of their transactions' ids, as the database has them: LevelDB finds the place
    /// of the next key beside that of the last, and need not merge what it wrote before with what comes later.
    func forEachDirty(_ body: (OutPoint, ArraySlice<UInt8>) -> Void) {
        var dirty: [(prefix: UInt64, index: UInt32, slot: Int)] = []
        dirty.reserveCapacity(count)
        for slot in tags.indices where tags[slot] >= Tag.used && entries[slot].flags.contains(.dirty) {
            dirty.append((entries[slot].id.words.0.byteSwapped, entries[slot].index, slot))
        }
        dirty.sort { ($0.prefix, $0.index) < ($1.prefix, $1.index) }
        for (_, index, slot) in dirty {
            body(
                OutPoint(transactionID: TransactionID(rawValue: entries[slot].id), index: index), record(at: slot))
        }
    }

    /// Notes that the database has every change: spent coins go, the others are as they are there.
    mutating func settle() {
        for slot in tags.indices where tags[slot] >= Tag.used {
            if isSpent(at: slot) {
                tags[slot] = Tag.deleted
                entries[slot] = .none
                count -= 1
            } else {
                entries[slot].flags = []
            }
        }
    }

    /// Makes room: to twice the size when it is needed, else the same size without the traces of what was deleted.
    private mutating func rehash() {
        let size = count * 2 > tags.count ? tags.count * 2 : tags.count
        var other = CoinTable()
        other.tags = [UInt8](repeating: Tag.empty, count: size)
        other.entries = [Entry](repeating: .none, count: size)
        let mask = size &- 1
        for slot in tags.indices where tags[slot] >= Tag.used {
            let entry = entries[slot]
            let hash = Self.hash(of: OutPoint(transactionID: TransactionID(rawValue: entry.id), index: entry.index))
            var target = (hash >> 7) & mask
            while other.tags[target] != Tag.empty { target = (target &+ 1) & mask }
            other.tags[target] = tags[slot]
            other.entries[target] = entry
        }
        tags = other.tags
        entries = other.entries
        occupied = count
    }

    private mutating func compactIfWorthwhile() {
        guard garbage > 4096, garbage * 2 > bytes.count else { return }
        var compact: [UInt8] = []
        compact.reserveCapacity(bytes.count - garbage)
        for slot in tags.indices where tags[slot] >= Tag.used && entries[slot].length > 0 {
            let start = compact.count
            compact.append(contentsOf: record(at: slot))
            entries[slot].offset = UInt32(start)
        }
        bytes = compact
        garbage = 0
    }

    /// The hash of an outpoint: keyed, so that nobody can choose transactions that all fall together.
    static func hash(of outPoint: OutPoint) -> Int { outPoint.hashValue & Int.max }
}
