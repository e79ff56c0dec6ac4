// Design note of KeyValueStore.
//
// An ordered map from byte strings to byte strings, kept on disk by LevelDB, because that is what Bitcoin Core's
// chainstate, block index and other indexes are.
//
// - `KeyValueStore` is the protocol that others see; `LevelDBStore` is the real one, `MemoryStore` the one for tests.
// - Writes come as a `WriteBatch`, which happens whole or not at all. A batch can be forced to disk before the call
//   returns.
// - Walks go over keys in the order of their bytes, as the store was when the walk began; `snapshot()` keeps what is
//   there for walks that come later.
// - `ObfuscatedStore` hides values as Core does it, so that virus scanners find nothing in them.
// - A failure is an error of the disk or the database, never "not found", and says what to do about it.
//
// The pointers of the C library live in this module only.

/// Pairs that can be walked over in the order of their keys.
///
/// Safe to use from several threads at once.
package protocol KeyValueSequence: AnyObject, Sendable {
    /// Calls `body` with each pair from `start` on, in the order of the keys' bytes, until it returns false.
    ///
    /// - Throws: `KeyValueStoreError` when the pairs cannot be read to the end.
    func forEach(from start: [UInt8], _ body: ([UInt8], [UInt8]) -> Bool) throws(KeyValueStoreError)
}

/// An ordered map from byte strings to byte strings.
package protocol KeyValueStore: KeyValueSequence {
    /// The value at `key`; `nil` when there is none.
    ///
    /// - Throws: `KeyValueStoreError` when the store cannot tell.
    func value(for key: [UInt8]) throws(KeyValueStoreError) -> [UInt8]?

    /// Makes all changes of a batch, or none of them.
    ///
    /// - Parameter durably: whether they are on disk when the call returns, so that they survive a loss of power.
    /// - Throws: `KeyValueStoreError`.
    func write(_ batch: WriteBatch, durably: Bool) throws(KeyValueStoreError)

    /// The pairs as they are now, whatever is written afterwards. The store stays open as long as they are held.
    func snapshot() -> any KeyValueSequence

    /// About how many bytes the keys from `start` up to `end` take on disk.
    func approximateSize(from start: [UInt8], to end: [UInt8]) -> UInt64
}

extension KeyValueSequence {
    /// Calls `body` with each pair whose key begins with `prefix`, in the order of the keys' bytes, until it returns
    /// false.
    ///
    /// - Throws: `KeyValueStoreError` when the store cannot be read to the end.
    package func forEach(
        prefix: [UInt8], _ body: ([UInt8], [UInt8]) -> Bool
    ) throws(KeyValueStoreError) {
        try forEach(from: prefix) { key, value in key.starts(with: prefix) && body(key, value) }
    }
}

extension KeyValueStore {
    /// Whether there is a value at `key`.
    ///
    /// - Throws: `KeyValueStoreError` when the store cannot tell.
    package func contains(_ key: [UInt8]) throws(KeyValueStoreError) -> Bool {
        try value(for: key) != nil
    }
}
