package import CapnpRPC
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A channel over a connected Unix socket.
///
/// Sending goes straight to the socket from the calling thread, as long as the kernel takes it: waking another would
/// cost more than the call. What the kernel does not take is queued for the loop, and everything after it too until the
/// queue is empty, so that the order is kept. Only what a thread sends while it delivers is collected, and sent with
/// one call at the end of the delivery.
///
/// Reading is done by whoever has the right to: mostly the loop, but also a thread that is about to wait for an answer.
/// See `SocketChannel+Reading.swift`.
package final class SocketChannel: IpcChannel {
    /// Bytes that may wait for a peer that does not read; beyond it the peer is disconnected.
    static let outboundLimitInBytes = IpcLimits().queuedBytes
    /// A served peer whose queue is longer than this, or than half of what it may have, is not read from until it has
    /// taken its answers.
    static let pauseReadingInBytes = 4 << 20
    /// What is collected during a delivery is sent when it is longer than this: the peer had better begin with it.
    private static let corkLimitInBytes = 1 << 11
    /// The same for the first time in a delivery, when the peer has nothing to do yet.
    private static let firstCorkLimitInBytes = 1 << 9
    /// Queued pieces are put together up to this length.
    private static let pieceBytes = 1 << 16
    /// Pieces that are sent before other channels of the loop have their turn.
    private static let piecesPerTurn = 8

    enum Phase {
        /// Not started.
        case idle
        case open
        case closed
    }

    struct State {
        var phase = Phase.idle
        /// Nil once closed.
        var descriptor: Int32?
        /// By which the loop knows the descriptor; nil before it does.
        var key: UInt64?
        var receiver: (any IpcChannelReceiver)?
        /// The thread whose sending is collected; 0 if none.
        var corkThread: pthread_t = 0
        /// What it has sent meanwhile.
        var corked: [UInt8] = []
        /// How much of it may be collected before it goes out.
        var corkLimit = 0
        /// What the loop is to write, and how much of the first it has written.
        var queue: [[UInt8]] = []
        var sentOfFirst = 0
        /// Bytes in the queue that are not written yet.
        var queuedBytes = 0
        /// Their share of the budget.
        var share = MemoryShare(of: .process)
        /// Whether a thread looks for bytes, so that the loop need not be told of them.
        var isLooking = false
        /// Whether bytes are left unread until the queue is empty.
        var isPaused = false
        /// Whether the other end has closed: nothing that is sent arrives.
        var isGone = false
        /// Whether nothing more comes after what can be read already.
        var isFinished = false
        /// Why the channel ends, if not by an orderly end of file.
        var reason: IPCError?
        /// Whether to close when everything is written.
        var isClosing = false
        /// Whether whoever reads next ends the channel.
        var mustEnd = false
    }

    package let peer: IpcPeer
    package let executor: ChannelExecutor?
    let loop: SocketLoop
    let state: Mutex<State>
    /// Whether this side only answers.
    let isServing: Bool
    let queueLimit: Int
    /// The right to read: 0 if nobody has it, 1 if somebody has, 2 if somebody has and is to read on.
    let reader = Atomic<UInt8>(0)
    /// For whoever has the right to read.
    let reading = Mutex(Reading())

    private init(descriptor: Int32, loop: SocketLoop, peer: IpcPeer, isServing: Bool, queueLimit: Int) {
        self.peer = peer
        self.loop = loop
        self.executor = ChannelExecutor(loop: loop)
        self.isServing = isServing
        self.queueLimit = queueLimit
        self.state = Mutex(State(descriptor: descriptor))
    }

    /// A channel that owns `descriptor`, a connected stream socket.
    ///
    /// - Parameter isServing: whether this side only answers; then it stops reading from a peer that does not read, and
    ///   does not look for answers.
    convenience init(descriptor: Int32, peer: IpcPeer, isServing: Bool = false) {
        self.init(
            descriptor: descriptor, loop: .next(), peer: peer, isServing: isServing,
            queueLimit: SocketChannel.outboundLimitInBytes)
    }

    /// A channel for an accepted connection.
    convenience init(accepted descriptor: Int32, loop: SocketLoop, queueLimit: Int, peer: IpcPeer) {
        self.init(descriptor: descriptor, loop: loop, peer: peer, isServing: true, queueLimit: queueLimit)
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
        // Started channels are kept by their loop until they are closed.
        state.withLock { state in
            if let descriptor = state.descriptor { UnixSocket.close(descriptor) }
        }
    }

    package func start(_ receiver: any IpcChannelReceiver) throws(IPCError) {
        try state.withLock { (state) throws(IPCError) in
            guard case .idle = state.phase else {
                throw .disconnected("The channel \(peer.address) is closed or in use already.")
            }
            state.phase = .open
            state.receiver = receiver
        }
        executor?.attach(self)
        try state.withLock { (state) throws(IPCError) in
            guard let descriptor = state.descriptor else { return }
            state.key = try loop.add(descriptor, self, Self.interest(state))
        }
    }

    package func send(_ bytes: [UInt8]) {
        unsafe send(bytes.span.bytes)
    }

    package func send(_ bytes: RawSpan) {
        guard !bytes.isEmpty else { return }
        state.withLock { state in
            guard !state.isClosing else { return }
            if state.corkThread == pthread_self(), bytes.byteCount <= SocketChannel.corkLimitInBytes {
                unsafe bytes.withUnsafeBytes { unsafe state.corked.append(contentsOf: $0) }
                guard state.corked.count > state.corkLimit else { return }
                state.corkLimit = SocketChannel.corkLimitInBytes
                sendCorked(&state)
                return
            }
            sendCorked(&state)
            write(bytes, &state)
        }
    }

    /// From now on what the calling thread sends is collected.
    func cork() {
        state.withLock { state in
            state.corkThread = pthread_self()
            state.corkLimit = SocketChannel.firstCorkLimitInBytes
        }
    }

    /// Sends what has been collected.
    func uncork() {
        state.withLock { state in
            state.corkThread = 0
            sendCorked(&state)
        }
    }

    private func sendCorked(_ state: inout State) {
        guard !state.corked.isEmpty else { return }
        var corked: [UInt8] = []
        swap(&corked, &state.corked)
        unsafe write(corked.span.bytes, &state)
        corked.removeAll(keepingCapacity: true)
        state.corked = corked
    }

    /// Writes to the socket, and queues what it does not take.
    private func write(_ bytes: RawSpan, _ state: inout State) {
        guard let descriptor = state.descriptor, !state.isGone else { return }
        var sent = 0
        if state.queue.isEmpty {
            // A broken connection is reported by the reading side.
            guard let count = UnixSocket.send(descriptor, bytes) else { return }
            sent = count
        }
        guard sent < bytes.byteCount else { return }
        let rest = bytes.extracting(sent..<bytes.byteCount)
        let queued = state.queuedBytes + rest.byteCount
        if queued > queueLimit || !state.share.use(queued) {
            state.reason = .overloaded("\(peer) does not read what it is sent")
            state.isGone = true
            UnixSocket.shutDown(descriptor)
            return
        }
        state.queuedBytes = queued
        if let last = state.queue.indices.last, state.queue[last].count + rest.byteCount <= Self.pieceBytes {
            unsafe rest.withUnsafeBytes { unsafe state.queue[last].append(contentsOf: $0) }
            return
        }
        state.queue.append(unsafe rest.withUnsafeBytes { unsafe [UInt8]($0) })
        if state.queue.count == 1 { updateInterest(&state) }
    }

    package func bound(budget: MemoryBudget) {
        state.withLock { state in
            _ = state.share.use(0)
            state.share = MemoryShare(of: budget)
        }
    }

    // MARK: The loop

    /// What the loop is to report.
    private static func interest(_ state: State) -> SocketLoop.Events {
        var events: SocketLoop.Events = state.isLooking ? [] : [.readable, .finished]
        if !state.queue.isEmpty { events.insert(.writable) }
        return events
    }

    /// Tells the loop what to report; what is the case already is reported at once.
    func updateInterest(_ state: inout State) {
        guard let descriptor = state.descriptor, let key = state.key else { return }
        loop.watch(descriptor, key: key, Self.interest(state))
    }

    private enum Next {
        case nothing
        case read
        case drain
    }

    /// Writes the queue; on the loop.
    func drain() {
        let next = state.withLock { state -> Next in
            guard let descriptor = state.descriptor, !state.queue.isEmpty else { return .nothing }
            var isFull = false
            for _ in 0..<Self.piecesPerTurn {
                guard !isFull, let first = state.queue.first else { break }
                let rest = unsafe first.span.bytes.extracting(state.sentOfFirst..<first.count)
                guard let count = UnixSocket.send(descriptor, rest) else {
                    // Reported by the reading side.
                    state.isGone = true
                    state.queue = []
                    state.queuedBytes = 0
                    break
                }
                state.queuedBytes -= count
                state.sentOfFirst += count
                isFull = count < rest.byteCount
                if !isFull {
                    state.queue.removeFirst()
                    state.sentOfFirst = 0
                }
            }
            _ = state.share.use(state.queuedBytes)
            guard state.queue.isEmpty else { return isFull ? .nothing : .drain }
            updateInterest(&state)
            if state.isClosing { state.mustEnd = true }
            guard state.mustEnd || state.isPaused else { return .nothing }
            state.isPaused = false
            return .read
        }
        switch next {
        case .nothing: break
        case .read: read()
        case .drain: loop.execute { self.drain() }
        }
    }

    // MARK: The end

    package func close() {
        let (endsNow, endsLater) = state.withLock { state in
            sendCorked(&state)
            switch state.phase {
            case .idle:
                if let descriptor = state.descriptor { UnixSocket.close(descriptor) }
                state.descriptor = nil
                state.queue = []
                _ = state.share.use(0)
                state.phase = .closed
                state.isClosing = true
                return (false, false)
            case .open:
                let isFirst = !state.isClosing
                state.isClosing = true
                guard state.queue.isEmpty || state.isGone else { return (false, isFirst) }
                state.mustEnd = true
                return (true, false)
            case .closed:
                return (false, false)
            }
        }
        if endsNow { loop.execute { self.read() } }
        guard endsLater else { return }
        // A peer that does not read what is left cannot keep the channel. Nobody waits for this task.
        Task { [weak self] in
            try? await Task.sleep(for: .seconds(5))
            self?.endNow()
        }
    }

    private func endNow() {
        state.withLock { $0.mustEnd = true }
        loop.execute { self.read() }
    }

    /// Tells the receiver and closes the descriptor, in this order: once the peer sees the end, there is nothing left
    /// of the connection here. By whoever has the right to read, who keeps it.
    func end() {
        let (receiver, reason, descriptor) = state.withLock { state in
            if let descriptor = state.descriptor, let key = state.key { loop.remove(descriptor, key: key) }
            defer {
                state.descriptor = nil
                state.receiver = nil
                state.corked = []
                state.queue = []
                state.queuedBytes = 0
                _ = state.share.use(0)
                state.phase = .closed
                state.isClosing = true
            }
            return (state.receiver, state.reason, state.descriptor)
        }
        receiver?.closed(reason)
        executor?.detach()
        if let descriptor { UnixSocket.close(descriptor) }
    }
}
