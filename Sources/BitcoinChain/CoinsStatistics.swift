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
    /// The hash over all of them in order (`hash_serialized_3`), zero unless it was asked for; Core's snapshots are
    /// known by it.
    package var serializedHash = Hash256.zero
    /// The hash over them as a set (`muhash`), zero unless it was asked for.
    package var setHash = Hash256.zero

    /// What is computed over all coins besides the sums.
    package enum HashKind: String, Sendable, CaseIterable {
        /// The hash over all of them in order.
        case serialized = "hash_serialized_3"
        /// The hash over them as a set.
        case set = "muhash"
        /// Nothing.
        case none
    }

    /// Counts the coins of `view`.
    ///
    /// - Parameter kind: the hash that is computed.
    /// - Throws: `StorageError` when they cannot be read.
    package init(of view: any CoinsView, hashing kind: HashKind = .serialized) throws(StorageError) {
        var sum = Sum(kind)
        try view.forEachCoin { sum.add($0, $1) }
        self = sum.finish()
    }

    /// Counts the coins of `snapshot`.
    ///
    /// - Parameters:
    ///   - kind: the hash that is computed.
    ///   - progress: told how far it is, in parts of 65536, now and then; returns false to stop.
    /// - Returns: `nil` when it was stopped.
    /// - Throws: `StorageError` when they cannot be read.
    package init?(
        of snapshot: CoinsSnapshot, hashing kind: HashKind, progress: (Int) -> Bool
    ) throws(StorageError) {
        var sum = Sum(kind)
        var isStopped = false
        try snapshot.forEachCoin { outPoint, coin in
            sum.add(outPoint, coin)
            if sum.outputCount % 4096 == 0 {
                isStopped = !progress(CoinsSnapshot.progress(at: outPoint.transactionID))
            }
            return !isStopped
        }
        if isStopped { return nil }
        self = sum.finish()
    }

    /// What stands for a coin in the hashes: outpoint, twice the height plus one for a coinbase, output.
    static func element(_ outPoint: OutPoint, _ coin: Coin) -> [UInt8] {
        var writer = ByteWriter(capacity: 128)
        outPoint.encode(to: &writer)
        writer.writeUInt32(UInt32(truncatingIfNeeded: coin.height) << 1 | (coin.isCoinbase ? 1 : 0))
        coin.output.encode(to: &writer)
        return writer.bytes
    }

    /// A size of a coin that does not depend on the database: id, index, height, amount, and script with its length.
    static func bogoSize(of coin: Coin) -> Int { 32 + 4 + 4 + 8 + 2 + coin.output.scriptPubKey.count }

    /// The statistics of coins that come one after the other, in the order of Core's database.
    struct Sum {
        private var result = CoinsStatistics()
        private let kind: HashKind
        private var hasher = SHA256Hasher()
        private var set = MuHash3072()
        /// What is not in `set` yet.
        private var waiting: [[UInt8]] = []
        private var last: TransactionID?

        /// Elements that several threads take together.
        private static let batch = 4096

        init(_ kind: HashKind) { self.kind = kind }

        /// Coins so far.
        var outputCount: Int { result.outputCount }

        mutating func add(_ outPoint: OutPoint, _ coin: Coin) {
            if last != outPoint.transactionID {
                result.transactionCount += 1
                last = outPoint.transactionID
            }
            result.outputCount += 1
            result.totalAmount &+= coin.output.value
            result.bogoSize += CoinsStatistics.bogoSize(of: coin)
            switch kind {
            case .serialized: hasher.update(CoinsStatistics.element(outPoint, coin))
            case .set:
                waiting.append(CoinsStatistics.element(outPoint, coin))
                guard waiting.count == Self.batch else { return }
                set.insert(many: waiting)
                waiting.removeAll(keepingCapacity: true)
            case .none: break
            }
        }

        func finish() -> CoinsStatistics {
            var result = result
            switch kind {
            case .serialized: result.serializedHash = hasher.finalizeDouble()
            case .set:
                var set = set
                set.insert(many: waiting)
                result.setHash = set.finalize()
            case .none: break
            }
            return result
        }
    }

    private init() {}
}
