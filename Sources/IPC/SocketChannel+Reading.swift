import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

// Who reads. One thread at a time has the right to read the socket and to deliver what it finds. The loop takes it when
// it is told that there is something; a thread that is about to wait for an answer may take it for a moment, and the
// one that accepts a connection for the first messages. The loop is told of each arrival once only. If it then finds
// the right taken, it leaves a note, and whoever has the right reads on before giving it up; so nothing stays unread.

extension SocketChannel {
    /// What whoever has the right to read needs.
    struct Reading: Sendable {
        /// Whether it is worth while to read on for a moment after a delivery.
        var afterDelivery = PollingPolicy()
        /// Whether it is worth while to look before waiting.
        var beforeWaiting = PollingPolicy()
        /// For threads without a buffer of their own.
        var buffer: ReadBuffer?
    }

    /// What one attempt to read has brought.
    private enum Step {
        /// - hasMore: whether there may be more.
        /// - ranJobs: whether tasks on the channel's executor have gone on.
        case delivered(hasMore: Bool, ranJobs: Bool)
        case nothing
        case paused
        case ended
    }

    /// Process-wide: threads that look are taken from others, so there is one at most.
    private static let isAnyoneLooking = Atomic(false)

    // MARK: The right to read

    private func takeRight() -> Bool {
        reader.compareExchange(expected: 0, desired: 1, ordering: .acquiring).exchanged
    }

    /// Takes the right, or makes its owner read on.
    private func takeRightOrLeaveNote() -> Bool {
        while true {
            if takeRight() { return true }
            let (isNoted, found) = reader.compareExchange(expected: 1, desired: 2, ordering: .acquiringAndReleasing)
            if isNoted || found == 2 { return false }
        }
    }

    /// - Returns: false if the caller keeps the right, and must read on.
    private func giveUpRight() -> Bool {
        if reader.compareExchange(expected: 1, desired: 0, ordering: .releasing).exchanged { return true }
        reader.store(1, ordering: .relaxed)
        return false
    }

    // MARK: Reading

    /// Reads what there is; on the loop.
    func read() {
        if takeRightOrLeaveNote() { readAll(into: loop.buffer, isOnLoop: true) }
    }

    /// Reads the first messages of an accepted connection on the thread that has accepted it, then leaves the rest to
    /// the loop: mostly they are there already, and their answer is not worth waking another thread.
    func readFirst(on accepting: SocketLoop) {
        if takeRightOrLeaveNote() { readAll(into: accepting.buffer, isOnLoop: accepting === loop) }
        do {
            try watch()
        } catch {
            fail(error)
            close()
        }
    }

    /// Reads until nothing is left, with the right to. When this returns, the right has been given up or the channel
    /// ended.
    private func readAll(into buffer: ReadBuffer, isOnLoop: Bool) {
        var deliveries = 0
        var attempts = 0
        // Looks that may find nothing before the next thing that does.
        var patience = 0
        while true {
            switch step(into: buffer, isOnLoop: isOnLoop) {
            case .delivered(let hasMore, let ranJobs):
                if patience > 0 { reading.withLock { $0.afterDelivery.succeeded() } }
                attempts = 0
                deliveries += 1
                patience = 0
                if deliveries < PollingPolicy.deliveries {
                    // Even after less than there was room for: an end of file may follow, which is not reported again.
                    if !hasMore, mayPoll(ranJobs: ranJobs, isOnLoop: isOnLoop) {
                        patience = isOnLoop ? PollingPolicy.attempts : PollingPolicy.acceptAttempts
                    }
                    continue
                }
                // Other channels have their turn.
                loop.execute { self.read() }
            case .nothing:
                attempts += 1
                if attempts <= patience { continue }
                if patience > 0 { reading.withLock { $0.afterDelivery.failed() } }
                patience = 0
            case .paused: break
            case .ended:
                end()
                return
            }
            if giveUpRight() { return }
        }
    }

