import Capnp
import Synchronization

/// A channel between two connections of one process. For tests, and for an object that shall be used as if remote.
///
/// A message is delivered before `send(_:)` returns, on the sender's thread, unless another thread is just delivering,
/// or delivery has been paused: then it waits in line.
public final class InMemoryTransport: MessageTransport {
    private struct State {
        var receiver: Connection?
        var queue: [[UInt8]] = []
        var isDelivering = false
        var isPaused = false
        var isClosed = false
        /// Everything that was ever sent.
        var log: [[UInt8]] = []
        var keepsLog = false
    }

    private let state = Mutex(State())

    /// A transport that leads nowhere until `connect(to:)`: frames wait.
    public init() {}

    /// Two connections that talk to each other.
    ///
    /// - Parameters:
    ///   - first: what the first connection offers the second.
    ///   - second: what the second connection offers the first.
    public static func pair(
        first: Client? = nil, second: Client? = nil, limits: ConnectionLimits = ConnectionLimits()
    ) -> (first: Connection, second: Connection, fromFirst: InMemoryTransport, fromSecond: InMemoryTransport) {
        let fromFirst = InMemoryTransport()
        let fromSecond = InMemoryTransport()
        let one = Connection(transport: fromFirst, bootstrap: first, limits: limits)
        let two = Connection(transport: fromSecond, bootstrap: second, limits: limits)
        fromFirst.connect(to: two)
        fromSecond.connect(to: one)
        return (one, two, fromFirst, fromSecond)
    }

    /// Delivers to `receiver` from now on, beginning with what waits.
    public func connect(to receiver: Connection) {
        state.withLock { $0.receiver = receiver }
        deliver()
    }

    /// Makes frames wait.
    public func pause() {
        state.withLock { $0.isPaused = true }
    }

    /// Delivers what waits, and later frames at once.
    public func resume() {
        state.withLock { $0.isPaused = false }
        deliver()
    }

    /// Delivers the first waiting frame although delivery is paused.
    ///
    /// - Returns: `false` if there was none.
    public func deliverOne() -> Bool {
        let next = state.withLock { state -> ([UInt8], Connection)? in
            guard let receiver = state.receiver, !state.queue.isEmpty else { return nil }
            return (state.queue.removeFirst(), receiver)
        }
        guard let next else { return false }
        deliver(next.0, to: next.1)
        return true
    }

    /// The number of waiting frames.
    public var waitingCount: Int { state.withLock { $0.queue.count } }

    /// Keeps copies of the frames sent from now on; see `log`.
    public func keepLog() {
        state.withLock { $0.keepsLog = true }
    }

    /// The frames sent since `keepLog()`.
    public var log: [[UInt8]] { state.withLock { $0.log } }

    /// Queues and delivers a frame.
    public func send(_ frame: [UInt8]) {
        state.withLock { state in
            if state.keepsLog { state.log.append(frame) }
            if !state.isClosed { state.queue.append(frame) }
        }
        deliver()
    }

    /// Ends the channel in this direction: the receiver learns of it after the frames that wait.
    public func close() {
        state.withLock { $0.isClosed = true }
        deliver()
    }

    private func deliver() {
        let begins = state.withLock { state in
            guard !state.isDelivering, !state.isPaused, state.receiver != nil else { return false }
            state.isDelivering = true
            return true
        }
        guard begins else { return }
        while true {
            enum Step {
                case frame([UInt8], Connection)
                case closed(Connection)
                case done
            }
            let step = state.withLock { state -> Step in
                guard let receiver = state.receiver, !state.isPaused else {
                    state.isDelivering = false
                    return .done
                }
                if !state.queue.isEmpty { return .frame(state.queue.removeFirst(), receiver) }
                if state.isClosed {
                    state.receiver = nil
                    return .closed(receiver)
                }
                state.isDelivering = false
                return .done
            }
            switch step {
            case .frame(let frame, let receiver): deliver(frame, to: receiver)
            case .closed(let receiver): receiver.transportClosed()
            case .done: return
            }
        }
    }

    private func deliver(_ frame: [UInt8], to receiver: Connection) {
        do {
            receiver.receive(try Message(framed: frame))
        } catch {
            receiver.abort("Malformed message: \(error).")
        }
    }
}
