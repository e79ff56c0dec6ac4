internal import BitcoinConsensus
package import BitcoinCrypto
package import BitcoinPrimitives
internal import ByteCoding

/// Sums over the set of coins, as `gettxoutsetinfo` shows them (Core's kernel/coinstats.cpp).
package struct CoinsStatistics: Equatable, Sendable {
    /// Transactions with unspent outputs.
    package var transactionCount = 0
    /// Unspent outputs.
    package var outputCount = 0
    /// Their value.
    package var totalAmount: Amount = 0
    /// A size that does not depend on the database.
    package var bogoSize = 0
    /// The hash over all of them in order (`hash_serialized_3`); Core's snapshots are known by it.
    package var serializedHash = Hash256.zero

    /// Counts the coins of `view`.
    ///
    /// - Throws: `StorageError` when they cannot be read.
    package init(of view: any CoinsView) throws(StorageError) {
        var hasher = SHA256Hasher()
        var last: TransactionID?
        var result = (transactions: 0, outputs: 0, amount: Amount(0), size: 0)
        try view.forEachCoin { outPoint, coin in
            if last != outPoint.transactionID {
                result.transactions += 1
                last = outPoint.transactionID
            }
            result.outputs += 1
            result.amount &+= coin.output.value
            result.size += 32 + 4 + 4 + 8 + 2 + coin.output.scriptPubKey.count
            var writer = ByteWriter(capacity: 128)
            outPoint.encode(to: &writer)
            writer.writeUInt32(UInt32(truncatingIfNeeded: coin.height) << 1 | (coin.isCoinbase ? 1 : 0))
            coin.output.encode(to: &writer)
            hasher.update(writer.bytes)
        }
        transactionCount = result.transactions
        outputCount = result.outputs
        totalAmount = result.amount
        bogoSize = result.size
        serializedHash = hasher.finalizeDouble()
    }
}
