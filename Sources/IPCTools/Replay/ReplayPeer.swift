import Capnp
import IPC
import Synchronization

/// The server in a replay: keeps what it says until somebody asks for it.
final class ReplayPeer: IpcChannelReceiver {
    /// Something that the server said.
    enum Key: Hashable {
        /// The answer to a question of ours.
        case answer(UInt32)
        /// A call of a method.
        case call(interface: UInt64, method: UInt16)
    }

    private struct State {
        var decoder = FrameDecoder(limits: TraceConversation.limits)
        var heard: [Key: [(WireMessage, Message)]] = [:]
        var count = 0
        var ending: String?
        var waiters: [Int: (key: Key, continuation: CheckedContinuation<Void, Never>)] = [:]
        var nextWaiter = 0
        /// Waiters whose time was up before they began to wait.
        var expired: Set<Int> = []
    }

    /// What is kept unasked for; a server that says more is cut off.
    private static let maxHeard = 1 << 16

    private let channel: any IpcChannel
    private let state = Mutex(State())

    init(_ channel: any IpcChannel) {
        self.channel = channel
    }

    /// Begins the conversation.
    func start() throws { try channel.start(self) }

    func send(_ bytes: [UInt8]) { channel.send(bytes) }

    func close() { channel.close() }

    /// Why the conversation is over; nil while it lasts.
    var ending: String? { state.withLock { $0.ending } }

    /// Waits for what the server says.
    ///
    /// - Returns: nil if it does not come in time, or the conversation is over.
    func next(_ key: Key, within limit: Duration) async -> (WireMessage, Message)? {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let timer = Task {
            try? await Task.sleep(for: limit)
            wake(number)
        }
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.heard[key]?.isEmpty == false || state.ending != nil || state.expired.contains(number) {
                    return true
                }
                state.waiters[number] = (key, continuation)
                return false
            }
            if isReady { continuation.resume() }
        }
        timer.cancel()
        return state.withLock { state in
            state.expired.remove(number)
            guard state.heard[key]?.isEmpty == false else { return nil }
            state.count -= 1
            return state.heard[key]?.removeFirst()
        }
    }

    private func wake(_ number: Int) {
        let waiter = state.withLock { state in
            let waiter = state.waiters.removeValue(forKey: number)
            if waiter == nil { state.expired.insert(number) }
            return waiter
        }
        waiter?.continuation.resume()
    }

    func receive(_ bytes: RawSpan) {
        do throws(CapnpError) {
            try state.withLock { (state) throws(CapnpError) in state.decoder.push(bytes) }
            while let message = try state.withLock({ (state) throws(CapnpError) in try state.decoder.next() }) {
                hear(message)
            }
        } catch {
            end("malformed message: \(error)")
            channel.close()
        }
    }

    private func hear(_ message: Message) {
        guard let wire = try? WireMessage(message) else { return }
        let key: Key
        switch wire {
        case .answer(let answer): key = .answer(answer.question)
        case .call(let call): key = .call(interface: call.interfaceID, method: call.methodID)
        case .abort(let error):
            end("the server broke off: \(error.reason)")
            return
        default: return
        }
        let (waiter, isTooMuch) = state.withLock { state in
            state.heard[key, default: []].append((wire, message))
            state.count += 1
            let number = state.waiters.first { $0.value.key == key }?.key
            return (number.flatMap { state.waiters.removeValue(forKey: $0) }, state.count > Self.maxHeard)
        }
        waiter?.continuation.resume()
        if isTooMuch {
            end("the server says too much")
            channel.close()
        }
    }

    func closed(_ reason: IPCError?) { end(reason.map { "\($0)" } ?? "the server closed the connection") }

    private func end(_ reason: String) {
        let waiters = state.withLock { state in
            if state.ending == nil { state.ending = reason }
            defer { state.waiters = [:] }
            return state.waiters.values.map(\.continuation)
        }
        for waiter in waiters { waiter.resume() }
    }
}
