import BitcoinChain
import BitcoinCommon
import BitcoinNode
import Synchronization

/// Says how far long work on the chain is: in the log at every tenth, to whoever watches at every hundredth.
final class LoadReporter: Sendable {
    private struct State {
        var phase: LoadProgress.Phase?
        var percent: Int32 = 0
    }

    private let context: NodeContext
    private let state = Mutex(State())

    init(_ context: NodeContext) { self.context = context }

    /// Takes note of progress.
    ///
    /// - Returns: false when the work is to stop.
    func report(_ progress: LoadProgress) -> Bool {
        guard !context.isShuttingDown else { return false }
        let percent = progress.percent
        let (isNew, previous) = state.withLock { state in
            defer { state = State(phase: progress.phase, percent: percent) }
            return (state.phase != progress.phase, state.percent)
        }
        if isNew { context.setInitMessage(progress.phase.title + "\u{2026}") }
        if isNew || percent != previous {
            context.hub.publish(.progress(title: progress.phase.title, percent: percent))
        }
        if !isNew, percent / 10 > previous / 10 {
            context.log.write("\(progress.phase.title): \(percent)% (\(progress.done) of \(progress.total))")
        }
        return true
    }
}

extension LoadProgress {
    fileprivate var percent: Int32 {
        total > 0 ? Int32(clamping: min(100, done.multipliedReportingOverflow(by: 100).partialValue / total)) : 100
    }
}

extension LoadProgress.Phase {
    fileprivate var title: String {
        switch self {
        case .readingHeaders: "Searching block files"
        case .indexingBlocks: "Reindexing blocks"
        case .replayingBlocks: "Replaying blocks"
        case .verifyingBlocks: "Verifying blocks"
        case .connectingBlocks: "Connecting blocks"
        case .importingBlocks: "Importing blocks"
        }
    }
}
