/// Changes to a store that happen together. Of several changes to one key the last counts.
///
/// Keys and values lie one after another in one block of memory: a batch may hold millions.
package struct WriteBatch: Sendable {
    private struct Change {
        var keyCount: UInt32
        /// Nothing is put when it is the largest number.
        var valueCount: UInt32

        static let removal = UInt32.max
    }

    private var changes: [Change] = []
    private var bytes: [UInt8] = []
    /// What is mixed into every value that is handed out, or nothing.
    private var secret: [UInt8] = []
    /// About how many bytes the batch takes, to end one before it grows too large.
    package private(set) var byteCount = 0

    /// No changes.
    package init() {}

    /// Whether nothing changes.
    package var isEmpty: Bool { changes.isEmpty }

    /// How many changes there are.
    package var count: Int { changes.count }

    /// Puts `value` at `key`.
    ///
    /// - Precondition: both have fewer than 2^32 - 1 bytes.
    package mutating func put(_ value: [UInt8], at key: [UInt8]) { put(value[...], at: key) }

    /// Puts `value` at `key`.
    ///
    /// - Precondition: both have fewer than 2^32 - 1 bytes.
    package mutating func put(_ value: ArraySlice<UInt8>, at key: [UInt8]) {
        precondition(value.count < Change.removal, "a value that no store takes")
        changes.append(Change(keyCount: UInt32(key.count), valueCount: UInt32(value.count)))
        bytes.append(contentsOf: key)
        bytes.append(contentsOf: value)
        // One byte of kind, and a length of one byte in most cases, before each string.
        byteCount += key.count + value.count + 3
    }

    /// Takes the value at `key` away.
    package mutating func remove(_ key: [UInt8]) {
        changes.append(Change(keyCount: UInt32(key.count), valueCount: Change.removal))
        bytes.append(contentsOf: key)
        byteCount += key.count + 2
    }

    /// Empties the batch and keeps its room.
    package mutating func removeAll() {
        changes.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        byteCount = 0
    }

    /// The same changes, with eight bytes mixed into every value, from its first byte on. Takes no memory.
    func hidingValues(with secret: [UInt8]) -> WriteBatch {
        var hidden = self
        hidden.secret = secret
        return hidden
    }

    /// Calls `body` with each change in its order: the key, and the value to put, or nil to take it away.
    func forEach(_ body: (ArraySlice<UInt8>, ArraySlice<UInt8>?) -> Void) {
        var mixed: [UInt8] = []
        var start = 0
        for change in changes {
            let middle = start + Int(change.keyCount)
            guard change.valueCount != Change.removal else {
                body(bytes[start..<middle], nil)
                start = middle
                continue
            }
            let end = middle + Int(change.valueCount)
            if secret.isEmpty {
                body(bytes[start..<middle], bytes[middle..<end])
            } else {
                mixed.removeAll(keepingCapacity: true)
                mixed.append(contentsOf: bytes[middle..<end])
                for index in mixed.indices { mixed[index] ^= secret[index & 7] }
                body(bytes[start..<middle], mixed[...])
            }
            start = end
        }
    }
}
