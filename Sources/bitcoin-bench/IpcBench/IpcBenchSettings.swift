/// How `bitcoin-bench ipc` measures.
struct IpcBenchSettings {
    /// Rounds of measurement.
    var rounds = 21
    /// Whether the user said how many.
    var hasOwnRounds = false
    /// What the names of measurements must contain.
    var only = ""
    /// Whether only to see that everything works.
    var isQuick = false
    /// Whether missed targets are an error.
    var checksTargets = false
    /// Which processors the two ends run on, ours and those of the yardstick alike.
    var placement = Placement.apart

    /// Rows of the wallet's window.
    static let windowRows = 100
    /// Connections that are told of a block.
    static let clients = 16
    /// Tasks that call at the same time.
    static let callers = 8
    /// Calls sent before the first answer is awaited.
    static let pipelined = 100
    /// Bytes of a short text.
    static let shortText = 32
    /// Bytes of a long text.
    static let longText = 1 << 20

    /// Rounds that are run.
    var effectiveRounds: Int { isQuick ? min(rounds, 2) : rounds }

    /// Samples of a measurement in one round; `count` is for a full run.
    func samples(_ count: Int) -> Int { isQuick ? max(count / 20, 2) : count }
}

/// The middle of some values, and where most of them lie.
struct Distribution {
    /// Half are below.
    let median: Double
    /// A tenth are below.
    let low: Double
    /// A tenth are above.
    let high: Double

    init(_ values: [Double]) {
        let sorted = values.sorted()
        func quantile(_ part: Double) -> Double {
            sorted.isEmpty ? .nan : sorted[Int((Double(sorted.count - 1) * part).rounded())]
        }
        median = quantile(0.5)
        low = quantile(0.1)
        high = quantile(0.9)
    }
}
