internal import Synchronization

/// A store that lives in memory and dies with it: a stand-in for tests, and for work that should leave nothing behind.
package final class MemoryStore: KeyValueStore {
    private let pairs = Mutex<[[UInt8]: [UInt8]]>([:])

    /// An empty store.
    package init() {}

    package func value(for key: [UInt8]) throws(KeyValueStoreError) -> [UInt8]? {
        pairs.withLock { $0[key] }
    }

    package func write(_ batch: WriteBatch, durably: Bool) throws(KeyValueStoreError) {
        pairs.withLock { pairs in
            batch.forEach { key, value in pairs[Array(key)] = value.map { Array($0) } }
        }
    }

    package func forEach(
        from start: [UInt8], _ body: ([UInt8], [UInt8]) -> Bool
    ) throws(KeyValueStoreError) {
        let sorted = pairs.withLock { pairs in
            pairs.filter { !$0.key.lexicographicallyPrecedes(start) }
                .sorted { $0.key.lexicographicallyPrecedes($1.key) }
        }
        for (key, value) in sorted where !body(key, value) { return }
    }

    package func snapshot() -> any KeyValueSequence {
        let copy = MemoryStore()
        let pairs = pairs.withLock(\.self)
        copy.pairs.withLock { $0 = pairs }
        return copy
    }

    package func approximateSize(from start: [UInt8], to end: [UInt8]) -> UInt64 {
        pairs.withLock { pairs in
            pairs.reduce(0) { sum, pair in
                let isInside =
                    !pair.key.lexicographicallyPrecedes(start) && pair.key.lexicographicallyPrecedes(end)
                return sum + (isInside ? UInt64(pair.key.count + pair.value.count) : 0)
            }
        }
    }
}
