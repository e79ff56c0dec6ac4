import BitcoinChain
import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives
import ByteCoding
import Foundation
import Testing

/// A regtest chain of ours, and beside it one of libbitcoinkernel's, where that is installed: both get the same blocks,
/// and must agree on each of them and on the tip.
final class JudgedChain {
    let test: TestChain
    private let kernel: KernelChain?
    private(set) var verdicts: [String: Int] = [:]

    /// - Parameter height: how many blocks to begin with.
    init(height: Int = 0) throws {
        // The kernel sees the real time, and so do we.
        let now = Int64(Date.now.timeIntervalSince1970)
        test = try TestChain(time: now - 100_000)
        kernel = try KernelChain()
        try grow(by: height)
        test.clock.time = now
    }

    var chain: ChainState { test.chain }

    /// Adds blocks with nothing in them, 200 seconds from each other.
    func grow(by count: Int = 1) throws {
        for _ in 0..<count {
            test.clock.time = min(test.clock.time + 200, Int64(Date.now.timeIntervalSince1970))
            expect(try test.block(), nil)
        }
    }

    /// Hands a block to both.
    ///
    /// - Parameter reason: Core's reject string; nil for a block that is taken.
    func expect(_ block: Block, _ reason: String?, sourceLocation: SourceLocation = #_sourceLocation) {
        let ours = submit(block.encoded(), sourceLocation: sourceLocation)
        let name = ours.split(separator: ",").first.map(String.init) ?? ours
        #expect(name == reason ?? "accepted", "\(ours)", sourceLocation: sourceLocation)
    }

    /// Hands bytes to both.
    ///
    /// - Returns: what became of them: `accepted`, `unreadable`, or the reason.
    @discardableResult
    func submit(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) -> String {
        let ours = verdict(bytes)
        verdicts[ours.split(separator: ",").first.map(String.init) ?? ours, default: 0] += 1
        guard let kernel else { return ours }
        let other = kernel.process(bytes).description
        if !Self.agree(ours, other) {
            Issue.record("ours: \(ours), the kernel's: \(other)", sourceLocation: sourceLocation)
        }
        let tip = kernel.tip
        if tip.hash != chain.tip.hash.rawValue.bytes {
            Issue.record("tips differ: ours \(chain.tip.height), \(tip.height)", sourceLocation: sourceLocation)
        }
        return ours
    }

    /// Whether both say the same. Of several inputs with bad scripts the kernel, which checks them at the same time,
    /// may name any; we name the first.
    private static func agree(_ ours: String, _ other: String) -> Bool {
        if ours == other { return true }
        let parts = [ours, other].map { $0.components(separatedBy: ", input ") }
        return parts.allSatisfy { $0.count == 2 && $0[0].hasPrefix(ConsensusRule.blockScript.rawValue) }
            && parts[0][1] != parts[1][1]
    }

    private func verdict(_ bytes: [UInt8]) -> String {
        // Like the kernel, nothing is said about what stands behind a block.
        var reader = ByteReader(bytes)
        guard let block = try? Block(from: &reader) else { return "unreadable" }
        do {
            try chain.acceptBlock(block)
            return "accepted"
        } catch {
            return error.description
        }
    }
}
