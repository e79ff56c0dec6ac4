import BitcoinInterfaces
import Synchronization

/// Carries events to registrations, each in order through a bounded queue of its own.
///
/// `publish` never waits and may be called from anywhere. A registration whose consumer throws (its process is gone) or
/// falls `EventHub.queueLimit` events behind is ended.
package final class EventHub: Sendable {
    /// Events that a consumer may be behind.
    package static let queueLimit = 4096

    /// Registrations of clients that there may be at a time: each may keep `queueLimit` events.
    package static let clientLimit = 512

    private struct State {
        var next: UInt64 = 0
        var continuations: [UInt64: AsyncStream<NodeEvent>.Continuation] = [:]
        var filters: [UInt64: @Sendable (NodeEvent) -> Bool] = [:]
        /// The registrations that count towards `clientLimit`.
        var clients: Set<UInt64> = []
    }

    private let state = Mutex(State())
    private let onOverflow: @Sendable () -> Void

    /// Makes a hub.
    ///
    /// - Parameter onOverflow: Called when a registration was ended because it fell behind.
    package init(onOverflow: @escaping @Sendable () -> Void = {}) { self.onOverflow = onOverflow }

    /// Hands an event to every registration that wants it.
    package func publish(_ event: NodeEvent) {
        let behind = state.withLock { state in
            var behind: [AsyncStream<NodeEvent>.Continuation] = []
            for (id, continuation) in state.continuations where state.filters[id]?(event) ?? true {
                if case .dropped = continuation.yield(event) {
                    behind.append(continuation)
                    state.continuations[id] = nil
                    state.filters[id] = nil
                    state.clients.remove(id)
                }
            }
            return behind
        }
        for continuation in behind {
            continuation.finish()
            onOverflow()
        }
    }

    /// Registers a consumer.
    ///
    /// - Parameters:
    ///   - filter: Which events it wants; called under the hub's lock, so it must only look at the event.
    ///   - deliver: Called for each, one after the other. Throwing ends the registration.
    /// - Returns: The registration; it ends when `disconnect` is called or the last reference is dropped.
    package func register(
        where filter: @escaping @Sendable (NodeEvent) -> Bool,
        deliver: @escaping @Sendable (NodeEvent) async throws -> Void
    ) -> EventRegistration {
        begin(reserve(isClient: false), filter, deliver)
    }

    /// Registers a consumer in another process, which may be slow or never answer; see `register(where:deliver:)`.
    ///
    /// - Throws: `NodeError.tooManyClients`.
    package func registerClient(
        where filter: @escaping @Sendable (NodeEvent) -> Bool,
        deliver: @escaping @Sendable (NodeEvent) async throws -> Void
    ) throws(NodeError) -> EventRegistration {
        let id = reserve(isClient: true)
        guard id != 0 else { throw .tooManyClients }
        return begin(id, filter, deliver)
    }

    /// The id of a new registration; 0 if there are too many of clients.
    private func reserve(isClient: Bool) -> UInt64 {
        state.withLock { state in
            if isClient, state.clients.count >= Self.clientLimit { return 0 }
            state.next += 1
            if isClient { state.clients.insert(state.next) }
            return state.next
        }
    }

    private func begin(
        _ id: UInt64, _ filter: @escaping @Sendable (NodeEvent) -> Bool,
        _ deliver: @escaping @Sendable (NodeEvent) async throws -> Void
    ) -> EventRegistration {
        let (stream, continuation) = AsyncStream<NodeEvent>.makeStream(
            bufferingPolicy: .bufferingOldest(Self.queueLimit))
        state.withLock { state in
            state.continuations[id] = continuation
            state.filters[id] = filter
        }
        // The task lives as long as the registration, which cancels it.
        let task = Task { [weak self] in
            for await event in stream {
                // A cancelled stream still hands out what it holds.
                guard !Task.isCancelled else { break }
                do {
                    try await deliver(event)
                } catch {
                    break
                }
            }
            self?.remove(id)
        }
        return EventRegistration(hub: self, id: id, task: task)
    }

    /// Number of registrations, for tests.
    package var count: Int { state.withLock { $0.continuations.count } }

    func remove(_ id: UInt64) {
        let continuation = state.withLock { state in
            state.filters[id] = nil
            state.clients.remove(id)
            return state.continuations.removeValue(forKey: id)
        }
        continuation?.finish()
    }
}

/// A registration at an `EventHub`.
package final class EventRegistration: Handler {
    private let hub: EventHub
    private let id: UInt64
    private let task: Task<Void, Never>

    init(hub: EventHub, id: UInt64, task: Task<Void, Never>) {
        self.hub = hub
        self.id = id
        self.task = task
    }

    deinit {
        hub.remove(id)
        task.cancel()
    }

    /// Ends the registration; what is queued is not delivered any more.
    package func disconnect() async throws {
        hub.remove(id)
        task.cancel()
    }
}
