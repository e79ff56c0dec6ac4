package import BitcoinPrimitives

/// Soft forks signalled by bits of the block version (BIP9, Core's versionbits.cpp).
package enum VersionBits {
    /// The top bits that mark a version as a set of signals.
    package static let topBits: Int32 = 0x2000_0000
    private static let topMask = Int32(bitPattern: 0xe000_0000)

    /// How far along a deployment is.
    package enum State: String, Sendable {
        case defined
        case started
        case lockedIn = "locked_in"
        case active
        case failed
    }

    /// The version that a block after `previous` should carry: the top bits and the bit of every deployment that is
    /// started or locked in.
    package static func blockVersion(after previous: (some HeaderNode)?, parameters: ChainParameters) -> Int32 {
        var version = topBits
        for deployment in parameters.deployments {
            switch state(of: deployment, after: previous) {
            case .started, .lockedIn: version |= 1 << Int32(deployment.bit)
            case .defined, .active, .failed: break
            }
        }
        return version
    }

    /// The state that holds for the block after `previous`.
    ///
    /// - Complexity: one step for each period back to the start of signalling; callers that ask often should remember
    ///   the answer for a period.
    package static func state<Node: HeaderNode>(
        of deployment: VersionBitsDeployment, after previous: Node?
    ) -> State {
        current(of: deployment, after: previous).state
    }

    /// The state that holds for the block after `previous`, and the height of the first block that it held for.
    static func current<Node: HeaderNode>(
        of deployment: VersionBitsDeployment, after previous: Node?
    ) -> (state: State, since: Int) {
        if deployment.startTime == VersionBitsDeployment.alwaysActive { return (.active, 0) }
        if deployment.startTime == VersionBitsDeployment.neverActive { return (.failed, 0) }

        // A period's state depends on the last block of the period before: walk back to where it is known.
        var boundaries: [Node] = []
        var boundary = previous.flatMap { lastBlockOfPeriod(before: $0, period: deployment.period) }
        while let node = boundary, node.medianTimePast >= deployment.startTime {
            boundaries.append(node)
            boundary = node.ancestor(at: node.height - deployment.period)
        }
        var (state, since) = (State.defined, 0)
        for node in boundaries.reversed() {
            let following = next(state, at: node, deployment)
            if following != state { (state, since) = (following, node.height + 1) }
        }
        return (state, since)
    }

    /// Whether a block signals for a deployment.
    package static func signals(_ header: BlockHeader, _ deployment: VersionBitsDeployment) -> Bool {
        header.version & topMask == topBits && header.version >> Int32(deployment.bit) & 1 == 1
    }

    private static func lastBlockOfPeriod<Node: HeaderNode>(before node: Node, period: Int) -> Node? {
        node.ancestor(at: node.height - (node.height + 1) % period)
    }

    private static func next(
        _ state: State, at boundary: some HeaderNode, _ deployment: VersionBitsDeployment
    ) -> State {
        switch state {
        case .defined:
            return .started
        case .started:
            if signalCount(endingAt: boundary, deployment) >= deployment.threshold { return .lockedIn }
            return boundary.medianTimePast >= deployment.timeout ? .failed : .started
        case .lockedIn:
            return boundary.height + 1 >= deployment.minActivationHeight ? .active : .lockedIn
        case .active, .failed:
            return state
        }
    }

    private static func signalCount<Node: HeaderNode>(endingAt last: Node, _ deployment: VersionBitsDeployment) -> Int {
        var count = 0
        var node: Node? = last
        for _ in 0..<deployment.period {
            guard let current = node else { break }
            if signals(current.header, deployment) { count += 1 }
            node = current.parent
        }
        return count
    }
}
