import BitcoinScript
import Foundation
import TestData
import Testing

/// Verdicts of this interpreter beside those of others, on spends made at random and then damaged, and on those of
/// Core's test data, damaged too.
///
/// A short run by default; `BITCOIN_DIFFERENTIAL_CASES` says how many spends to make, and `BITCOIN_DIFFERENTIAL_SEED`
/// where to begin. Each spend gives about forty verdicts.
struct DifferentialTests {
    @Test func verdictsAreThoseOfTheKernel() throws {
        guard let kernel = Reference.kernel() else {
            print("skipped: no libbitcoinkernel (pip install py-bitcoinkernel)")
            return
        }
        try compare(with: kernel)
    }

    @Test func errorsAreThoseOfCore() throws {
        guard let core = Reference.core() else {
            print("skipped: no BITCOIN_SCRIPT_REFERENCE")
            return
        }
        try compare(with: core)
    }

    private func compare(with reference: Reference) throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["BITCOIN_DIFFERENTIAL_CASES"].flatMap { Int($0) }
        let seed = environment["BITCOIN_DIFFERENTIAL_SEED"].flatMap { UInt64($0) } ?? 1
        var generator = try SpendGenerator(seed: seed)
        var comparison = Comparison(reference: reference)

        let known = try VectorSpends.all()
        for spend in known where count != nil || generator.random.chance(5) {
            comparison.compare(spend, Self.consensusFlags)
        }
        for _ in 0..<(count ?? 300) {
            let isKnown = generator.random.chance(15) && !known.isEmpty
            let spend = isKnown ? generator.random.one(of: known) : try generator.next()
            for round in 0..<8 {
                var variant = spend
                for _ in 0..<min(round, 3) where round > 0 { variant.mutate(&generator.random) }
                let flags = (0..<5).map { _ in
                    self.flags(&generator.random, withPolicy: reference.knowsPolicy)
                }
                comparison.compare(variant, flags)
            }
        }
        #expect(comparison.differences == 0)
        comparison.report(from: seed, inDetail: count != nil)
    }

    /// All combinations of the rules of blocks.
    static let consensusFlags: [ScriptFlags] = (0..<128).compactMap { bits in
        let each: [ScriptFlags] = [
            .p2sh, .derSignatures, .nullDummy, .checkLockTimeVerify, .checkSequenceVerify, .witness, .taproot,
        ]
        let flags = each.indices.filter { bits & 1 << $0 != 0 }.reduce(into: ScriptFlags()) { $0.insert(each[$1]) }
        return flags == flags.trimmed ? flags : nil
    }

    private func flags(_ random: inout SeededGenerator, withPolicy: Bool) -> ScriptFlags {
        let some = ScriptFlags(rawValue: UInt32(truncatingIfNeeded: random.next()))
        guard withPolicy else {
            return random.chance(40) ? .mandatory : random.one(of: Self.consensusFlags)
        }
        switch random.number(0..<4) {
        case 0: return .mandatory
        case 1: return .standard
        case 2: return some.intersection(.all).trimmed
        default:
            return some.union(ScriptFlags(rawValue: UInt32(truncatingIfNeeded: random.next()))).intersection(.all)
                .filled
        }
    }
}

/// Counts verdicts and finds differences.
private struct Comparison {
    let reference: Reference
    private(set) var differences = 0
    private var verdicts = 0
    private var errors: [String: Int] = [:]
    private var kinds: [String: (valid: Int, invalid: Int)] = [:]
    private var flags: Set<ScriptFlags> = []

    init(reference: Reference) { self.reference = reference }

    /// Judges a spend under each of some flags.
    mutating func compare(_ spend: GeneratedSpend, _ many: [ScriptFlags]) {
        let data = spend.data
        let others = reference.verify(spend, data.transaction, many)
        for (flags, other) in zip(many, others) {
            let error = data.error(input: spend.input, flags)
            verdicts += 1
            errors[error?.rawValue ?? "OK", default: 0] += 1
            if error == nil {
                kinds[spend.kind, default: (0, 0)].valid += 1
            } else {
                kinds[spend.kind, default: (0, 0)].invalid += 1
            }
            self.flags.insert(flags)
            guard !other.agrees(with: error) else { continue }
            differences += 1
            if differences <= 10 {
                Issue.record("\(error?.rawValue ?? "OK") instead of \(other): \(spend.description(flags))")
            }
        }
    }

    func report(from seed: UInt64, inDetail: Bool) {
        let name = reference.knowsPolicy ? "Core" : "kernel"
        print(
            "\(name): \(verdicts) verdicts from seed \(seed) under \(flags.count) sets of flags, \(differences) differ")
        guard inDetail else { return }
        for (kind, count) in kinds.sorted(by: { $0.key < $1.key }) {
            print("  \(kind): \(count.valid) valid, \(count.invalid) invalid")
        }
        for (error, count) in errors.sorted(by: { $0.value > $1.value }) { print("  \(error): \(count)") }
    }
}
