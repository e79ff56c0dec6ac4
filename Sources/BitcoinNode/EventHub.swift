package import BitcoinInterfaces
import Synchronization

/// Carries events to registrations, each in order through a bounded queue of its own.
///
/// `publish` never waits and may be called from anywhere. A registration whose consumer throws (its process is gone) or
/// falls `EventHub.queueLimit` events behind is ended.
package final class EventHub: Sendable {
    /// Events that a consumer may be behind.
    package static let queueLimit = 4096

    /// Registrations that all clients together may have at a time: each may keep `queueLimit` events.
    package static let clientLimit = 1024

    /// What is queued for a registration.
    private enum Item: Sendable {
        case event(NodeEvent)
        /// Let go of when everything before it has been delivered, or never will be.
        case mark(DeliveryMark)
    }

    private struct State {
        var next: UInt64 = 0
        var continuations: [UInt64: AsyncStream<Item>.Continuation] = [:]
        var filters: [UInt64: @Sendable (NodeEvent) -> Bool] = [:]
        /// The client of each registration that counts towards the limits.
        var owners: [UInt64: UInt64] = [:]
        /// Registrations of each client that has any.
        var counts: [UInt64: Int] = [:]

        /// Gives back the place of a registration.
        mutating func forgetOwner(of id: UInt64) {
            guard let client = owners.removeValue(forKey: id), let count = counts[client] else { return }
            counts[client] = count > 1 ? count - 1 : nil
        }
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
            var behind: [AsyncStream<Item>.Continuation] = []
            for (id, continuation) in state.continuations where state.filters[id]?(event) ?? true {
                if case .dropped = continuation.yield(.event(event)) {
                    behind.append(continuation)
                    state.continuations[id] = nil
                    state.filters[id] = nil
                    state.forgetOwner(of: id)
                }
            }
            return behind
        }
        for continuation in behind {
            continuation.finish()
            onOverflow()
        }
    }

    /// Waits until every registration has dealt with what was published before (Core's
    /// `SyncWithValidationInterfaceQueue`).
    package func delivered() async {
        await withCheckedContinuation { continuation in
            let mark = DeliveryMark(continuation)
            state.withLock { state in
                for queue in state.continuations.values { queue.yield(.mark(mark)) }
            }
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
        begin(nextNumber(), nil, filter, deliver)
    }

    /// The share of a new client, that is, of one connection.
    ///
    /// - Parameter executor: where its events are handed on; that of the connection spares waking another thread.
    package func makeClient(on executor: (any TaskExecutor)? = nil) -> EventClient {
        EventClient(hub: self, id: nextNumber(), executor: executor)
    }

    /// Registers a consumer in another process; see ``EventClient``.
    fileprivate func register(
        client: UInt64, on executor: (any TaskExecutor)?, where filter: @escaping @Sendable (NodeEvent) -> Bool,
        deliver: @escaping @Sendable (NodeEvent) async throws -> Void
    ) throws(InterfaceError) -> EventRegistration {
        let id = try state.withLock { (state) throws(InterfaceError) in
            guard state.counts[client, default: 0] < EventClient.limit else {
                throw .overloaded("More than \(EventClient.limit) registrations for events by one client")
            }
            guard state.owners.count < Self.clientLimit else {
                throw .overloaded("Too many registrations for events; close some terminals")
            }
            state.next += 1
            state.owners[state.next] = client
            state.counts[client, default: 0] += 1
            return state.next
        }
        return begin(id, executor, filter, deliver)
    }

    /// A number that no registration and no client has.
    private func nextNumber() -> UInt64 {
        state.withLock { state in
            state.next += 1
            return state.next
        }
    }

    private func begin(
        _ id: UInt64, _ executor: (any TaskExecutor)?, _ filter: @escaping @Sendable (NodeEvent) -> Bool,
        _ deliver: @escaping @Sendable (NodeEvent) async throws -> Void
    ) -> EventRegistration {
        let (stream, continuation) = AsyncStream<Item>.makeStream(
            bufferingPolicy: .bufferingOldest(Self.queueLimit))
        state.withLock { state in
            state.continuations[id] = continuation
            state.filters[id] = filter
        }
        // The task lives as long as the registration, which cancels it.
        let task = Task(executorPreference: executor) { [weak self] in
            for await item in stream {
                // A cancelled stream still hands out what it holds.
                guard !Task.isCancelled else { break }
                guard case .event(let event) = item else { continue }
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
            state.forgetOwner(of: id)
            return state.continuations.removeValue(forKey: id)
        }
        continuation?.finish()
    }
}

/// One client's share of an `EventHub`: consumers in another process, which may be slow or never answer.
///
/// What one client registers, and forgets, takes no place from the others.
package final class EventClient: Sendable {
    /// Registrations that one client may have at a time; a terminal needs two.
    package static let limit = 16

    private let hub: EventHub
    private let id: UInt64
    private let executor: (any TaskExecutor)?

    fileprivate init(hub: EventHub, id: UInt64, executor: (any TaskExecutor)?) {
        self.hub = hub
        self.id = id
        self.executor = executor
    }

    /// Registers a consumer; see `EventHub.register(where:deliver:)`.
    ///
    /// - Throws: `InterfaceError.overloaded` when this client, or all together, have too many registrations.
    package func register(
        where filter: @escaping @Sendable (NodeEvent) -> Bool,
        deliver: @escaping @Sendable (NodeEvent) async throws -> Void
    ) throws(InterfaceError) -> EventRegistration {
        try hub.register(client: id, on: executor, where: filter, deliver: deliver)
    }
}

/// Resumes a continuation when the last queue has let go of it, whatever became of the queue.
private final class DeliveryMark: Sendable {
    private let continuation: CheckedContinuation<Void, Never>

    init(_ continuation: CheckedContinuation<Void, Never>) { self.continuation = continuation }

    deinit { continuation.resume() }
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
