import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import TestData
import Testing

/// Makes blocks at random, most of them with something wrong, for a judged chain that follows them.
struct BlockGenerator {
    let judged: JudgedChain
    private var random: SeededGenerator
    /// What can be spent, most of it.
    private var pool: [Funded] = []
    /// The heights of coinbases.
    private var heights: [OutPoint: Int] = [:]
    /// The locks of outputs that are not on the chain yet, by script.
    private var locks: [Script: Lock] = [:]

    init(judged: JudgedChain, seed: UInt64) throws {
        self.judged = judged
        random = SeededGenerator(seed: seed)
        for height in 1...judged.chain.tip.height {
            pool.append(try judged.coinbase(height))
            heights[pool[pool.count - 1].outPoint] = height
        }
    }

    /// Makes a block and hands it in.
    mutating func step() throws {
        let test = judged.test
        var parent: BlockIndex?
        if random.chance(10) {
            let tip = judged.chain.tip
            parent = tip.ancestor(at: max(1, tip.height - random.number(0..<4)))
        }
        var transactions = try (0..<random.number(0..<5)).compactMap { _ in try transaction() }
        let isClean = random.chance(35)
        if !isClean { damage(&transactions) }
        let change = isClean ? 99 : random.number(0..<30)
        let numbers = (0..<4).map { _ in random.next() }
        let block = try test.block(transactions, on: parent) { draft in
            Self.change(&draft, change, numbers)
        } seal: { draft in
            Self.seal(&draft, change, numbers)
        }
        var bytes = block.encoded()
        if change == 20 { bytes[random.number(0..<bytes.count)] ^= 1 << UInt8(random.number(0..<8)) }
        if change == 21 { bytes.removeLast(1 + random.number(0..<min(bytes.count, 100))) }
        if change == 22, let last = block.transactions.last {
            bytes = Block(header: block.header, transactions: block.transactions + [last]).encoded()
        }
        if change == 23, block.transactions.count > 1 {
            let others = block.transactions.dropFirst().map { $0.changingWitness { $0.append([1]) } }
            bytes = Block(header: block.header, transactions: [block.transactions[0]] + others).encoded()
        }
        if judged.submit(bytes) == "accepted" { remember(block) }
        // Time goes on, and the clock with it.
        if random.chance(5) { try judged.grow() }
    }

    private mutating func remember(_ block: Block) {
        for transaction in block.transactions {
            let spent = Set(transaction.inputs.map(\.previousOutput))
            if random.chance(90) { pool.removeAll { spent.contains($0.outPoint) } }
            for (index, output) in transaction.outputs.enumerated() {
                guard let lock = locks[output.scriptPubKey] ?? (try? Lock(.anything)) else { continue }
                let outPoint = OutPoint(transactionID: transaction.id, index: UInt32(index))
                pool.append(Funded(outPoint: outPoint, output: output, lock: lock))
                if transaction.isCoinbase { heights[outPoint] = judged.chain.tip.height }
            }
        }
        if pool.count > 300 { pool.removeFirst(pool.count - 300) }
    }

    /// A transaction that is right, if what it spends is there and old enough.
    private mutating func transaction() throws -> Transaction? {
        guard !pool.isEmpty else { return nil }
        var spent: [Funded] = []
        for _ in 0...random.number(0..<3) {
            let one = pool[random.number(0..<pool.count)]
            // Coinbases become old enough one by one; few tries at younger ones will do.
            if let height = heights[one.outPoint], height + 100 > judged.chain.tip.height + 1, !random.chance(5) {
                continue
            }
            if !spent.contains(where: { $0.outPoint == one.outPoint }) || random.chance(2) { spent.append(one) }
        }
        guard !spent.isEmpty else { return nil }
        var left = spent.reduce(0) { $0 + $1.output.value }
        var outputs: [TransactionOutput] = []
        for _ in 0...random.number(0..<3) {
            let kinds = Lock.Kind.allCases
            let lock = try Lock(kinds[random.number(0..<kinds.count)], number: random.number(0..<5))
            locks[lock.script] = lock
            let value = Amount(random.next() % UInt64(max(left, 1)))
            left -= value
            outputs.append(TransactionOutput(value: value, scriptPubKey: lock.script))
        }
        let sequences: [UInt32] = [0, 1, 1 << 22, UInt32(random.number(0..<120))]
        let lockTimes = [0, UInt32(judged.chain.tip.height), UInt32(judged.chain.tip.height + 1)]
        let waits = random.chance(15)
        return try judged.transaction(
            spent, to: outputs, version: [1, 2, 2, .max][random.number(0..<4)],
            lockTime: waits ? lockTimes[random.number(0..<3)] : 0,
            sequence: waits ? sequences[random.number(0..<4)] : 0xffff_fffe + UInt32(random.number(0..<2)),
            type: random.chance(70) ? 1 : [2, 3, 0x81, 0x82, 0x83, 0x50][random.number(0..<6)])
    }

