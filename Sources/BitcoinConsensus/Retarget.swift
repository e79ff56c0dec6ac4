package import BitcoinPrimitives

/// How hard the next block is to find (Core's pow.cpp).
package enum Retarget {
    /// The bits that a block after `previous` must carry.
    ///
    /// - Parameters:
    ///   - previous: the last block before it.
    ///   - time: the time of the new block in Unix seconds; it matters only on test networks.
    ///   - parameters: the network's parameters.
    package static func requiredBits(
        after previous: some HeaderNode, time: UInt32, parameters: ChainParameters
    ) -> UInt32 {
        let interval = parameters.difficultyAdjustmentInterval
        guard (previous.height + 1) % interval == 0 else {
            guard parameters.allowsMinDifficultyBlocks else { return previous.header.bits }
            return testnetBits(after: previous, time: time, parameters: parameters)
        }
        // 2016 blocks span 2015 intervals: the off-by-one of the first release is consensus.
        guard let first = previous.ancestor(at: previous.height - (interval - 1)) else { return previous.header.bits }
        return retargetedBits(last: previous.header, first: first.header, parameters: parameters)
    }

    /// The bits at the start of a period whose predecessor began with `first` and ended with `last`.
    package static func retargetedBits(
        last: BlockHeader, first: BlockHeader, parameters: ChainParameters
    ) -> UInt32 {
        guard !parameters.neverRetargets else { return last.bits }
        let timespan = parameters.targetTimespan
        let actual = min(max(Int64(last.time) - Int64(first.time), timespan / 4), timespan * 4)
        // BIP94 starts from the first block of the period, which cannot have used the minimum-difficulty exception.
        let base = CompactTarget(rawValue: parameters.enforcesBIP94 ? first.bits : last.bits).expanded
        let scaled = (base &* UInt64(actual)).divided(by: UInt256(UInt64(timespan))) ?? parameters.powLimit
        return CompactTarget(min(scaled, parameters.powLimit)).rawValue
    }

    /// On test networks a block that comes late may have the easiest target; the others repeat the last target that
    /// was not such an exception.
    private static func testnetBits(
        after previous: some HeaderNode, time: UInt32, parameters: ChainParameters
    ) -> UInt32 {
        let easiest = CompactTarget(parameters.powLimit).rawValue
        guard Int64(time) <= Int64(previous.header.time) + 2 * parameters.targetSpacing else { return easiest }
        var node = previous
        while node.height % parameters.difficultyAdjustmentInterval != 0, node.header.bits == easiest,
            let parent = node.parent
        {
            node = parent
        }
        return node.header.bits
    }
}
