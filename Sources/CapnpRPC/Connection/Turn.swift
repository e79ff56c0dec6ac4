public import Capnp
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a thread does for a connection, in order: messages to handle, and the effects that they have.
///
/// A method of an object of this process runs in a task, but to make a task takes longer than many a method. So a task
/// goes on with the turn when its call has ended. If the call suspends, its task is left to it, and the thread, which is
/// back in ``run()``, goes on with another.
final class Turn: Sendable {
    private struct State {
        /// Effects that are not performed yet, the last one first.
        var effects: [Effect] = []
        /// Whether the connection's effects are this turn's to perform.
        var isRunner = false
        /// Which task may go on; its former calls have not suspended.
        var task: UInt64 = 0
        /// The call that has been begun last.
        var result: CallResult?
    }

    private let connection: Connection
    private let source: (any MessageSource)?
    /// The thread whose turn it is. A task that goes on elsewhere has been suspended.
    private let thread = Turn.currentThread
    private let state = Mutex(State())
    private let start = SuspendingClock.now

    /// A turn that begins with what `source` has, or only performs what there is.
    init(_ connection: Connection, source: (any MessageSource)? = nil) {
        self.connection = connection
        self.source = source
    }

    /// Does all there is, up to methods that have suspended.
    func run() {
        while let call = next() {
            let number = state.withLock { state in
                state.task += 1
                state.result = call.result
                return state.task
            }
            let task = startImmediately { [self] in
                var call = call
                while true {
                    let outcome = await call.run()
                    guard isMine(number) else {
                        call.result.completeInOrder(outcome)
                        return
                    }
                    // This thread performs the effects, so this need not be one.
                    call.result.complete(outcome)
                    let following = next()
                    state.withLock { $0.result = following?.result }
                    guard let following else { return }
                    call = following
                }
            }
            // Back here because there is nothing left, or because the last call has suspended.
            let result = state.withLock { state in
                state.task += 1
                return state.result.take()
            }
            result?.cancellation.attach(task)
        }
    }

    /// Whether the turn is still that of the task `number`, which has not been suspended then.
    private func isMine(_ number: UInt64) -> Bool {
        // A task that has been suspended may be on this thread again, but only after the turn has been taken from it.
        Turn.currentThread == thread && state.withLock { $0.task == number }
    }

    /// Does what comes before the next call of an object of this process.
    ///
    /// - Returns: nil if nothing is left.
    private func next() -> LocalCall? {
        while true {
            while let effect = state.withLock({ $0.effects.popLast() }) {
                if case .start(let request, .server(let server)) = effect {
                    if let call = request.begun(on: server) { return call }
                } else {
                    connection.perform(effect)
                }
            }
            if takeEffects() { continue }
            if connection.handleDepartures() {
                connection.sendOutbox()
                continue
            }
            guard let message = source?.next() else {
                if source != nil { connection.sendOutbox() }
                return nil
            }
            takeEffects { connection.take(message, from: start, into: &$0) }
        }
    }

    /// Takes what is to be performed next, unless another thread performs it, and sends what the former effects have
    /// brought about.
    ///
    /// - Returns: whether there was anything.
    private func takeEffects() -> Bool {
        let wasRunner = state.withLock { $0.isRunner }
        return takeEffects { connection.takeEffects(isRunner: wasRunner, into: &$0, holdsBack: source != nil) }
    }

    /// - Parameter take: fills the array, which is empty. Returns whether something must be sent first; nil if there is
    ///   nothing to be done.
    @discardableResult
    private func takeEffects(_ take: (inout [Effect]) -> Bool?) -> Bool {
        var effects: [Effect] = []
        state.withLock { swap(&$0.effects, &effects) }
        let mustSend = take(&effects)
        if effects.count > 1 { effects.reverse() }
        state.withLock { state in
            state.isRunner = mustSend != nil
            swap(&state.effects, &effects)
        }
        guard let mustSend else { return false }
        if mustSend { connection.sendOutbox() }
        return true
    }

    /// Something that no other running thread has.
    private static var currentThread: UInt {
        #if canImport(Darwin)
            unsafe UInt(bitPattern: pthread_self())
        #else
            UInt(pthread_self())
        #endif
    }
}

/// Where a connection takes messages from, one after the other.
public protocol MessageSource: Sendable {
    /// The next message; `nil` if there is none for now, or none can be read.
    ///
    /// Called without any lock of the connection held, by the thread that called `Connection.receive(from:)`.
    func next() -> Message?
}
