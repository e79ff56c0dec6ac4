import Foundation
import Testing

/// Random messages of random schemas, equal to those of the reference implementation in every form.
///
/// `CAPNP_DIFFERENTIAL=1000000` compares as many (build for release, or wait); `CAPNP_DIFFERENTIAL_SEED` starts elsewhere.
@Suite(.enabled(if: ReferenceTool.path != nil, "capnp is not installed"))
struct DifferentialTests {
    @Test func messagesAreThoseOfTheReferenceTool() throws {
        let environment = ProcessInfo.processInfo.environment
        let total = environment["CAPNP_DIFFERENTIAL"].flatMap { Int($0) } ?? 200
        let seed = environment["CAPNP_DIFFERENTIAL_SEED"].flatMap { UInt64($0) } ?? 1
        let batch = min(max(total / 10, 1), 5000)
        var comparison = Comparison(seed: seed)
        var done = 0
        while done < total {
            let count = min(batch, total - done)
            do {
                done += try comparison.run(count: count)
            } catch let difference as Comparison.Difference {
                Issue.record("\(difference)")
                return
            }
        }
        print("note: \(done) messages equal; by form:")
        for (form, count) in comparison.counts.sorted(by: { $0.key < $1.key }) { print("note:   \(form): \(count)") }
    }
}
