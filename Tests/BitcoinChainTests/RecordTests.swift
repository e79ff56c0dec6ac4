import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import ByteCoding
import KeyValueStore
import Testing

/// The forms that coins, blocks and files have in Core's databases.
struct RecordTests {
    @Test(
        arguments: [
            (0, 0), (1, 1), (1_000_000, 7), (100_000_000, 9), (5_000_000_000, 50), (2_100_000_000_000_000, 21_000_000),
            (10, 2), (9, 81), (11, 91), (123_456_789, 1_111_111_101),
        ] as [(Int64, UInt64)])
    func amountsHaveTheirShortForm(amount: Int64, short: UInt64) {
        #expect(CompressedAmount.compress(amount) == short)
        #expect(CompressedAmount.decompress(short) == amount)
    }

    @Test func everyShortFormOfAnAmountIsItsOnlyOne() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let number = UInt64.random(in: 0...(1 << UInt64.random(in: 1...62, using: &generator)), using: &generator)
            guard let amount = CompressedAmount.decompress(number) else { continue }
            #expect(CompressedAmount.compress(amount) == number)
            let value = Int64(number % 2_100_000_000_000_001)
            #expect(CompressedAmount.decompress(CompressedAmount.compress(value)) == value)
        }
        #expect(CompressedAmount.decompress(.max) == nil)
    }

    @Test func scriptsOfSixShapesAreShort() throws {
        let hash = [UInt8](repeating: 0xab, count: 20)
        let generator = try #require(Script(hex: "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"))
            .bytes
        let full = try PublicKey(bytes: generator).uncompressed.bytes
        let cases: [(Script, [UInt8])] = [
            (Script([0x76, 0xa9, 20] + hash + [0x88, 0xac]), [0] + hash),
            (Script([0xa9, 20] + hash + [0x87]), [1] + hash),
            (Script([33] + generator + [0xac]), generator),
            (Script([65] + full + [0xac]), [4] + generator[1...]),
            (Script([0, 20] + hash), [28, 0, 20] + hash),
            (Script(), [6]),
        ]
        for (script, short) in cases {
            var writer = ByteWriter()
            CompressedScript.encode(script, to: &writer)
            #expect(writer.bytes == short)
            var reader = ByteReader(short)
            #expect(try CompressedScript.decode(from: &reader) == script)
        }
    }

    @Test func anUncompressedKeyThatIsNoPointKeepsItsBytes() throws {
        let script = Script([65, 4] + [UInt8](repeating: 0x11, count: 64) + [0xac])
        var writer = ByteWriter()
        CompressedScript.encode(script, to: &writer)
        #expect(writer.count == 68)
        var reader = ByteReader(writer.bytes)
        #expect(try CompressedScript.decode(from: &reader) == script)
    }

    @Test func aScriptTooLargeToBeSpentComesBackAsOpReturn() throws {
        var writer = ByteWriter()
        CompressedScript.encode(Script([UInt8](repeating: 0x51, count: 10_001)), to: &writer)
        CompressedScript.encode(Script([UInt8](repeating: 0x51, count: 10_000)), to: &writer)
        var reader = ByteReader(writer.bytes)
        #expect(try CompressedScript.decode(from: &reader) == Script([0x6a]))
        #expect(try CompressedScript.decode(from: &reader)?.count == 10_000)
    }

    @Test func coinsAndUndoDataComeBack() throws {
        let coins = (0..<40).map { number in
            Coin(
                output: TransactionOutput(
                    value: Int64(number) * 12_345, scriptPubKey: Script([UInt8](repeating: 0x52, count: number))),
                height: number * 7, isCoinbase: number % 3 == 0)
        }
        for coin in coins { #expect(CoinRecord.decode(CoinRecord.encode(coin)) == coin) }
        let undo = BlockUndo(spentCoins: [[], Array(coins[..<10]), Array(coins[10...])])
        #expect(UndoRecord.decode(UndoRecord.encode(undo))?.spentCoins == undo.spentCoins)
    }

    @Test func recordsCutShortOrTooLongAreRefused() throws {
        let coin = Coin(
            output: TransactionOutput(value: 5, scriptPubKey: Script([0x51])), height: 1_000_000, isCoinbase: true)
        let undo = UndoRecord.encode(BlockUndo(spentCoins: [[coin], [coin, coin]]))
        for count in undo.indices { #expect(UndoRecord.decode(Array(undo[..<count])) == nil) }
        #expect(UndoRecord.decode(undo + [0]) == nil)
        let record = CoinRecord.encode(coin)
        for count in record.indices { #expect(CoinRecord.decode(Array(record[..<count])) == nil) }
        #expect(CoinRecord.decode(record + [0]) == nil)
    }

    @Test func randomBytesNeverTrap() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0..<120)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            _ = UndoRecord.decode(bytes)
            _ = CoinRecord.decode(bytes)
            _ = CoinRecord.outPoint(ofKey: [UInt8(ascii: "C")] + bytes)
            _ = BlockIndexRecord(bytes: bytes)
            _ = BlockFileRecord(bytes: bytes)
        }
    }

    @Test func aChangeInSeveralBatchesIsKnownAsCutShortUntilTheLast() throws {
        let store = MemoryStore()
        let database = try CoinsDatabase(store: store, path: "coins", batchSize: 60)
        #expect(database.state == .empty)
        let first = BlockHash(rawValue: Hash256(words: 1, 0, 0, 0))
        let second = BlockHash(rawValue: Hash256(words: 2, 0, 0, 0))
        var changes: [OutPoint: Coin?] = [:]
        for index in 0..<300 as Range<UInt32> {
            let outPoint = OutPoint(
                transactionID: TransactionID(rawValue: Hash256(words: 9, 9, 9, 9)), index: index * 91)
            changes[outPoint] = Coin(
                output: TransactionOutput(value: Int64(index), scriptPubKey: Script()), height: 3, isCoinbase: false)
        }
        try database.apply(changes, bestBlock: first)
        #expect(try CoinsDatabase(store: store, path: "coins").state == .complete(first))
        var indexes: [UInt32] = []
        try database.forEachCoin { outPoint, _ in indexes.append(outPoint.index) }
        #expect(indexes == (0..<300).map { $0 * 91 })

        // What the store holds when the machine stops between two batches.
        var batch = WriteBatch()
        batch.remove([UInt8(ascii: "B")])
        batch.put([2] + second.bytes + first.bytes, at: [UInt8(ascii: "H")])
        try store.write(batch, durably: true)
        let cutShort = try CoinsDatabase(store: store, path: "coins")
        #expect(cutShort.state == .partial(target: second, origin: first))
        #expect(throws: StorageError.self) { try cutShort.apply([:], bestBlock: first) }
        try cutShort.apply([:], bestBlock: second)
        #expect(cutShort.state == .complete(second))
    }

    @Test func aRecordThatIsNoCoinIsDamageAndNotAMissingCoin() throws {
        let store = MemoryStore()
        let database = try CoinsDatabase(store: store, path: "coins")
        let outPoint = OutPoint(transactionID: .zero, index: 1)
        var batch = WriteBatch()
        batch.put([0xff, 0xff], at: CoinRecord.key(of: outPoint))
        try store.write(batch, durably: true)
        #expect(throws: StorageError.self) { try database.coin(at: outPoint) }
        #expect(try database.coin(at: OutPoint(transactionID: .zero, index: 2)) == nil)
    }

    /// What Core wrote, read and written again.
    @Test func coresDatabasesAreReadAndWrittenToTheByte() throws {
        let folder = try TemporaryFolder()
        guard let facts = Fixture.facts, Fixture.unpack(into: folder) else { return }
        let network = folder.path + "/datadir/regtest"

        let indexStore = try LevelDBStore(path: network + "/blocks/index")
        let index = BlockIndexDatabase(store: indexStore, path: "index")
        var blocks: [BlockHash: BlockIndexRecord] = [:]
        try index.forEachBlock { hash, record in
            #expect(record.header.hash == hash)
            blocks[hash] = record
        }
        #expect(blocks.count == 212)
        for (hash, record) in blocks {
            #expect(try indexStore.value(for: BlockIndexRecord.key(of: hash)) == record.encoded)
        }
        let files = try #require(try index.file(index.lastFile))
        #expect(try indexStore.value(for: BlockFileRecord.key(ofFile: index.lastFile)) == files.encoded)
        #expect(files.blockCount == 212)
        #expect(try !index.isReindexing)

        let path = network + "/chainstate"
        let store = try ObfuscatedStore(
            LevelDBStore(path: path), path: path, newKey: [UInt8](repeating: 1, count: 8))
        let coins = try CoinsDatabase(store: store, path: path)
        #expect(coins.bestBlock.description == facts.getblockchaininfo.bestblockhash)
        let statistics = try CoinsStatistics(of: coins)
        #expect(statistics.outputCount == facts.gettxoutsetinfo_none.txouts)
        #expect(
            statistics.serializedHash.description == facts.gettxoutsetinfo_hash_serialized_3.hash_serialized_3)
        try store.forEach(prefix: [CoinRecord.keyPrefix]) { key, value in
            #expect(CoinRecord.outPoint(ofKey: key).map(CoinRecord.key(of:)) == key)
            #expect(CoinRecord.decode(value).map(CoinRecord.encode) == value)
            return true
        }
    }
}
