import BitcoinConsensus
import BitcoinPrimitives
import Testing

/// Soft forks that miners switch on (BIP9).
struct VersionBitsTests {
    private static let quiet: Int32 = 0x2000_0000
    private static let signal: Int32 = 0x2000_0010

    private static func deployment(
        start: Int64 = 0, timeout: Int64 = VersionBitsDeployment.noTimeout, height: Int = 0
    ) -> VersionBitsDeployment {
        var deployment = ChainParameters.regtest.deployments[0]
        (deployment.bit, deployment.period, deployment.threshold) = (4, 20, 15)
        (deployment.startTime, deployment.timeout, deployment.minActivationHeight) = (start, timeout, height)
        return deployment
    }

    /// The state after each block of a chain, first that before the first one.
    private func states(_ deployment: VersionBitsDeployment, _ versions: [Int32]) -> [VersionBits.State] {
        var states = [VersionBits.state(of: deployment, after: HeaderSketch?.none)]
        var tip: HeaderSketch?
        for version in versions {
            let node = HeaderSketch(version: version, after: tip)
            states.append(VersionBits.state(of: deployment, after: node))
            tip = node
        }
        return states
    }

    private func versions(_ signalling: Int..., of period: Int = 20) -> [Int32] {
        signalling.flatMap { count in (0..<period).map { $0 < count ? Self.signal : Self.quiet } }
    }

    /// The states of whole periods: that of the first block of each, if the others have the same one.
    private func periods(_ states: [VersionBits.State]) -> [VersionBits.State] {
        stride(from: 0, to: states.count - 19, by: 20).compactMap { start in
            Set(states[start..<(start + 20)]).count == 1 ? states[start] : nil
        }
    }

    @Test func goesOnFromPeriodToPeriod() {
        let all = versions(0, 14, 15, 0, 0)
        #expect(periods(states(Self.deployment(), all)) == [.defined, .started, .started, .lockedIn, .active])
        #expect(states(Self.deployment(), all).last == .active)
        // Signals in the first period come too early, and from locking in on nobody counts.
        #expect(
            periods(states(Self.deployment(), versions(20, 20, 0, 0, 20)))
                == [.defined, .started, .lockedIn, .active, .active])
        // Only signals of the same period count together.
        let spread =
            versions(0, 0) + [Int32](repeating: Self.quiet, count: 10)
            + [Int32](repeating: Self.signal, count: 20) + versions(0, 0)
        #expect(!states(Self.deployment(), spread).contains(.lockedIn))
    }

    @Test func waitsForItsTimeAndHeight() {
        // The median time at the end of the second period is that of its block 34.
        let early = Self.deployment(start: 1340)
        #expect(
            periods(states(early, versions(20, 20, 20, 0, 0))) == [.defined, .defined, .started, .lockedIn, .active])
        let late = Self.deployment(start: 1341)
        #expect(
            periods(states(late, versions(20, 20, 20, 20, 0))) == [.defined, .defined, .defined, .started, .lockedIn])
        let high = Self.deployment(height: 81)
        #expect(
            periods(states(high, versions(0, 20, 0, 0, 0, 0)))
                == [.defined, .started, .lockedIn, .lockedIn, .lockedIn, .active])
        #expect(periods(states(Self.deployment(height: 80), versions(0, 20, 0, 0, 0))).last == .active)
    }

    @Test func failsAfterItsTimeUnlessLockedIn() {
        let deployment = Self.deployment(timeout: 1340)
        #expect(periods(states(deployment, versions(0, 14, 20, 20))) == [.defined, .started, .failed, .failed])
        // In the period that ends after the timeout signals still count.
        #expect(periods(states(deployment, versions(0, 15, 0, 0))) == [.defined, .started, .lockedIn, .active])
        #expect(
            periods(states(Self.deployment(timeout: 1341), versions(0, 14, 15, 0)))
                == [.defined, .started, .started, .lockedIn])
        // Both at once: it begins, and fails a period later.
        #expect(
            periods(states(Self.deployment(start: 5, timeout: 6), versions(0, 0, 20)))
                == [.defined, .started, .failed])
        #expect(Set(states(Self.deployment(start: VersionBitsDeployment.alwaysActive), versions(0, 0))) == [.active])
        #expect(Set(states(Self.deployment(start: VersionBitsDeployment.neverActive), versions(20, 20))) == [.failed])
    }

    @Test func onlyVersionsWithTheTopBitsSignal() {
        let deployment = Self.deployment()
        func signals(_ version: Int32) -> Bool {
            VersionBits.signals(HeaderSketch(version: version, after: nil).header, deployment)
        }
        #expect(signals(0x2000_0010))
        #expect(signals(0x3fff_ffff))
        #expect(!signals(0x2000_0008))
        for top: UInt32 in [0x0, 0x4000_0000, 0x6000_0000, 0x8000_0000, 0xa000_0000, 0xe000_0000] {
            #expect(!signals(Int32(bitPattern: top | 0x10)))
        }
    }

    @Test func newBlocksSignalWhileItIsOpen() {
        var parameters = ChainParameters.regtest
        parameters.deployments = [Self.deployment()]
        var tip: HeaderSketch?
        var seen: [Int32] = []
        for version in versions(0, 20, 0, 0) {
            seen.append(VersionBits.blockVersion(after: tip, parameters: parameters))
            tip = HeaderSketch(version: version, after: tip)
        }
        #expect(seen == versions(0, 20, 20, 0))
    }
}