    private mutating func damage(_ transactions: inout [Transaction]) {
        guard !transactions.isEmpty else { return }
        let position = random.number(0..<transactions.count)
        let one = transactions[position]
        let input = random.number(0..<one.inputs.count)
        let bit = UInt8(1 << random.number(0..<8))
        let where_ = Int(random.next() >> 2)
        switch random.number(0..<14) {
        case 0...2:
            transactions[position] = one.changingWitness(of: input) { items in
                guard !items.isEmpty else { return }
                let item = where_ % items.count
                if !items[item].isEmpty { items[item][where_ / 7 % items[item].count] ^= bit }
            }
        case 3:
            transactions[position] = one.changingWitness(of: input) { items in
                if items.isEmpty { items.append([1]) } else { items.remove(at: where_ % items.count) }
            }
        case 4, 5:
            transactions[position] = one.changing { inputs, _ in
                let count = inputs[input].scriptSig.bytes.count
                if count > 0 { inputs[input].scriptSig.bytes[where_ % count] ^= bit }
            }
        case 6: transactions[position] = one.changing { _, outputs in outputs[0].value += 1 }
        case 7:
            transactions[position] = one.changing { _, outputs in outputs[0].value = Amount(bitPattern: random.next()) }
        case 8: transactions.append(one)
        case 9: transactions.swapAt(position, 0)
        case 10: transactions[position] = one.changing { inputs, _ in inputs.append(inputs[0]) }
        case 11: transactions[position] = one.changing { inputs, _ in inputs[input].previousOutput.index ^= 1 }
        case 12: transactions[position] = one.changing { inputs, _ in inputs[input].sequence &+= 1 }
        default: transactions[position] = one.changing { _, outputs in outputs = [] }
        }
    }

    /// Changes what is in the block before it is put together.
    private static func change(_ draft: inout TestChain.Draft, _ change: Int, _ numbers: [UInt64]) {
        switch change {
        case 0: draft.outputs[0].value += 1
        case 1: draft.outputs[0].value += Amount(numbers[0] % 2000)
        case 2: draft.scriptSig = Array(draft.scriptSig.prefix(Int(numbers[0] % 4)))
        case 3: draft.scriptSig += [UInt8](repeating: 0xae, count: Int(94 + numbers[0] % 6))
        case 4: draft.scriptSig[0] ^= 1
        case 5: draft.commits = false
        case 6: draft.witness = [[UInt8](repeating: 1, count: Int(31 + numbers[0] % 3))]
        case 7:
            let script = Block.witnessCommitmentPrefix + [UInt8](repeating: 0, count: Int(30 + numbers[0] % 4))
            draft.outputs.insert(TransactionOutput(value: 0, scriptPubKey: Script(script)), at: 0)
        case 8:
            let script = [UInt8](repeating: 0xac, count: Int(19_990 + numbers[0] % 20))
            draft.outputs.append(TransactionOutput(value: 0, scriptPubKey: Script(script)))
        case 9:
            draft.coinbaseLockTime = UInt32(numbers[0] % 300)
            draft.coinbaseSequence = 0
        case 10: draft.outputs = []
        default: break
        }
    }

    /// Changes the header.
    private static func seal(_ draft: inout TestChain.Draft, _ change: Int, _ numbers: [UInt64]) {
        switch change {
        case 11: draft.version = Int32(truncatingIfNeeded: numbers[0] % 7)
        case 12: draft.time &-= UInt32(numbers[0] % 4000)
        case 13: draft.time &+= UInt32(numbers[0] % 100_000) &+ 60
        case 14: draft.bits ^= 1
        case 15: draft.merkleRoot = Hash256(words: numbers[0], numbers[1], numbers[2], numbers[3])
        case 16: draft.previous = BlockHash(rawValue: Hash256(words: numbers[0], 0, 0, 0))
        case 17: draft.all.removeLast()
        case 18: draft.all.swapAt(0, draft.all.count - 1)
        default: break
        }
    }
}
