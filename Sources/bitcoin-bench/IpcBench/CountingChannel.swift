import IPC
import Synchronization

/// A channel that counts the bytes of both directions, so that the yardstick can move as many.
final class CountingChannel: IpcChannel {
    private let base: any IpcChannel
    private let counter = Counter()

    private final class Counter: Sendable {
        let sent = Atomic(0)
        let received = Atomic(0)
    }

    /// Stands between a channel and its receiver.
    private final class Receiver: IpcChannelReceiver {
        let base: any IpcChannelReceiver
        let counter: Counter

        init(base: any IpcChannelReceiver, counter: Counter) {
            self.base = base
            self.counter = counter
        }

        func receive(_ bytes: RawSpan) {
            counter.received.add(bytes.byteCount, ordering: .relaxed)
            base.receive(bytes)
        }

        func closed(_ reason: IPCError?) { base.closed(reason) }
    }

    init(_ base: any IpcChannel) { self.base = base }

    /// Bytes sent and received so far.
    var counts: ByteCounts {
        ByteCounts(
            request: counter.sent.load(ordering: .relaxed), reply: counter.received.load(ordering: .relaxed))
    }

    var peer: IpcPeer { base.peer }
    var executor: ChannelExecutor? { base.executor }

    func start(_ receiver: any IpcChannelReceiver) throws(IPCError) {
        try base.start(Receiver(base: receiver, counter: counter))
    }

    func send(_ bytes: [UInt8]) {
        counter.sent.add(bytes.count, ordering: .relaxed)
        base.send(bytes)
    }

    func send(_ bytes: RawSpan) {
        counter.sent.add(bytes.byteCount, ordering: .relaxed)
        base.send(bytes)
    }

    func look(until isDone: () -> Bool) { base.look(until: isDone) }

    func close() { base.close() }
}

/// Bytes there and back.
struct ByteCounts: Equatable {
    var request: Int
    var reply: Int

    static func - (left: ByteCounts, right: ByteCounts) -> ByteCounts {
        ByteCounts(request: left.request - right.request, reply: left.reply - right.reply)
    }
}
