import Foundation

/// How `bitcoin-bench chain` and `bitcoin-bench parse` measure.
struct ChainBenchSettings {
    /// The folder of Core's programs; without one only our figures are shown.
    var core: String?
    /// Our node, where it is not beside this program.
    var node: String?
    /// Where chains and data folders are kept for the next run.
    var cache = FileManager.default.temporaryDirectory.appendingPathComponent("bitcoin-bench").path
    /// Options that both nodes get.
    var options: [String] = []
    /// A file with a serialised block.
    var block: String?

    /// Takes an option.
    ///
    /// - Returns: whether it is one of these.
    mutating func take(_ option: String) -> Bool {
        guard let separator = option.firstIndex(of: "=") else { return false }
        let value = String(option[option.index(after: separator)...])
        switch option[..<separator] {
        case "-core": core = value
        case "-node": node = value
        case "-cache": cache = value
        case "-block": block = value
        case "-dbcache", "-par": options.append(option)
        default: return false
        }
        return true
    }
}

/// A line of figures beside those of Core.
struct BesideCore {
    private let name: String
    private let limit: Double?
    private let digits: Int
    private var ours: [Double] = []
    private var core: [Double] = []

    /// - Parameters:
    ///   - limit: what the ratio may be at most; nil when it is only of interest.
    ///   - digits: behind the point.
    init(_ name: String, atMost limit: Double?, digits: Int) {
        (self.name, self.limit, self.digits) = (name, limit, digits)
    }

    /// Adds what a round has shown.
    mutating func add(ours: Double, core: Double?) {
        self.ours.append(ours)
        if let core { self.core.append(core) }
    }

    private var ratio: Distribution { Distribution(zip(ours, core).map { $0 / $1 }) }

    /// Whether the target was missed.
    var isMissed: Bool { limit.map { ratio.median > $0 } ?? false }

    /// Titles of the columns.
    static func header(_ title: String) -> String {
        title.padding(toLength: 40, withPad: " ", startingAt: 0)
            + "      ours      core    ratio   (10%..90%)    target"
    }

    /// A line for people.
    var text: String {
        let number = IpcBenchResult.number
        var text = name.padding(toLength: 40, withPad: " ", startingAt: 0)
        text += number(Distribution(ours).median, digits).leftPadded(to: 10)
        text += number(Distribution(core).median, digits).leftPadded(to: 10)
        text += number(ratio.median, 3).leftPadded(to: 9)
        text += "  " + "(\(number(ratio.low, 2))..\(number(ratio.high, 2)))".leftPadded(to: 13)
        guard let limit else { return text }
        return text + ("<= " + number(limit, 1)).leftPadded(to: 10)
            + (core.isEmpty ? "" : isMissed ? "  FAIL" : "  pass")
    }
}
