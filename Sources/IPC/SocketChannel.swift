package import CapnpRPC
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A channel over a connected Unix socket, read by a NIO event loop.
///
/// Sending goes straight to the socket from the calling thread, on a descriptor of its own, as long as the kernel takes
/// it: waking the event loop would cost more than the call. What the kernel does not take is queued for the event loop,
/// and everything after it too until the queue is empty, so that the order is kept. Only what the event loop itself sends
/// while it delivers is collected, and sent with one call at the end of the delivery.
package final class SocketChannel: IpcChannel {
    /// Bytes that may wait for a peer that does not read; beyond it the peer is disconnected.
    static let outboundLimitInBytes = IpcLimits().queuedBytes
    /// A served peer whose queue is longer than this, or than half of what it may have, is not read from until it has
    /// taken its answers.
    static let pauseReadingInBytes = 4 << 20
    /// More than this is not collected during a delivery: by then the peer had better begin with what there is.
    static let corkLimitInBytes = 1 << 10

    private enum Phase {
        /// Not started; the descriptor to hand to the event loop.
        case idle(Int32)
        /// Accepted by a listener, not started.
        case accepted(any Channel)
        /// Handed to the event loop, which has not taken it up yet.
        case starting
        case open(any Channel)
        case closed
    }

    private struct State {
        var phase: Phase
        /// The descriptor that is written to; nil once closed.
        var writer: Int32?
        /// Whether the event loop is delivering.
        var isCorked = false
        /// What it has sent meanwhile.
        var corked: [UInt8] = []
        /// What the event loop is to write.
        var queue: [ByteBuffer] = []
        /// Bytes in the queue, and those with NIO that are not written yet.
        var queuedBytes = 0
        /// Their share of the budget.
        var share = MemoryShare(of: .process)
        /// Why the channel ends, if not by an orderly end of file.
        var reason: IPCError?
        /// Whether to close when everything is written.
        var isClosing = false
    }

    package let peer: IpcPeer
    package let executor: ChannelExecutor?
    /// The event loop that reads.
    private let loop: any EventLoop
    private let state: Mutex<State>
    private let pausesReading: Bool
    private let queueLimit: Int

    /// A channel that owns `descriptor`, a connected stream socket.
    ///
    /// - Parameter isServing: whether this side only answers; then it stops reading from a peer that does not read.
    init(descriptor: Int32, peer: IpcPeer, isServing: Bool = false) {
        self.peer = peer
        self.loop = MultiThreadedEventLoopGroup.singleton.next()
        self.executor = ChannelExecutor(loop: loop)
        self.pausesReading = isServing
        self.queueLimit = SocketChannel.outboundLimitInBytes
        self.state = Mutex(State(phase: .idle(descriptor), writer: nil))
    }

    /// A channel for an accepted connection; called on its event loop, where it must be started before returning.
    ///
    /// - Throws: ``IPCError/systemCall(name:code:)`` if there are no descriptors left.
    init(
        accepted channel: any Channel, descriptor: Int32, queueLimit: Int, peer: IpcPeer
    ) throws(IPCError) {
        guard let writer = UnixSocket.duplicate(descriptor) else { throw .systemCall(name: "dup", code: errno) }
        self.peer = peer
        self.loop = channel.eventLoop
        self.executor = ChannelExecutor(loop: loop)
        self.pausesReading = true
        self.queueLimit = queueLimit
        self.state = Mutex(State(phase: .accepted(channel), writer: writer))
    }

    /// The two ends of a new socketpair.
    ///
    /// - Throws: ``IPCError/systemCall(name:code:)``.
    package static func makePair() throws(IPCError) -> (SocketChannel, SocketChannel) {
        let (first, second) = try UnixSocket.makePair()
        let peer = IpcPeer(processID: getpid(), userID: geteuid(), groupID: getegid(), address: "socketpair")
        return (SocketChannel(descriptor: first, peer: peer), SocketChannel(descriptor: second, peer: peer))
    }

    deinit {
        // Started channels are kept by their event loop until they are closed.
        state.withLock { state in
            if case .idle(let descriptor) = state.phase { UnixSocket.close(descriptor) }
            if let writer = state.writer { UnixSocket.close(writer) }
        }
    }

    package func start(_ receiver: any IpcChannelReceiver) throws(IPCError) {
        let phase = try state.withLock { (state) throws(IPCError) -> Phase in
            switch state.phase {
            case .idle(let descriptor):
                guard let writer = UnixSocket.duplicate(descriptor) else {
                    throw .systemCall(name: "dup", code: errno)
                }
                state.writer = writer
            case .accepted:
                break
            case .starting, .open, .closed:
                throw .disconnected("The channel \(peer.address) is closed or in use already.")
            }
            defer { state.phase = .starting }
            return state.phase
        }
        switch phase {
        case .idle(let descriptor): adopt(descriptor, receiver)
        case .accepted(let channel): attach(to: channel, receiver)
        case .starting, .open, .closed: break
        }
    }

    package func send(_ bytes: [UInt8]) {
        unsafe send(bytes.span.bytes)
    }

    package func send(_ bytes: RawSpan) {
        guard !bytes.isEmpty else { return }
        let channel: (any Channel)? = state.withLock { state in
            guard !state.isClosing else { return nil }
            let count = state.corked.count + bytes.byteCount
            if state.isCorked, count <= SocketChannel.corkLimitInBytes, loop.inEventLoop {
                unsafe bytes.withUnsafeBytes { unsafe state.corked.append(contentsOf: $0) }
                return nil
            }
            // Both have to be done, in this order.
            let former = sendCorked(&state)
            return write(bytes, &state) ?? former
        }
        if let channel { scheduleDrain(channel) }
    }

    /// From now on what the event loop sends is collected; on the event loop.
    func cork() {
        state.withLock { $0.isCorked = true }
    }

    /// Sends what has been collected; on the event loop.
    func uncork() {
        let channel = state.withLock { state in
            state.isCorked = false
            return sendCorked(&state)
        }
        if let channel { drain(channel) }
    }

    /// - Returns: the channel that must now drain the queue, if any.
    private func sendCorked(_ state: inout State) -> (any Channel)? {
        guard !state.corked.isEmpty else { return nil }
        var corked: [UInt8] = []
        swap(&corked, &state.corked)
        let channel = unsafe write(corked.span.bytes, &state)
        corked.removeAll(keepingCapacity: true)
        state.corked = corked
        return channel
    }

    /// Writes to the socket, and queues what it does not take.
    ///
    /// - Returns: the channel that must now drain the queue, if any.
    private func write(_ bytes: RawSpan, _ state: inout State) -> (any Channel)? {
        guard let writer = state.writer else { return nil }
        var sent = 0
        if state.queuedBytes == 0 {
            // A broken connection is reported by the reading side.
            guard let count = UnixSocket.send(writer, bytes) else { return nil }
            sent = count
        }
        guard sent < bytes.byteCount else { return nil }
        let queued = state.queuedBytes + bytes.byteCount - sent
        if queued > queueLimit || !state.share.use(queued) {
            state.reason = .overloaded("\(peer) does not read what it is sent")
            UnixSocket.shutDown(writer)
            return nil
        }
        let isFirst = state.queue.isEmpty
        var rest = ByteBufferAllocator().buffer(capacity: bytes.byteCount - sent)
        unsafe bytes.withUnsafeBytes { all in
            _ = unsafe rest.writeBytes(UnsafeRawBufferPointer(rebasing: all[sent...]))
        }
        state.queue.append(rest)
        state.queuedBytes = queued
        guard isFirst, case .open(let channel) = state.phase else { return nil }
        return channel
    }

    package func bound(budget: MemoryBudget) {
        state.withLock { state in
            _ = state.share.use(0)
            state.share = MemoryShare(of: budget)
        }
    }

    package func close() {
        let (end, blocked) = state.withLock { state in
            let blocked = sendCorked(&state)
            return (beginClose(&state), blocked)
        }
        if let blocked { scheduleDrain(blocked) }
        switch end {
        case .none: break
        case .now(let channel): self.end(channel)
        case .later(let channel): endLater(channel)
        }
    }

    private enum End {
        case none
        case now(any Channel)
        case later(any Channel)
    }

    private func beginClose(_ state: inout State) -> End {
        switch state.phase {
        case .idle(let descriptor):
            UnixSocket.close(descriptor)
            state.phase = .closed
            return .none
        case .starting:
            state.isClosing = true
            return .none
        case .accepted(let channel):
            return .now(channel)
        case .open(let channel):
            defer { state.isClosing = true }
            if state.queuedBytes == 0 { return .now(channel) }
            return state.isClosing ? .none : .later(channel)
        case .closed:
            return .none
        }
    }

    /// Whether a served peer has so much unread that nothing more is taken from it.
    fileprivate var isReadingPaused: Bool {
        pausesReading && state.withLock { $0.queuedBytes > min(SocketChannel.pauseReadingInBytes, queueLimit / 2) }
    }

    /// The event loop's word that the channel is closed. Returns why.
    fileprivate func ended() -> IPCError? {
        state.withLock { state in
            if let writer = state.writer { UnixSocket.close(writer) }
            state.writer = nil
            state.corked = []
            state.queue = []
            _ = state.share.use(0)
            state.phase = .closed
            return state.reason
        }
    }

    /// The descriptor, for the event loop only, which alone closes it; nil if nothing is to be read.
    fileprivate var pollDescriptor: Int32? {
        state.withLock { state in
            let isPaused = pausesReading && state.queuedBytes > SocketChannel.pauseReadingInBytes
            return isPaused || state.isClosing ? nil : state.writer
        }
    }

    /// Records why the channel ends, if nothing else has been recorded.
    fileprivate func fail(_ error: IPCError) {
        state.withLock { state in
            if state.reason == nil { state.reason = error }
        }
    }

    /// Gives an own descriptor to an event loop.
    private func adopt(_ descriptor: Int32, _ receiver: any IpcChannelReceiver) {
        ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.install(in: channel, receiver) }
            }
            .withConnectedSocket(descriptor)
            .whenComplete { result in
                switch result {
                case .success(let channel):
                    self.opened(channel)
                case .failure(let error):
                    self.fail(ioError(error))
                    receiver.closed(self.ended())
                }
            }
    }

    /// Adds the handler to an accepted connection; on its event loop.
    private func attach(to channel: any Channel, _ receiver: any IpcChannelReceiver) {
        do {
            try install(in: channel, receiver)
            opened(channel)
        } catch {
            fail(ioError(error))
            receiver.closed(ended())
            channel.close(promise: nil)
        }
    }

    /// Adds the handler; on the event loop.
    private func install(in channel: any Channel, _ receiver: any IpcChannelReceiver) throws {
        let hint = ReadHint()
        if let options = channel.syncOptions {
            try options.setOption(.recvAllocator, value: HintedReadAllocator(hint: hint))
        }
        executor?.attach(self)
        try channel.pipeline.syncOperations.addHandler(SocketHandler(owner: self, receiver: receiver, hint: hint))
    }

    private func opened(_ channel: any Channel) {
        let (isClosing, hasQueue) = state.withLock { state in
            if case .starting = state.phase { state.phase = .open(channel) }
            return (state.isClosing, !state.queue.isEmpty)
        }
        if hasQueue { scheduleDrain(channel) }
        guard isClosing else { return }
        if hasQueue { endLater(channel) } else { end(channel) }
    }

    /// Ends the channel when the queue has gone out; but a peer that does not read cannot keep it.
    private func endLater(_ channel: any Channel) {
        channel.eventLoop.scheduleTask(in: .seconds(5)) { self.end(channel) }
    }

    private func end(_ channel: any Channel) {
        state.withLock { state in
            if let writer = state.writer { UnixSocket.shutDown(writer) }
        }
        channel.close(promise: nil)
    }

    private func scheduleDrain(_ channel: any Channel) {
        channel.eventLoop.execute { self.drain(channel) }
    }

    /// Hands the queue to NIO; on the event loop.
    private func drain(_ channel: any Channel) {
        let buffers = state.withLock { state in
            defer { state.queue = [] }
            return state.queue
        }
        for buffer in buffers {
            let count = buffer.readableBytes
            channel.write(buffer).whenComplete { _ in self.written(count, channel) }
        }
        channel.flush()
    }

    private func written(_ count: Int, _ channel: any Channel) {
        let (isEmpty, isClosing) = state.withLock { state in
            state.queuedBytes -= count
            if state.writer != nil { _ = state.share.use(state.queuedBytes) }
            return (state.queuedBytes == 0, state.isClosing)
        }
        guard isEmpty else { return }
        if isClosing {
            end(channel)
        } else if pausesReading {
            channel.read()
        }
    }
}

