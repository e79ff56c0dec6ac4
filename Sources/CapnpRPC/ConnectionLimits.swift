/// How much a peer may make this side remember at one moment.
///
/// A peer that goes over a limit is told which one, by an `Abort`, and disconnected.
public struct ConnectionLimits: Sendable {
    /// The calls of the peer that have not been finished.
    public var answers: Int

    /// The distinct capabilities of the peer that this side holds.
    public var imports: Int

    /// The distinct capabilities that this side has given to the peer.
    public var exports: Int

    /// The entries of the capability table of one message.
    public var capabilitiesPerMessage: Int

    /// The size in words (of 8 bytes) of all calls of the peer that have not returned: their parameters are kept here.
    public var callWords: Int

    /// What all connections together may use, besides a small share that each one has for certain.
    public var budget: MemoryBudget

    /// Limits far above what an honest client of Bitcoin's interfaces needs.
    public init(
        answers: Int = 1 << 14, imports: Int = 1 << 18, exports: Int = 1 << 18, capabilitiesPerMessage: Int = 1 << 14,
        callWords: Int = 1 << 23, budget: MemoryBudget = .process
    ) {
        self.answers = answers
        self.imports = imports
        self.exports = exports
        self.capabilitiesPerMessage = capabilitiesPerMessage
        self.callWords = callWords
        self.budget = budget
    }
}
