package import BitcoinPrimitives

/// A block header in its chain: what rules need to know of the blocks before.
package protocol HeaderNode {
    /// The header itself.
    var header: BlockHeader { get }

    /// Blocks before it; 0 for the first.
    var height: Int { get }

    /// The block before it; `nil` for the first.
    var parent: Self? { get }

    /// The block at `height` on the way from the first block to this one; `nil` outside 0...`self.height`.
    func ancestor(at height: Int) -> Self?
}

extension HeaderNode {
    /// The median of the times of this block and the ten before it, in Unix seconds (BIP113).
    package var medianTimePast: Int64 {
        var times: [UInt32] = [header.time]
        times.reserveCapacity(ConsensusLimits.medianTimeSpan)
        var node = self
        while times.count < ConsensusLimits.medianTimeSpan, let parent = node.parent {
            times.append(parent.header.time)
            node = parent
        }
        times.sort()
        return Int64(times[times.count / 2])
    }
}
