import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import ByteCoding
import Foundation
import TestData
import Testing

/// Blocks and transactions made at random, judged here and by libbitcoinkernel.
///
/// Short by default; `BITCOIN_DIFFERENTIAL_CASES` says how many, `BITCOIN_DIFFERENTIAL_SEED` where to begin.
struct RandomBlockTests {
    private let count = ProcessInfo.processInfo.environment["BITCOIN_DIFFERENTIAL_CASES"].flatMap { Int($0) }
    private let seed = ProcessInfo.processInfo.environment["BITCOIN_DIFFERENTIAL_SEED"].flatMap { UInt64($0) } ?? 1

    @Test func blocks() throws {
        guard KernelLibrary.shared != nil else { return }
        var left = count ?? 40
        var seed = seed
        var verdicts: [String: Int] = [:]
        repeat {
            let judged = try JudgedChain(height: 102)
            var generator = try BlockGenerator(judged: judged, seed: seed)
            for _ in 0..<min(left, 5000) { try generator.step() }
            verdicts.merge(judged.verdicts) { $0 + $1 }
            left -= 5000
            seed += 1
        } while left > 0
        report("blocks", verdicts)
    }

    /// What can be seen from the bytes of a block alone, for which no chain is needed.
    @Test func damagedBytes() throws {
        guard let kernel = try KernelChain() else { return }
        let seeds = try Self.seeds()
        var random = SeededGenerator(seed: seed)
        var verdicts: [String: Int] = [:]
        for _ in 0..<(count ?? 3000) {
            var bytes = seeds.blocks[random.number(0..<seeds.blocks.count)]
            for _ in 0..<random.number(0..<4) { bytes.damage(&random, from: random.chance(80) ? 80 : 0) }
            // Both ways without the proof of work, which hardly any damaged block has.
            let checksRoot = random.chance(50)
            let other = kernel.check(bytes, proofOfWork: false, merkleRoot: checksRoot)
            let ours = Self.check(bytes, merkleRoot: checksRoot)
            verdicts["block: \(ours.reason)", default: 0] += 1
            if ours.isValid != other {
                Issue.record("ours: \(ours.reason), the kernel's: \(String(describing: other)): \(Hex.encode(bytes))")
            }

            bytes = seeds.transactions[random.number(0..<seeds.transactions.count)]
            for _ in 0..<random.number(0..<4) { bytes.damage(&random, from: 0) }
            let id = kernel.transactionID(bytes)
            var reader = ByteReader(bytes)
            let transaction = try? Transaction(from: &reader)
            verdicts[transaction == nil ? "transaction: unreadable" : "transaction: read", default: 0] += 1
            if transaction?.id.rawValue.bytes != id { Issue.record("transactions differ: \(Hex.encode(bytes))") }
        }
        report("damaged bytes", verdicts)
    }

    /// nil for bytes that are no block. Like the kernel, nothing is said about what stands behind it.
    private static func check(_ bytes: [UInt8], merkleRoot: Bool) -> (isValid: Bool?, reason: String) {
        var reader = ByteReader(bytes)
        guard let block = try? Block(from: &reader) else { return (nil, "unreadable") }
        do {
            try BlockRules.check(
                block, parameters: .regtest, checksProofOfWork: false, checksMerkleRoot: merkleRoot)
            return (true, "valid")
        } catch {
            return (false, error.rejectReason)
        }
    }

    private static func seeds() throws -> (blocks: [[UInt8]], transactions: [[UInt8]]) {
        let test = try TestChain()
        var blocks: [Block] = []
        for count in 0..<6 {
            let transactions = try (0..<count).map { number in
                let lock = try Lock(Lock.Kind.allCases[(number * 3 + count) % Lock.Kind.allCases.count], number: number)
                let spent = (0...number % 3).map { index in
                    TransactionOutput(value: 1000 + Amount(index), scriptPubKey: lock.script)
                }
                var transaction = Transaction(
                    inputs: spent.indices.map {
                        TransactionInput(
                            previousOutput: OutPoint(
                                transactionID: TransactionID(rawValue: .init(words: 1, 2, 3, UInt64(number))),
                                index: UInt32($0)))
                    }, outputs: spent)
                for input in spent.indices { try lock.sign(&transaction, input: input, spending: spent) }
                return transaction
            }
            blocks.append(try test.block(transactions))
        }
        return (blocks.map { $0.encoded() }, blocks.flatMap { $0.transactions.map { $0.encoded() } })
    }

    private func report(_ name: String, _ verdicts: [String: Int]) {
        print("\(name): \(verdicts.values.reduce(0, +)) verdicts from seed \(seed)")
        guard count != nil else { return }
        for (name, count) in verdicts.sorted(by: { $0.value > $1.value }) { print("  \(name): \(count)") }
    }
}

extension [UInt8] {
    /// Changes, adds or takes away a few bytes behind some position.
    fileprivate mutating func damage(_ random: inout SeededGenerator, from start: Int) {
        guard count > start + 1 else { return }
        let position = start + random.number(0..<count - start)
        let byte = UInt8(truncatingIfNeeded: random.next())
        switch random.number(0..<7) {
        case 0, 1: self[position] ^= 1 << UInt8(random.number(0..<8))
        case 2: self[position] = byte
        case 3: self[position] = [0, 0xfd, 0xfe, 0xff][random.number(0..<4)]
        case 4: remove(at: position)
        case 5: insert(byte, at: position)
        default: removeLast(1 + random.number(0..<Swift.min(count - start, 40)))
        }
    }
}
