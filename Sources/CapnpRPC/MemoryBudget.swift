import Synchronization

/// A bound on the memory that peers of several connections make this process keep: messages that are not complete, parameters
/// of calls that have not returned, answers that are not read.
///
/// Each connection has a share of its own for each of these, so that nobody can take from others what they need for usual
/// calls. Only what goes beyond is drawn from the budget.
public final class MemoryBudget: Sendable {
    /// The budget of connections that are given no other.
    public static let process = MemoryBudget(bytes: 1 << 29)

    /// The most that may be drawn.
    public let bytes: Int

    /// What a connection has for each purpose without drawing.
    public let guaranteedBytes: Int

    private let drawn = Atomic(0)

    /// A budget of `bytes`.
    ///
    /// - Parameter guaranteedBytes: see the property.
    public init(bytes: Int, guaranteedBytes: Int = 1 << 20) {
        self.bytes = bytes
        self.guaranteedBytes = guaranteedBytes
    }

    /// What all connections have drawn.
    public var drawnBytes: Int { drawn.load(ordering: .relaxed) }

    /// Draws, or gives back if negative.
    ///
    /// - Returns: `false`, having done nothing, when there is not so much left.
    fileprivate func draw(_ amount: Int) -> Bool {
        var current = drawn.load(ordering: .relaxed)
        while true {
            let (sum, overflows) = current.addingReportingOverflow(amount)
            if overflows || (amount > 0 && sum > bytes) { return false }
            let (exchanged, original) = drawn.compareExchange(
                expected: current, desired: sum, ordering: .relaxed)
            if exchanged { return true }
            current = original
        }
    }
}

/// What one connection uses of a `MemoryBudget` for one purpose. Whoever holds it must end with `use(0)`.
public struct MemoryShare: Sendable {
    private let budget: MemoryBudget
    private var drawn = 0

    /// A share that uses nothing yet.
    public init(of budget: MemoryBudget) {
        self.budget = budget
    }

    /// Notes that `bytes` are in use now. May be called under any lock.
    ///
    /// - Returns: `false`, with nothing changed, if that is more than there is. Using less never fails.
    public mutating func use(_ bytes: Int) -> Bool {
        let needed = max(0, bytes - budget.guaranteedBytes)
        guard needed != drawn else { return true }
        guard budget.draw(needed - drawn) else { return false }
        drawn = needed
        return true
    }

    /// Text for the peer whose use has failed.
    public var exhaustion: String { "Limit exceeded: all connections together hold \(budget.bytes) bytes." }
}
