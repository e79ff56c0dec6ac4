import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import KeyValueStore
import Testing

/// Reading the coins of a block on several threads.
struct CoinsFetchingTests {
    /// A store that cannot read one of its values.
    private final class DamagedStore: KeyValueStore {
        private let store: any KeyValueStore
        private let damaged: [UInt8]

        init(_ store: any KeyValueStore, damaged: [UInt8]) { (self.store, self.damaged) = (store, damaged) }

        func value(for key: [UInt8]) throws(KeyValueStoreError) -> [UInt8]? {
            if key == damaged { throw KeyValueStoreError(.inputOutput, path: "coins", reason: "no such sector") }
            return try store.value(for: key)
        }

        func write(_ batch: WriteBatch, durably: Bool) throws(KeyValueStoreError) {
            try store.write(batch, durably: durably)
        }

        func forEach(from start: [UInt8], _ body: ([UInt8], [UInt8]) -> Bool) throws(KeyValueStoreError) {
            try store.forEach(from: start, body)
        }

        func snapshot() -> any KeyValueSequence { store.snapshot() }

        func approximateSize(from start: [UInt8], to end: [UInt8]) -> UInt64 { 0 }
    }

    private let outPoints = (0..<900).map { number in
        OutPoint(
            transactionID: TransactionID(rawValue: SHA256d.hash([UInt8(number & 0xff), UInt8(number >> 8)])),
            index: UInt32(number))
    }

    private func coin(_ number: Int) -> Coin {
        let output = TransactionOutput(value: Amount(number), scriptPubKey: Script([0x51]))
        return Coin(output: output, height: number, isCoinbase: number % 2 == 0)
    }

    /// A store with the coin of every third outpoint.
    private func store() throws -> MemoryStore {
        let store = MemoryStore()
        let cache = CoinsCache(over: try CoinsDatabase(store: store, path: "coins"))
        var changes: [OutPoint: Coin?] = [:]
        for number in stride(from: 0, to: outPoints.count, by: 3) { changes[outPoints[number]] = coin(number) }
        let block = BlockHash(rawValue: SHA256d.hash([1]))
        try cache.apply(changes, bestBlock: block)
        try cache.flush(keepingCoins: false)
        return store
    }

    @Test(arguments: [0, 1, 3, 16])
    func coinsComeInOrderHoweverManyThreads(threads: Int) throws {
        let store = try store()
        let cache = CoinsCache(over: try CoinsDatabase(store: store, path: "coins", fetchThreads: threads))
        // Some are in memory already, one of them spent, and one is new.
        #expect(try cache.coin(at: outPoints[30]) == coin(30))
        var changes: [OutPoint: Coin?] = [outPoints[1]: coin(1)]
        changes.updateValue(nil, forKey: outPoints[33])
        try cache.apply(changes, bestBlock: BlockHash(rawValue: SHA256d.hash([2])))
        for _ in 0..<2 {
            let found = try cache.coins(at: outPoints + outPoints.reversed())
            #expect(found.count == 1800)
            for (position, coin) in found.enumerated() {
                let number = position < 900 ? position : 1799 - position
                let isThere = number == 1 || number % 3 == 0 && number != 33
                #expect(coin == (isThere ? self.coin(number) : nil))
            }
            #expect(cache.count == 301)
        }
        #expect(try cache.coins(at: []).isEmpty)
        #expect(try cache.coins(at: [outPoints[2]]) == [nil])
    }

    @Test(arguments: [0, 16])
    func whatCannotBeReadIsNotMissing(threads: Int) throws {
        let store = try store()
        for number in [0, 450, 899] {
            let damaged = DamagedStore(store, damaged: CoinRecord.key(of: outPoints[number]))
            let cache = CoinsCache(over: try CoinsDatabase(store: damaged, path: "coins", fetchThreads: threads))
            #expect(throws: StorageError.self) { _ = try cache.coins(at: outPoints) }
            #expect(throws: StorageError.self) { _ = try CoinsOverlay(over: cache, fetching: outPoints) }
        }
        var batch = WriteBatch()
        batch.put([0xff], at: CoinRecord.key(of: outPoints[300]))
        try store.write(batch, durably: false)
        let cache = CoinsCache(over: try CoinsDatabase(store: store, path: "coins", fetchThreads: threads))
        #expect(throws: StorageError.self) { _ = try cache.coins(at: outPoints) }
    }
}
