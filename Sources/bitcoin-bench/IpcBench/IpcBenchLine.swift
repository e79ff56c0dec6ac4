import Foundation

/// One measurement and what it is to be compared with.
struct IpcBenchLine {
    /// What a ratio says.
    enum Target {
        /// Our time is at most so many times that of the yardstick.
        case timeAtMost(Double)
        /// We move at least so many times the bytes per second.
        case throughputAtLeast(Double)
    }

    /// For people.
    let name: String
    let target: Target
    /// What the yardstick moves.
    let bytes: ByteCounts
    /// Samples of the yardstick on either side of ours in each round.
    let rawSamples: Int
    /// Takes the measurement once: nanoseconds.
    let measure: @Sendable () async throws -> Double

    /// The figure that the target is about.
    func ratio(ours: Double, raw: Double) -> Double {
        switch target {
        case .timeAtMost: ours / raw
        case .throughputAtLeast: raw / ours
        }
    }

    /// Whether the target is reached.
    func isReached(by ratio: Double) -> Bool {
        switch target {
        case .timeAtMost(let limit): ratio <= limit
        case .throughputAtLeast(let limit): ratio >= limit
        }
    }
}

/// What the rounds have shown for a line.
struct IpcBenchResult {
    let line: IpcBenchLine
    private var ours: [Double] = []
    private var raw: [Double] = []
    private var ratios: [Double] = []

    init(_ line: IpcBenchLine) { self.line = line }

    /// Adds a round.
    mutating func add(ours: Double, raw: Double) {
        self.ours.append(ours)
        self.raw.append(raw)
        ratios.append(line.ratio(ours: ours, raw: raw))
    }

    var ratio: Distribution { Distribution(ratios) }

    var isReached: Bool { line.isReached(by: ratio.median) }

    /// Titles of the columns.
    static let header = "                                      ours µs   raw µs    ratio   (10%..90%)    target"

    /// A line for people.
    var text: String {
        let target =
            switch line.target {
            case .timeAtMost(let limit): "<= " + Self.number(limit, 1)
            case .throughputAtLeast(let limit): ">= " + Self.number(limit, 1)
            }
        let ratio = ratio
        return [
            line.name.padding(toLength: 35, withPad: " ", startingAt: 0),
            Self.number(Distribution(ours).median / 1000, 1).leftPadded(to: 10),
            Self.number(Distribution(raw).median / 1000, 1).leftPadded(to: 9),
            Self.number(ratio.median, 2).leftPadded(to: 9),
            "  " + "(\(Self.number(ratio.low, 2))..\(Self.number(ratio.high, 2)))".leftPadded(to: 15),
            target.leftPadded(to: 10), isReached ? "  pass" : "  FAIL",
        ].joined()
    }

    static func number(_ value: Double, _ digits: Int) -> String {
        value.isFinite ? String(format: "%.\(digits)f", value) : "-"
    }
}
