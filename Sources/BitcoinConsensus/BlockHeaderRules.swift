package import BitcoinPrimitives

/// What a header must obey, given the headers before it.
package enum BlockHeaderRules {
    /// Checks that the hash is low enough for the target that the header claims (Core's `CheckBlockHeader`).
    ///
    /// - Throws: `highHash`, also when the bits stand for no target that the network allows.
    package static func checkProofOfWork(
        _ header: BlockHeader, parameters: ChainParameters
    ) throws(ConsensusFailure) {
        guard let target = CompactTarget(rawValue: header.bits).target(limit: parameters.powLimit),
            UInt256(header.hash.rawValue) <= target
        else { throw ConsensusFailure(.highHash, "proof of work failed") }
    }

    /// Checks a header against the chain it extends (Core's `ContextualCheckBlockHeader`).
    ///
    /// - Parameters:
    ///   - header: the new header.
    ///   - previous: the block it follows.
    ///   - now: the adjusted time in Unix seconds.
    ///   - parameters: the network's parameters.
    /// - Throws: the first rule broken.
    package static func check(
        _ header: BlockHeader, after previous: some HeaderNode, now: Int64, parameters: ChainParameters
    ) throws(ConsensusFailure) {
        let height = previous.height + 1
        try bitsFollowTheRetarget(header, previous, parameters)
        try timeIsAfterTheMedian(header, previous)
        try periodStartsNoTimewarp(header, previous, parameters)
        try timeIsNotInTheFuture(header, now)
        try versionIsCurrent(header, height, parameters)
    }

    private static func bitsFollowTheRetarget(
        _ header: BlockHeader, _ previous: some HeaderNode, _ parameters: ChainParameters
    ) throws(ConsensusFailure) {
        let required = Retarget.requiredBits(after: previous, time: header.time, parameters: parameters)
        guard header.bits == required else { throw ConsensusFailure(.badDifficultyBits, "incorrect proof of work") }
    }

    private static func timeIsAfterTheMedian(
        _ header: BlockHeader, _ previous: some HeaderNode
    ) throws(ConsensusFailure) {
        guard Int64(header.time) > previous.medianTimePast else {
            throw ConsensusFailure(.timeTooOld, "block's timestamp is too early")
        }
    }

    private static func periodStartsNoTimewarp(
        _ header: BlockHeader, _ previous: some HeaderNode, _ parameters: ChainParameters
    ) throws(ConsensusFailure) {
        guard parameters.enforcesBIP94, (previous.height + 1) % parameters.difficultyAdjustmentInterval == 0 else {
            return
        }
        guard Int64(header.time) >= Int64(previous.header.time) - ConsensusLimits.maxTimewarp else {
            throw ConsensusFailure(
                .timewarpAttack, "block's timestamp is too early on diff adjustment block")
        }
    }

    private static func timeIsNotInTheFuture(_ header: BlockHeader, _ now: Int64) throws(ConsensusFailure) {
        let latest = now.addingReportingOverflow(ConsensusLimits.maxFutureBlockTime)
        guard latest.overflow || Int64(header.time) <= latest.partialValue else {
            throw ConsensusFailure(.timeTooNew, "block timestamp too far in the future")
        }
    }

    private static func versionIsCurrent(
        _ header: BlockHeader, _ height: Int, _ parameters: ChainParameters
    ) throws(ConsensusFailure) {
        let version = header.version
        let isOld =
            (version < 2 && height >= parameters.bip34Height) || (version < 3 && height >= parameters.bip66Height)
            || (version < 4 && height >= parameters.bip65Height)
        guard isOld else { return }
        let digits = String(UInt32(bitPattern: version), radix: 16)
        let hex = "0x" + String(repeating: "0", count: 8 - digits.count) + digits
        throw ConsensusFailure(.badVersion, "rejected nVersion=\(hex) block", suffix: "(\(hex))")
    }
}
