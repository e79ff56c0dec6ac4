import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import KeyValueStore
import Testing

/// The cache of coins against a plain dictionary, and what reaches the database.
struct CoinsCacheTests {
    private func outPoint(_ number: Int) -> OutPoint {
        let id = TransactionID(rawValue: SHA256d.hash([UInt8(number & 0xff), UInt8(number >> 8 & 0xff)]))
        return OutPoint(transactionID: id, index: UInt32(number % 3))
    }

    private func block(_ number: Int) -> BlockHash {
        BlockHash(rawValue: Hash256(words: UInt64(number), 0, 0, 0))
    }

    @Test func aCoinMadeAndSpentBetweenFlushesNeverReachesTheDatabase() throws {
        let store = MemoryStore()
        let cache = CoinsCache(over: try CoinsDatabase(store: store, path: "coins"))
        let coin = Coin(
            output: TransactionOutput(value: 1, scriptPubKey: Script([0x51])), height: 1, isCoinbase: false)
        try cache.apply([outPoint(1): coin, outPoint(2): coin], bestBlock: block(1))
        try cache.apply([outPoint(1): nil], bestBlock: block(2))
        #expect(cache.count == 1)
        #expect(try cache.coin(at: outPoint(1)) == nil)
        #expect(try store.value(for: CoinRecord.key(of: outPoint(2))) == nil)
        try cache.flush(keepingCoins: true)
        #expect(try store.value(for: CoinRecord.key(of: outPoint(1))) == nil)
        #expect(try store.value(for: CoinRecord.key(of: outPoint(2))) == CoinRecord.encode(coin))
        try cache.apply([outPoint(2): nil], bestBlock: block(3))
        #expect(try cache.coin(at: outPoint(2)) == nil)
        try cache.flush(keepingCoins: true)
        #expect(try store.value(for: CoinRecord.key(of: outPoint(2))) == nil)
        #expect(cache.count == 0)
        #expect(try CoinsDatabase(store: store, path: "coins").state == .complete(block(3)))
    }

    @Test func holdsTheSameCoinsAsADictionary() throws {
        let store = MemoryStore()
        var cache = CoinsCache(over: try CoinsDatabase(store: store, path: "coins", batchSize: 500))
        var expected: [OutPoint: Coin] = [:]
        var generator = SystemRandomNumberGenerator()
        for round in 1...400 {
            var changes: [OutPoint: Coin?] = [:]
            for _ in 0..<Int.random(in: 0..<60) {
                let outPoint = outPoint(Int.random(in: 0..<1500, using: &generator))
                if try cache.coin(at: outPoint) != nil {
                    changes.updateValue(nil, forKey: outPoint)
                } else {
                    let script = Script([UInt8](repeating: 0x51, count: Int.random(in: 0..<200)))
                    changes[outPoint] = Coin(
                        output: TransactionOutput(value: Int64(round), scriptPubKey: script), height: round,
                        isCoinbase: Bool.random())
                }
            }
            try cache.apply(changes, bestBlock: block(round))
            for (outPoint, coin) in changes { expected[outPoint] = coin }
            switch round % 17 {
            case 3: try cache.flush(keepingCoins: true)
            case 9: try cache.flush(keepingCoins: false)
            case 15:
                try cache.flush(keepingCoins: false)
                cache = CoinsCache(over: try CoinsDatabase(store: store, path: "coins", batchSize: 500))
                #expect(cache.bestBlock == block(round))
            default: break
            }
            for number in stride(from: 0, to: 1500, by: 7) {
                #expect(try cache.coin(at: outPoint(number)) == expected[outPoint(number)])
            }
        }
        var found: [OutPoint: Coin] = [:]
        try cache.forEachCoin { found[$0] = $1 }
        #expect(found == expected)
    }

    @Test func memoryIsBoundedWhileCoinsComeAndGo() throws {
        let cache = CoinsCache(over: try CoinsDatabase(store: MemoryStore(), path: "coins"))
        let coin = Coin(
            output: TransactionOutput(value: 1, scriptPubKey: Script([UInt8](repeating: 1, count: 1000))), height: 1,
            isCoinbase: false)
        var largest = 0
        for round in 0..<3000 {
            var changes: [OutPoint: Coin?] = [outPoint(round): coin]
            if round >= 100 { changes.updateValue(nil, forKey: outPoint(round - 100)) }
            try cache.apply(changes, bestBlock: block(round))
            largest = max(largest, cache.memoryUse)
        }
        #expect(cache.count == 100)
        // A hundred coins of a thousand bytes, the tables, and as much garbage as there may be.
        #expect(largest < 2_000_000)
    }
}
