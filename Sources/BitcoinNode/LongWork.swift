import BitcoinCommon
import Dispatch
import Logging
import Synchronization

/// Work that takes long and needs the chain only at its beginning and end: it runs on a thread of its own, tells
/// whoever watches how far it is, and ends early when the node does.
final class LongWork: Sendable {
    private let context: NodeContext
    /// What is being done and how far it is, in percent.
    private let last = Mutex<(title: String, percent: Int)>(("", -1))

    init(_ context: NodeContext) { self.context = context }

    /// Runs `body` on a thread of its own.
    ///
    /// - Throws: What `body` throws.
    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "long work", qos: .utility).async {
                continuation.resume(with: Swift.Result { try body() })
            }
        }
    }

    /// Takes note of progress: events at every hundredth, a line of the log at every tenth.
    ///
    /// - Returns: false when the work is to stop.
    func report(_ title: String, _ percent: Int) -> Bool {
        guard !context.isShuttingDown else { return false }
        let percent = max(0, min(100, percent))
        let previous = last.withLock { last in
            defer { last = (title, percent) }
            return last
        }
        guard previous.title != title || previous.percent != percent else { return true }
        context.hub.publish(.progress(title: title, percent: Int32(percent)))
        if previous.title != title || percent / 10 != previous.percent / 10 {
            context.log.write("\(title): \(percent)%")
        }
        return true
    }

    /// Says that the work is over, so that nobody goes on showing it.
    func end() {
        let title = last.withLock(\.title)
        if !title.isEmpty { context.hub.publish(.progress(title: title, percent: 100)) }
    }
}
