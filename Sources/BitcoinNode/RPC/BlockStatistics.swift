import BitcoinChain
import BitcoinConsensus
import BitcoinPrimitives
import BitcoinRPC
import BitcoinScript
import ByteCoding

/// What `getblockstats` tells of a block. Amounts are satoshis, rates satoshis for a virtual byte.
struct BlockStatistics {
    private let index: BlockIndex
    private let subsidy: Amount
    private let transactionCount: Int
    private var inputCount = 0
    private var outputCount = 0
    /// Outputs that somebody may spend.
    private var coinCount = 0
    /// Growth of the set of coins, in bytes; and of what is really kept of it.
    private var (growth, keptGrowth) = (0, 0)
    /// Without the coinbase, in the order of the block.
    private var fees: [Amount] = []
    private var rates: [Rate] = []
    private var sizes: [Int] = []
    private var totalOut: Amount = 0
    private var totalWeight = 0
    private var (witnessCount, witnessSize, witnessWeight) = (0, 0, 0)

    private struct Rate: Comparable {
        var satoshis: Amount
        var weight: Int

        static func < (left: Rate, right: Rate) -> Bool {
            (left.satoshis, left.weight) < (right.satoshis, right.weight)
        }
    }

    /// Counts.
    ///
    /// - Parameters:
    ///   - block: the data of `index`.
    ///   - undo: the coins of its transactions but the coinbase; as many as it has of those.
    init(_ block: Block, undo: BlockUndo, at index: BlockIndex, parameters: ChainParameters) {
        self.index = index
        subsidy = Subsidy.at(height: index.height, parameters: parameters)
        transactionCount = block.transactions.count
        let overwrites = ConnectRules.isOverwriting(index.hash, height: index.height)
        for (position, transaction) in block.transactions.enumerated() {
            let isKept = index.height > 0 && !(overwrites && position == 0)
            addOutputs(of: transaction, isKept: isKept)
            guard position > 0, undo.spentCoins.indices.contains(position - 1) else { continue }
            add(transaction, spending: undo.spentCoins[position - 1])
        }
    }

    /// - Parameter isKept: false for outputs that are no coins, of the first block and of coinbases that overwrite
    ///   older ones.
    private mutating func addOutputs(of transaction: Transaction, isKept: Bool) {
        outputCount += transaction.outputs.count
        for output in transaction.outputs {
            growth += Self.size(of: output)
            guard isKept, !output.scriptPubKey.isUnspendable else { continue }
            coinCount += 1
            keptGrowth += Self.size(of: output)
        }
    }

    /// Adds a transaction that is not the coinbase.
    private mutating func add(_ transaction: Transaction, spending coins: [Coin]) {
        inputCount += transaction.inputs.count
        let paid = transaction.outputs.reduce(0) { $0 &+ $1.value }
        totalOut &+= paid
        let (size, weight) = (transaction.totalSize, transaction.weight)
        sizes.append(size)
        totalWeight += weight
        if transaction.hasWitness {
            witnessCount += 1
            witnessSize += size
            witnessWeight += weight
        }
        let spent = coins.reduce(0) { $0 &+ $1.output.value }
        let spentSize = coins.reduce(0) { $0 + Self.size(of: $1.output) }
        growth -= spentSize
        keptGrowth -= spentSize
        let fee = spent &- paid
        fees.append(fee)
        rates.append(Rate(satoshis: Self.rate(of: fee, weight: weight), weight: weight))
    }

    /// Bytes that a coin takes with its outpoint, height and coinbase flag, without compression.
    private static func size(of output: TransactionOutput) -> Int {
        let script = output.scriptPubKey.count
        return 8 + ByteWriter.compactSizeLength(UInt64(script)) + script + 36 + 4
    }

    private static func rate(of fee: Amount, weight: Int) -> Amount {
        weight > 0 ? fee &* 4 / Amount(weight) : 0
    }

    /// The middle one, or the mean of the two in the middle, rounded towards zero; 0 of none.
    private static func median<Number: SignedInteger>(_ numbers: [Number]) -> Number {
        guard !numbers.isEmpty else { return 0 }
        let (sorted, half) = (numbers.sorted(), numbers.count / 2)
        return numbers.count % 2 == 0 ? (sorted[half - 1] + sorted[half]) / 2 : sorted[half]
    }

    /// The rates that 10, 25, 50, 75 and 90 percent of the weight do not exceed.
    private var percentiles: [Amount] {
        let sorted = rates.sorted()
        let total = Double(totalWeight)
        let limits = [total / 10, total / 4, total / 2, total * 3 / 4, total * 9 / 10]
        var found: [Amount] = []
        var weight = 0
        for rate in sorted {
            weight += rate.weight
            while found.count < limits.count, Double(weight) >= limits[found.count] { found.append(rate.satoshis) }
        }
        let last = sorted.last?.satoshis ?? 0
        return found + [Amount](repeating: last, count: limits.count - found.count)
    }

    /// All statistics, in Core's order.
    var json: JSONObject {
        let others = max(transactionCount - 1, 1)
        let (totalFee, totalSize) = (fees.reduce(0, &+), sizes.reduce(0, +))
        return [
            "avgfee": .int(totalFee / Amount(others)), "avgfeerate": .int(Self.rate(of: totalFee, weight: totalWeight)),
            "avgtxsize": .int(totalSize / others), "blockhash": .string(index.hash.description),
            "feerate_percentiles": .array(percentiles.map { .int($0) }), "height": .int(index.height),
            "ins": .int(inputCount), "maxfee": .int(fees.max() ?? 0),
            "maxfeerate": .int(rates.max()?.satoshis ?? 0), "maxtxsize": .int(sizes.max() ?? 0),
            "medianfee": .int(Self.median(fees)), "mediantime": .int(index.medianTimePast),
            "mediantxsize": .int(Self.median(sizes)), "minfee": .int(fees.min() ?? 0),
            "minfeerate": .int(rates.min()?.satoshis ?? 0), "mintxsize": .int(sizes.min() ?? 0),
            "outs": .int(outputCount), "subsidy": .int(subsidy), "swtotal_size": .int(witnessSize),
            "swtotal_weight": .int(witnessWeight), "swtxs": .int(witnessCount), "time": .int(index.header.time),
            "total_out": .int(totalOut), "total_size": .int(totalSize), "total_weight": .int(totalWeight),
            "totalfee": .int(totalFee), "txs": .int(transactionCount),
            "utxo_increase": .int(outputCount - inputCount), "utxo_size_inc": .int(growth),
            "utxo_increase_actual": .int(coinCount - inputCount), "utxo_size_inc_actual": .int(keptGrowth),
        ]
    }
}
