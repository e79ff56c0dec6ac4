import Synchronization

/// Where tasks leave events for the interface thread.
///
/// Bounded by merging: of events that only say what is so now, the newest replaces one that was not taken yet, so a
/// node that connects a thousand blocks while the terminal is stopped leaves one event, not a thousand.
package final class EventQueue: Sendable {
    private let events = Mutex<[ModelEvent]>([])
    private let waker: any Waker

    /// A queue that wakes its reader.
    package init(waker: any Waker) { self.waker = waker }

    /// Leaves an event. From any thread; never waits.
    package func post(_ event: ModelEvent) {
        let wasEmpty = events.withLock { events in
            defer {
                if let kind = event.mergeKey, let index = events.lastIndex(where: { $0.mergeKey == kind }) {
                    events.remove(at: index)
                }
                events.append(event)
            }
            return events.isEmpty
        }
        if wasEmpty { waker.wake() }
    }

    /// Takes everything.
    package func drain() -> [ModelEvent] {
        events.withLock { events in
            defer { events = [] }
            return events
        }
    }
}

extension ModelEvent {
    /// Equal for events of which only the newest counts.
    fileprivate var mergeKey: String? {
        switch self {
        case .blockTip: "tip"
        case .headerTip: "header"
        case .progress: "progress"
        case .mempoolChanged: "mempool"
        case .logAdvanced: "log"
        case .warningsChanged: "warnings"
        case .balancesChanged(let wallet, _): "balances " + wallet
        case .walletStatusChanged(let wallet, _): "status " + wallet
        case .addressBookChanged(let wallet): "book " + wallet
        default: nil
        }
    }
}
