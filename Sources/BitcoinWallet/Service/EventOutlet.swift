import BitcoinInterfaces
import BitcoinPrimitives
import Synchronization

/// Hands a wallet's events to one listener, in order and without keeping the wallet waiting.
///
/// A listener that throws, as one does whose connection ended, hears nothing more. One that is slow misses the oldest
/// of more than ten thousand events.
final class EventOutlet: Sendable {
    /// One event.
    enum Event: Sendable {
        case transaction(TransactionID)
        case balances(WalletBalances)
        case label(address: String, label: String)
        case status(WalletInfo)
    }

    private let continuation: AsyncStream<Event>.Continuation
    private let delivery: Task<Void, Never>
    private let hasEnded: Ended

    init(listener: any WalletEvents) {
        let (events, continuation) = AsyncStream.makeStream(
            of: Event.self, bufferingPolicy: .bufferingNewest(10_000))
        self.continuation = continuation
        let hasEnded = Ended()
        self.hasEnded = hasEnded
        // Owned by this object, which cancels it when the registration ends.
        delivery = Task {
            do {
                for await event in events { try await Self.deliver(event, to: listener) }
            } catch {
                hasEnded.flag.store(true, ordering: .relaxed)
                continuation.finish()
            }
        }
    }

    /// A flag that outlives whoever set it.
    private final class Ended: Sendable {
        let flag = Atomic(false)
    }

    /// Whether nobody listens any more.
    var isEnded: Bool { hasEnded.flag.load(ordering: .relaxed) }

    private static func deliver(_ event: Event, to listener: any WalletEvents) async throws {
        switch event {
        case .transaction(let id): try await listener.transactionChanged(transactionID: id)
        case .balances(let balances): try await listener.balancesChanged(balances: balances)
        case .label(let address, let label): try await listener.addressBookChanged(address: address, label: label)
        case .status(let info): try await listener.statusChanged(info: info)
        }
    }

    /// Queues an event.
    ///
    /// - Returns: False when the listener is gone.
    func send(_ event: Event) -> Bool {
        if case .terminated = continuation.yield(event) { return false }
        return true
    }

    /// Ends the registration; what is under way is delivered no further than to its end.
    func close() {
        hasEnded.flag.store(true, ordering: .relaxed)
        continuation.finish()
        delivery.cancel()
    }

    deinit { close() }
}

/// A registration with a wallet; dropping it ends it.
final class EventRegistration: Handler {
    private let outlet: EventOutlet

    init(outlet: EventOutlet) { self.outlet = outlet }

    func disconnect() async throws { outlet.close() }

    deinit { outlet.close() }
}
