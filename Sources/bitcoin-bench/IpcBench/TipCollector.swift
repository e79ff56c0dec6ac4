import BitcoinInterfaces
import BitcoinPrimitives
import Synchronization

/// Counts the clients that have heard of a block, and how late the last one did.
final class TipCollector: Sendable {
    private struct State {
        var missing = 0
        var latest: Int64 = 0
        var waiter: CheckedContinuation<Double, Never>?
    }

    private let state = Mutex(State())

    /// Begins to wait for `count` clients.
    func expect(_ count: Int) {
        state.withLock { $0 = State(missing: count) }
    }

    /// Nanoseconds from the event to its arrival at the last client.
    func latest() async -> Double {
        await withCheckedContinuation { continuation in
            let latest: Double? = state.withLock { state in
                if state.missing == 0 { return Double(state.latest) }
                state.waiter = continuation
                return nil
            }
            if let latest { continuation.resume(returning: latest) }
        }
    }

    fileprivate func arrived(after nanoseconds: Int64) {
        let (waiter, latest) = state.withLock { state in
            state.latest = max(state.latest, nanoseconds)
            state.missing -= 1
            defer { if state.missing == 0 { state.waiter = nil } }
            return (state.missing == 0 ? state.waiter : nil, state.latest)
        }
        waiter?.resume(returning: Double(latest))
    }
}

/// What one client registers at the node.
final class TipReceiver: NodeEvents {
    private let collector: TipCollector

    init(_ collector: TipCollector) { self.collector = collector }

    func blockTip(tip: BlockRef, time: Int64, initialBlockDownload: Bool) async throws {
        collector.arrived(after: monotonicNanoseconds() - time)
    }

    func headerTip(tip: BlockRef, time: Int64) async throws {}
    func initMessage(message: String) async throws {}
    func progress(title: String, percent: Int32) async throws {}
    func mempoolChanged(transactions: UInt64, bytes: UInt64) async throws {}
    func warningsChanged(warnings: [String]) async throws {}
    func logAdvanced(total: UInt64) async throws {}
    func shutdownStarted() async throws {}
}