/// The end of a channel's pipeline: hands bytes to the receiver.
private final class SocketHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let owner: SocketChannel
    private let receiver: any IpcChannelReceiver
    private let hint: ReadHint
    private var polling = PollingPolicy()
    private var pollBuffer: [UInt8] = []
    /// Whether bytes have come in this turn of the event loop.
    private var isDelivering = false
    /// Whether the executor's jobs are run after the delivery.
    private var runsJobs = false
    /// Whether the receiver knows that the channel is closed.
    private var isFinished = false

    init(owner: SocketChannel, receiver: any IpcChannelReceiver, hint: ReadHint) {
        self.owner = owner
        self.receiver = receiver
        self.hint = hint
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        beginDelivery()
        let buffer = unwrapInboundIn(data)
        receiver.receive(buffer.readableBytesSpan)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        endDelivery()
        poll()
        context.fireChannelReadComplete()
    }

    private func beginDelivery() {
        guard !isDelivering else { return }
        isDelivering = true
        runsJobs = owner.executor?.beginDelivery() ?? false
        owner.cork()
    }

    /// Lets the tasks on the event loop go on that were waiting for what came, then sends what all this has brought about.
    private func endDelivery() {
        guard isDelivering else { return }
        if runsJobs { owner.executor?.endDelivery() }
        owner.uncork()
        isDelivering = false
        hint.missingBytes.store(receiver.missingBytes, ordering: .relaxed)
    }

    /// Reads on for a moment without going to sleep, as long as that has proven worthwhile: a peer that answers at once
    /// does so sooner than a thread is woken.
    private func poll() {
        guard polling.begin(), hint.missingBytes.load(ordering: .relaxed) == 0, let descriptor = owner.pollDescriptor
        else { return }
        if pollBuffer.isEmpty { pollBuffer = [UInt8](repeating: 0, count: PollingPolicy.bufferBytes) }
        for _ in 0..<PollingPolicy.deliveries {
            var attempts = 0
            var count = UnixSocket.receive(descriptor, into: &pollBuffer)
            while count == 0, attempts < PollingPolicy.attempts {
                attempts += 1
                count = UnixSocket.receive(descriptor, into: &pollBuffer)
            }
            guard count > 0 else { return polling.failed() }
            polling.succeeded()
            beginDelivery()
            unsafe receiver.receive(pollBuffer.span.bytes.extracting(0..<count))
            endDelivery()
            // What came may have been the end: the descriptor is closed then, and perhaps somebody else's already.
            if isFinished { return }
            // The event loop is better at large messages, and at peers that do not read.
            if hint.missingBytes.load(ordering: .relaxed) > 0 || owner.isReadingPaused { return }
        }
    }

    func read(context: ChannelHandlerContext) {
        // Asked again when the queue is empty.
        if !owner.isReadingPaused { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    /// A channel that is closed before it was ever active, such as that of a peer who is refused, becomes inactive without a
    /// word.
    func handlerRemoved(context: ChannelHandlerContext) {
        finish()
    }

    private func finish() {
        guard !isFinished else { return }
        isFinished = true
        endDelivery()
        receiver.closed(owner.ended())
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        owner.fail(ioError(error))
        context.close(promise: nil)
    }
}

/// The `errno` of a NIO error.
private func ioError(_ error: any Error) -> IPCError {
    if let error = error as? IOError { return .systemCall(name: "read", code: error.errnoCode) }
    return .disconnected(String(describing: error))
}
