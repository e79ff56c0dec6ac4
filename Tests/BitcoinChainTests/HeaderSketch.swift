import BitcoinConsensus
import BitcoinCrypto
import BitcoinPrimitives

/// A header in a chain of nothing but headers.
final class HeaderSketch: HeaderNode {
    let header: BlockHeader
    let height: Int
    let parent: HeaderSketch?

    /// Follows `parent` after ten seconds, unless the time is given; else the first block.
    init(version: Int32 = 4, bits: UInt32 = 0, time: UInt32? = nil, after parent: HeaderSketch?) {
        self.parent = parent
        height = parent.map { $0.height + 1 } ?? 0
        header = BlockHeader(
            version: version, previousBlockHash: .zero, merkleRoot: .zero,
            time: time ?? parent.map { $0.header.time + 10 } ?? 1000, bits: bits, nonce: 0)
    }

    func ancestor(at height: Int) -> HeaderSketch? {
        guard height >= 0, height <= self.height else { return nil }
        var node = self
        while node.height > height, let parent = node.parent { node = parent }
        return node
    }
}