    /// Whether to read on for a moment without going to sleep: a peer that answers at once does so sooner than a thread
    /// is woken.
    private func mayPoll(ranJobs: Bool, isOnLoop: Bool) -> Bool {
        let (key, receiver) = state.withLock { ($0.key, $0.receiver) }
        // A loop that serves many does not let them wait for one.
        let isAlone = !isOnLoop || loop.isSameReader(key ?? 0)
        // On the side that asks, only tasks on the loop wait here; others look by themselves.
        guard isServing ? isAlone : ranJobs, receiver?.missingBytes == 0 else { return false }
        return reading.withLock { $0.afterDelivery.begin() }
    }

    /// Reads once, with the right to, and delivers what there is.
    private func step(into buffer: ReadBuffer, isOnLoop: Bool) -> Step {
        let source = state.withLock { state -> (descriptor: Int32, receiver: any IpcChannelReceiver)?? in
            guard let descriptor = state.descriptor, let receiver = state.receiver, !state.mustEnd else { return .none }
            let limit = min(SocketChannel.pauseReadingInBytes, queueLimit / 2)
            if isServing, state.queuedBytes > limit, !state.isGone {
                state.isPaused = true
                return .some(.none)
            }
            return (descriptor, receiver)
        }
        guard let source else { return .ended }
        // It goes on when the queue is empty.
        guard let source else { return .paused }
        switch UnixSocket.receive(source.descriptor, into: buffer) {
        case .nothing: return .nothing
        case .end(let code):
            // A peer that closes without having read everything is no error.
            if let code, code != ECONNRESET { fail(.systemCall(name: "read", code: code)) }
            return .ended
        case .bytes(let count):
            let runsJobs = isOnLoop && executor?.beginDelivery() ?? false
            cork()
            unsafe source.receiver.receive(UnsafeRawBufferPointer(rebasing: buffer.memory[..<count]).bytes)
            // Lets the tasks on the loop go on that were waiting for what came, then sends what all this has brought
            // about.
            let ranJobs = runsJobs && executor?.endDelivery() ?? false
            uncork()
            return unsafe .delivered(hasMore: count == buffer.memory.count, ranJobs: ranJobs)
        }
    }

    /// Records why the channel ends, if nothing else has been recorded.
    private func fail(_ error: IPCError) {
        state.withLock { state in
            if state.reason == nil { state.reason = error }
        }
    }

    // MARK: Looking

    package func look(until isDone: () -> Bool) {
        guard !isServing, !loop.isCurrent else { return }
        guard !SocketChannel.isAnyoneLooking.exchange(true, ordering: .acquiring) else { return }
        defer { SocketChannel.isAnyoneLooking.store(false, ordering: .releasing) }
        guard takeRight() else { return }
        let buffer = reading.withLock { reading -> ReadBuffer? in
            guard reading.beforeWaiting.begin() else { return nil }
            if reading.buffer == nil { reading.buffer = ReadBuffer(byteCount: PollingPolicy.bufferBytes) }
            return reading.buffer
        }
        guard let buffer else {
            if !giveUpRight() { readAll(into: ReadBuffer(byteCount: PollingPolicy.bufferBytes), isOnLoop: false) }
            return
        }
        setLooking(true)
        var attempts = 0
        var deliveries = 0
        search: while attempts < PollingPolicy.attempts, deliveries < PollingPolicy.deliveries {
            switch step(into: buffer, isOnLoop: false) {
            case .nothing: attempts += 1
            case .paused: break search
            case .delivered(let hasMore, _):
                deliveries += 1
                // The loop is better at large messages.
                if isDone() || hasMore { break search }
            case .ended:
                end()
                return
            }
        }
        reading.withLock { reading in
            if deliveries > 0 { reading.beforeWaiting.succeeded() } else { reading.beforeWaiting.failed() }
        }
        setLooking(false)
        if !giveUpRight() { readAll(into: buffer, isOnLoop: false) }
    }

    private func setLooking(_ isLooking: Bool) {
        state.withLock { state in
            state.isLooking = isLooking
            updateInterest(&state)
        }
    }
}

extension SocketChannel: SocketLoopClient {
    func isReady(_ events: SocketLoop.Events) {
        if !events.isDisjoint(with: .gone) { state.withLock { $0.isGone = true } }
        if events.contains(.writable) { drain() }
        if !events.isDisjoint(with: [.readable, .gone]) { read() }
    }
}
