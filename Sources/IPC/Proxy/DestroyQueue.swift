import CapnpRPC
import Synchronization

/// Sends the `destroy` calls of dropped proxies, a few at a time, so that dropping thousands at once neither takes the
/// threads that calls need nor makes the peer start as many.
///
/// Several go in parallel, because a destructor at the far side may wait for another object's.
final class DestroyQueue: Sendable {
    /// Calls that wait for their answers at a time.
    static let width = 16

    /// Sends one call; returns what waits for its answer, or nil if it could not be sent.
    typealias Job = @Sendable () -> (@Sendable () async -> Void)?

    private struct State {
        var waiting: [Job] = []
        /// Where `waiting` begins; it is cut off now and then.
        var first = 0
        var running = 0
        var isClosed = false

        mutating func next() -> Job? {
            guard !isClosed, first < waiting.count else {
                waiting = []
                first = 0
                return nil
            }
            defer { first += 1 }
            if first > 1024, first > waiting.count / 2 {
                waiting.removeFirst(first)
                first = 0
            }
            return waiting[first]
        }
    }

    private let state = Mutex(State())

    /// Sends a call now, or when an earlier one has been answered.
    func add(_ job: @escaping Job) {
        let isMyTurn = state.withLock { state in
            guard !state.isClosed else { return false }
            guard state.running >= Self.width else {
                state.running += 1
                return true
            }
            state.waiting.append(job)
            return false
        }
        guard isMyTurn else { return }
        let answer = job()
        // Nobody is left to own this task: it only keeps the question, and the thread, until the answer.
        Task {
            await answer?()
            while let job = next() { await job()?() }
        }
    }

    private func next() -> Job? {
        state.withLock { state in
            let job = state.next()
            if job == nil { state.running -= 1 }
            return job
        }
    }

    /// The connection has ended: nothing more is sent.
    func close() {
        let dropped = state.withLock { state in
            defer {
                state.waiting = []
                state.first = 0
                state.isClosed = true
            }
            return state.waiting
        }
        _ = dropped
    }
}
