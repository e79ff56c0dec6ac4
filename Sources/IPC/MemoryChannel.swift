import Synchronization

/// A channel inside one process, for tests and for programs that hold both ends: bytes are handed over as they are.
///
/// Delivery to one end happens on the thread that sends; what is sent while a delivery to that end runs is delivered
/// by the running one, so that calls stay one after the other and no lock is held across them.
package final class MemoryChannel: IpcChannel {
    private enum Event {
        case bytes([UInt8])
        case end
    }

    /// One direction: what waits for the receiver of one end.
    private struct Inbox {
        var receiver: (any IpcChannelReceiver)?
        var started = false
        var ended = false
        var delivering = false
        var waiting: [Event] = []
    }

    /// The boxes of both ends, shared by both.
    private final class Pair: Sendable {
        let first = Mutex(Inbox())
        let second = Mutex(Inbox())

        func withBox<R>(_ end: Int, _ body: (inout sending Inbox) -> sending R) -> sending R {
            end == 0 ? first.withLock(body) : second.withLock(body)
        }

        /// Adds an event for one end and delivers what waits there.
        func post(_ event: Event, to end: Int) {
            withBox(end) { box in
                guard !box.ended else { return }
                if case .end = event { box.ended = true }
                box.waiting.append(event)
            }
            deliver(to: end)
        }

        func deliver(to end: Int) {
            while true {
                let next: (any IpcChannelReceiver, Event)? = withBox(end) { box in
                    guard !box.delivering, let receiver = box.receiver, !box.waiting.isEmpty else { return nil }
                    box.delivering = true
                    return (receiver, box.waiting.removeFirst())
                }
                guard let (receiver, event) = next else { return }
                switch event {
                case .bytes(let bytes): unsafe receiver.receive(bytes.span.bytes)
                case .end: receiver.closed(nil)
                }
                withBox(end) { box in
                    box.delivering = false
                    if case .end = event { box.receiver = nil }
                }
            }
        }
    }

    package let peer: IpcPeer
    package var executor: ChannelExecutor? { nil }
    private let pair: Pair
    private let end: Int

    private init(pair: Pair, end: Int, peer: IpcPeer) {
        self.pair = pair
        self.end = end
        self.peer = peer
    }

    deinit {
        if !pair.withBox(end, { $0.started }) { close() }
    }

    /// The two ends of a new channel.
    package static func makePair(name: String = "memory") -> (MemoryChannel, MemoryChannel) {
        let pair = Pair()
        return (
            MemoryChannel(pair: pair, end: 0, peer: IpcPeer(address: name)),
            MemoryChannel(pair: pair, end: 1, peer: IpcPeer(address: name))
        )
    }

    package func start(_ receiver: any IpcChannelReceiver) throws(IPCError) {
        let fresh = pair.withBox(end) { box in
            if box.started { return false }
            box.started = true
            box.receiver = receiver
            return true
        }
        guard fresh else { throw .disconnected("The channel \(peer) is in use already.") }
        pair.deliver(to: end)
    }

    package func send(_ bytes: [UInt8]) {
        if pair.withBox(end, { $0.ended }) { return }
        pair.post(.bytes(bytes), to: 1 - end)
    }

    package func close() {
        pair.post(.end, to: 1 - end)
        pair.post(.end, to: end)
    }
}
