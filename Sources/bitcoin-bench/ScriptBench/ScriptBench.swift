import BitcoinCrypto
import BitcoinPrimitives
import BitcoinScript
import Foundation

/// `bitcoin-bench script`: checks of input scripts per second on one core, beside the same signatures given to
/// libsecp256k1 alone.
///
/// Both begin from bytes: a key is parsed, a signature is parsed, and it is verified, as libsecp256k1's own bench
/// counts it. What a check does besides is the interpreter, hashing the key and the transaction, and what the inputs of
/// a transaction share. Rounds of both alternate, over the same transactions.
struct ScriptBench {
    private let settings: IpcBenchSettings

    /// A check is at most so much slower than the signature alone.
    private static let leastShare = 0.95
    private static let signaturesPerRound = 600

    init(_ settings: IpcBenchSettings) { self.settings = settings }

    /// Prints a line for each kind of output.
    ///
    /// - Returns: 0; 2 if a target was missed and that is to be an error.
    func run() throws -> Int32 {
        print("Script checks per second on one core    checks      raw    share   (10%..90%)    target")
        var isMissed = false
        for kind in SpendKind.allCases {
            for inputs in [1, 2, 50] {
                let name = "\(kind.rawValue), \(inputs) input\(inputs == 1 ? "" : "s")"
                guard settings.only.isEmpty || name.contains(settings.only) else { continue }
                let share = try line(name, kind, inputs: inputs)
                isMissed = isMissed || share < Self.leastShare
            }
        }
        return isMissed && settings.checksTargets ? 2 : 0
    }

    private func line(_ name: String, _ kind: SpendKind, inputs: Int) throws -> Double {
        let count = settings.isQuick ? 20 : Self.signaturesPerRound
        let spends = try (0..<max(1, count / inputs)).map { number in
            try SignedSpend(kind, inputs: inputs, number: number)
        }
        let signatures = spends.flatMap(\.signatures)
        let curve = try RawCurve()
        let verifier = ScriptVerifier(flags: .mandatory)
        var checks: [Double] = []
        var raws: [Double] = []
        var shares: [Double] = []
        // The first round only warms up.
        for round in 0...settings.effectiveRounds {
            let before = try rate(signatures.count) { signatures.allSatisfy(curve.verifies) }
            let check = try rate(signatures.count) {
                spends.allSatisfy { spend in
                    let data = PrecomputedTransactionData(spend.transaction, spending: spend.spent)
                    return spend.spent.indices.allSatisfy { (try? verifier.verify(input: $0, of: data)) != nil }
                }
            }
            let after = try rate(signatures.count) { signatures.allSatisfy(curve.verifies) }
            guard round > 0 else { continue }
            let raw = (before + after) / 2
            checks.append(check)
            raws.append(raw)
            shares.append(check / raw)
        }
        let share = Distribution(shares)
        let number = IpcBenchResult.number
        print(
            [
                name.padding(toLength: 35, withPad: " ", startingAt: 0),
                number(Distribution(checks).median, 0).leftPadded(to: 11),
                number(Distribution(raws).median, 0).leftPadded(to: 9), number(share.median, 3).leftPadded(to: 9),
                "  " + "(\(number(share.low, 2))..\(number(share.high, 2)))".leftPadded(to: 13),
                ">= \(number(Self.leastShare, 2))".leftPadded(to: 10),
                share.median >= Self.leastShare ? "  pass" : "  FAIL",
            ].joined())
        return share.median
    }

    /// How often per second of a core's time something can be done that is done `count` times by `work`.
    private func rate(_ count: Int, _ work: () -> Bool) throws -> Double {
        let start = threadNanoseconds()
        guard work() else { throw BenchError("a valid signature was refused") }
        return Double(count) * 1e9 / Double(max(1, threadNanoseconds() - start))
    }
}
