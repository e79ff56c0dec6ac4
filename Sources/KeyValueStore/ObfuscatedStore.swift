/// A store whose values are hidden by a repeated key of eight bytes, as Core does it for its chainstate
/// (dbwrapper.cpp).
///
/// The key itself lies in the store, in clear, at a key that begins with a zero byte. Walks leave that pair out.
package final class ObfuscatedStore: KeyValueStore {
    /// Where the key lies: a string of 14 bytes with its length before it.
    package static let keyName: [UInt8] = [14, 0] + Array("obfuscate_key".utf8)

    private let store: any KeyValueStore
    /// Eight bytes; all zero when the store was begun without hiding anything.
    package let key: [UInt8]

    /// Reads the key of `store`, or gives it one when the store is empty.
    ///
    /// - Parameter newKey: eight bytes for an empty store, random ones in earnest.
    /// - Throws: `KeyValueStoreError`, also when the stored key has another form.
    package init(_ store: any KeyValueStore, path: String, newKey: [UInt8]) throws(KeyValueStoreError) {
        precondition(newKey.count == 8, "a key has eight bytes")
        self.store = store
        if let stored = try store.value(for: Self.keyName) {
            guard stored.count == 9, stored[0] == 8 else {
                throw KeyValueStoreError(.corrupt, path: path, reason: "the obfuscation key has an unknown form")
            }
            key = Array(stored[1...])
            return
        }
        var isEmpty = true
        try store.forEach(from: []) { _, _ in
            isEmpty = false
            return false
        }
        guard isEmpty else {
            // Written before there was such a key: nothing is hidden.
            key = [UInt8](repeating: 0, count: 8)
            return
        }
        key = newKey
        var batch = WriteBatch()
        batch.put([8] + newKey, at: Self.keyName)
        try store.write(batch, durably: true)
    }

    package func value(for key: [UInt8]) throws(KeyValueStoreError) -> [UInt8]? {
        guard var value = try store.value(for: key) else { return nil }
        Self.toggle(&value, self.key)
        return value
    }

    package func write(_ batch: WriteBatch, durably: Bool) throws(KeyValueStoreError) {
        try store.write(batch.hidingValues(with: key), durably: durably)
    }

    package func forEach(
        from start: [UInt8], _ body: ([UInt8], [UInt8]) -> Bool
    ) throws(KeyValueStoreError) {
        try Self.walk(store, hiddenBy: key, from: start, body)
    }

    package func snapshot() -> any KeyValueSequence { Snapshot(pairs: store.snapshot(), key: key) }

    /// What the store held at one moment, in clear.
    private final class Snapshot: KeyValueSequence {
        private let pairs: any KeyValueSequence
        private let key: [UInt8]

        init(pairs: any KeyValueSequence, key: [UInt8]) { (self.pairs, self.key) = (pairs, key) }

        func forEach(from start: [UInt8], _ body: ([UInt8], [UInt8]) -> Bool) throws(KeyValueStoreError) {
            try ObfuscatedStore.walk(pairs, hiddenBy: key, from: start, body)
        }
    }

    private static func walk(
        _ pairs: any KeyValueSequence, hiddenBy secret: [UInt8], from start: [UInt8],
        _ body: ([UInt8], [UInt8]) -> Bool
    ) throws(KeyValueStoreError) {
        var clear: [UInt8] = []
        try pairs.forEach(from: start) { key, value in
            if key == keyName { return true }
            if clear.count != value.count { clear = value }
            for index in clear.indices { clear[index] = value[index] ^ secret[index & 7] }
            return body(key, clear)
        }
    }

    package func approximateSize(from start: [UInt8], to end: [UInt8]) -> UInt64 {
        store.approximateSize(from: start, to: end)
    }

    private static func toggle(_ bytes: inout [UInt8], _ key: [UInt8]) {
        for index in bytes.indices { bytes[index] ^= key[index & 7] }
    }
}
