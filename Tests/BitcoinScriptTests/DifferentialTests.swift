import BitcoinScript
import Foundation
import Testing

/// Verdicts of this interpreter beside those of others, on spends made at random and then damaged.
///
/// A short run by default; `BITCOIN_DIFFERENTIAL_CASES` says how many spends to make, and `BITCOIN_DIFFERENTIAL_SEED`
/// where to begin. Each spend gives about twenty verdicts.
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
        let count = environment["BITCOIN_DIFFERENTIAL_CASES"].flatMap { Int($0) } ?? 300
        let seed = environment["BITCOIN_DIFFERENTIAL_SEED"].flatMap { UInt64($0) } ?? 1
        var generator = try SpendGenerator(seed: seed)
        var verdicts = 0
        var differences = 0
        var errors: [String: Int] = [:]

        for _ in 0..<count {
            let spend = try generator.next()
            for round in 0..<8 {
                var variant = spend
                for _ in 0..<min(round, 3) where round > 0 { variant.mutate(&generator.random) }
                let data = variant.data
                for _ in 0..<3 {
                    let flags = self.flags(&generator.random, withPolicy: reference.knowsPolicy)
                    let error = data.error(input: variant.input, flags)
                    let verdict = reference.verify(variant, data.transaction, flags)
                    verdicts += 1
                    errors[error?.rawValue ?? "OK", default: 0] += 1
                    if !verdict.agrees(with: error) {
                        differences += 1
                        if differences <= 10 {
                            Issue.record(
                                "\(error?.rawValue ?? "OK") instead of \(verdict): \(variant.description(flags))")
                        }
                    }
                }
            }
        }
        #expect(differences == 0)
        let name = reference.knowsPolicy ? "Core" : "kernel"
        print("\(name): \(verdicts) verdicts from seed \(seed), \(differences) differ")
        if environment["BITCOIN_DIFFERENTIAL_CASES"] != nil {
            for (name, count) in errors.sorted(by: { $0.value > $1.value }) { print("  \(name): \(count)") }
        }
    }

    private func flags(_ random: inout SeededGenerator, withPolicy: Bool) -> ScriptFlags {
        let some = ScriptFlags(rawValue: UInt32(truncatingIfNeeded: random.next()))
        guard withPolicy else {
            return random.chance(50) ? .mandatory : some.intersection(.mandatory).trimmed
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
