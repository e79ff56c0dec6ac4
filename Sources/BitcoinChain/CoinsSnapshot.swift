package import BitcoinConsensus
internal import BitcoinCrypto
package import BitcoinPrimitives
internal import ByteCoding
internal import KeyValueStore

/// All coins after one block, as they were when it was the tip: to be read on another thread while the chain goes on.
package final class CoinsSnapshot: Sendable {
    /// The block after which these coins are unspent.
    package let bestBlock: BlockHash
    private let pairs: any KeyValueSequence
    private let path: String

    init(bestBlock: BlockHash, pairs: any KeyValueSequence, path: String) {
        self.bestBlock = bestBlock
        self.pairs = pairs
        self.path = path
    }

    /// Calls `body` for every coin, until it returns false: by the bytes of the transaction id, then by index.
    ///
    /// - Throws: `StorageError` when they cannot be read to the end.
    package func forEachCoin(_ body: (OutPoint, Coin) -> Bool) throws(StorageError) {
        try Self.walk(pairs, path: path, body)
    }

    /// How far a walk is that has come to a transaction, in parts of 65536: ids are spread evenly.
    package static func progress(at id: TransactionID) -> Int {
        let bytes = id.rawValue.bytes
        return Int(bytes[0]) << 8 | Int(bytes[1])
    }

    /// Walks over the coins among `pairs`, which lie in the folder `path`.
    static func walk(
        _ pairs: any KeyValueSequence, path: String, _ body: (OutPoint, Coin) -> Bool
    ) throws(StorageError) {
        // Keys come by transaction, but high indexes not in their order: VARINT of 16512 sorts before that of 255.
        var pending: [(OutPoint, Coin)] = []
        var damage: StorageError?
        do throws(KeyValueStoreError) {
            try pairs.forEach(prefix: [CoinRecord.keyPrefix]) { key, value in
                guard let outPoint = CoinRecord.outPoint(ofKey: key), let coin = CoinRecord.decode(value) else {
                    damage = CoinsDatabase.damaged(path, "no coin at the key \(Hex.encode(key))")
                    return false
                }
                if let last = pending.last, last.0.transactionID != outPoint.transactionID,
                    !handOver(&pending, to: body)
                {
                    return false
                }
                pending.append((outPoint, coin))
                return true
            }
        } catch {
            throw .database(error)
        }
        if let damage { throw damage }
        _ = handOver(&pending, to: body)
    }

    /// Hands over the coins of one transaction by index.
    ///
    /// - Returns: false to stop.
    private static func handOver(_ pending: inout [(OutPoint, Coin)], to body: (OutPoint, Coin) -> Bool) -> Bool {
        defer { pending.removeAll(keepingCapacity: true) }
        if pending.count > 1 { pending.sort { $0.0.index < $1.0.index } }
        for (outPoint, coin) in pending where !body(outPoint, coin) { return false }
        return true
    }
}

extension ChainState {
    /// The coins after the tip, to be read elsewhere; what is only in memory is written first.
    ///
    /// - Throws: `StorageError`.
    package func coinsSnapshot() throws(StorageError) -> CoinsSnapshot {
        try flush()
        return current.database.snapshot()
    }
}
