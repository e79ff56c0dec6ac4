extension VersionBits {
    /// What is known of a deployment at a block, as `getdeploymentinfo` shows it (Core's `BIP9Info`).
    package struct Status: Equatable, Sendable {
        /// The state that holds for the block.
        package var state: State
        /// The state that holds for the block after it.
        package var next: State
        /// Height of the first block with `state`; 0 for a deployment that is `defined`, or that needs no signals.
        package var since: Int
        /// Height of the first block with the new rules; `nil` unless they hold for the block or for the next one.
        package var activeSince: Int?
        /// Which blocks of the period, up to this one, have signalled; `nil` where the bit means nothing.
        package var signals: [Bool]?

        /// How many of `signals` are set.
        package var signalCount: Int { signals?.count { $0 } ?? 0 }
    }

    /// What is known of `deployment` at `block`.
    ///
    /// - Complexity: one step for each period since the start of signalling, and as many as a period has blocks.
    package static func status<Node: HeaderNode>(
        of deployment: VersionBitsDeployment, at block: Node
    ) -> Status {
        let current = Self.current(of: deployment, after: block.parent)
        let next = Self.current(of: deployment, after: block).state
        var status = Status(state: current.state, next: next, since: current.since)
        if current.state == .active {
            status.activeSince = current.since
        } else if next == .active {
            status.activeSince = block.height + 1
        }
        if current.state == .started || current.state == .lockedIn {
            status.signals = signals(upTo: block, deployment)
        }
        return status
    }

    /// The signals of the blocks from the first of a period to `block`.
    private static func signals<Node: HeaderNode>(
        upTo block: Node, _ deployment: VersionBitsDeployment
    ) -> [Bool] {
        var found: [Bool] = []
        var node: Node? = block
        for _ in 0...(block.height % deployment.period) {
            guard let current = node else { break }
            found.append(signals(current.header, deployment))
            node = current.parent
        }
        return found.reversed()
    }
}
