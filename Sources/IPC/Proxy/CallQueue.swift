import Synchronization

/// Turns of served calls: what libmultiprocess's worker thread is to a call, without a thread.
///
/// Calls run one at a time in the order of ``enter()``. While the running call waits for a call of its own into the peer
/// (a callback), calls that arrive are taken to be nested in it: they run at once, and among one another in order. A
/// queue that only knew first-in-first-out would deadlock there: the callback cannot return before the nested call has.
/// Calls that were waiting before the callback began keep waiting until the call that made it has ended.
///
/// The queue of a pool lets several calls run at a time. They are in no order, so whichever waits longest is next when one
/// has ended or waits for a callback; nothing is assigned to a thread that is busy while another is free.
final class CallQueue: Sendable {
    private struct Waiter {
        let id: UInt64
        /// How many callbacks were waiting when it arrived.
        let level: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        /// Calls that run now. More than one only when a callback returns while a call nested in it still runs.
        var running = 0
        /// Calls that wait for a callback.
        var inCallback = 0
        let width: Int
        var waiters: [Waiter] = []
        var nextID: UInt64 = 0
        /// Calls that are about to wait; true if they have been cancelled meanwhile.
        var arriving: [UInt64: Bool] = [:]

        /// Whether a call of the waiting ones may run when there is room.
        func isNext(_ waiter: Waiter) -> Bool { width > 1 || waiter.level >= inCallback }

        mutating func enterAtOnce() -> Bool {
            guard running < width, !waiters.contains(where: isNext) else { return false }
            running += 1
            return true
        }

        /// Takes out the next waiter that may run, if any.
        mutating func next() -> Waiter? {
            guard running < width, let index = waiters.firstIndex(where: isNext) else { return nil }
            running += 1
            return waiters.remove(at: index)
        }
    }

    private let state: Mutex<State>
    private let limit: Int

    /// - Parameters:
    ///   - limit: calls that may wait.
    ///   - width: calls that may run at a time.
    init(limit: Int, width: Int = 1) {
        self.limit = limit
        state = Mutex(State(width: width))
    }

    /// Calls that run or wait.
    var depth: Int { state.withLock { $0.running + $0.inCallback + $0.waiters.count } }

    /// Takes the turn if nobody is ahead: what ``enter()`` does first, without the cost of a call that may wait.
    ///
    /// - Returns: whether it has been taken; then one ``leave()`` follows.
    func enterAtOnce() -> Bool {
        state.withLock { $0.enterAtOnce() }
    }

    /// Waits for the turn; does not suspend if nobody is ahead. Every return is followed by one ``leave()``.
    ///
    /// - Throws: `CancellationError` if the task is cancelled before its turn; ``IPCError/overloaded(_:)``.
    func enter() async throws {
        let entry: (id: UInt64, level: Int)? = try state.withLock { (state) throws(IPCError) in
            if state.enterAtOnce() { return nil }
            guard state.waiters.count < limit else { throw .overloaded("too many calls wait for one thread") }
            state.nextID += 1
            state.arriving[state.nextID] = false
            return (state.nextID, state.inCallback)
        }
        guard let entry else { return }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                enqueue(Waiter(id: entry.id, level: entry.level, continuation: continuation))
            }
        } onCancel: {
            cancel(entry.id)
        }
    }

    /// The call has ended.
    func leave() {
        let next = state.withLock { state in
            state.running -= 1
            return state.next()
        }
        next?.continuation.resume()
    }

    /// The running call now waits for a callback.
    func beginCallback() {
        let next = state.withLock { state in
            state.running -= 1
            state.inCallback += 1
            return state.next()
        }
        next?.continuation.resume()
    }

    /// The callback has returned, the call goes on.
    func endCallback() {
        state.withLock { state in
            state.inCallback -= 1
            state.running += 1
        }
    }

    private func enqueue(_ waiter: Waiter) {
        // Between the decision to wait and here the queue may have emptied, or the task been cancelled.
        let (runs, isCancelled) = state.withLock { state -> (Waiter?, Bool) in
            if state.arriving.removeValue(forKey: waiter.id) == true { return (nil, true) }
            state.waiters.append(waiter)
            return (state.next(), false)
        }
        if isCancelled { waiter.continuation.resume(throwing: CancellationError()) }
        runs?.continuation.resume()
    }

    private func cancel(_ id: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            if let index = state.waiters.firstIndex(where: { $0.id == id }) { return state.waiters.remove(at: index) }
            if state.arriving[id] != nil { state.arriving[id] = true }
            return nil
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }
}
