import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

// Who reads. One thread at a time has the right to read the socket and to deliver what it finds. The loop takes it when
// it is told that there is something; a thread that is about to wait for an answer may take it for a moment. The loop
// is told of each arrival once only. If it then finds the right taken, it leaves a note, and whoever has the right reads
// on before giving it up; so nothing stays unread. Whoever has read less than there was room for need not try again:
// what comes later is reported again. Only an end that is there already is not.

extension SocketChannel {
    /// What whoever has the right to read needs.
    struct Reading: Sendable {
        /// Whether it is worth while to look before waiting.
        var beforeWaiting = PollingPolicy()
        /// For threads without a buffer of their own.
        var buffer: ReadBuffer?
    }

    /// What one attempt to read has brought.
    private enum Step {
        case delivered(hasMore: Bool)
        case nothing
        case paused
        case ended
    }

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

    /// Reads until nothing is left, with the right to. When this returns, the right has been given up or the channel
    /// ended.
    private func readAll(into buffer: ReadBuffer, isOnLoop: Bool) {
        var deliveries = 0
        while true {
            switch step(into: buffer, isOnLoop: isOnLoop) {
            case .delivered(let hasMore):
                guard hasMore else { break }
                deliveries += 1
                if deliveries < PollingPolicy.deliveries { continue }
                // Other channels have their turn.
                loop.execute { self.read() }
            case .nothing, .paused: break
            case .ended:
                end()
                return
            }
            if giveUpRight() { return }
        }
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
            // On the side that asks, only tasks on the loop wait here; others look by themselves.
            if isOnLoop, isServing || ranJobs { loop.expectMore() }
            return unsafe .delivered(hasMore: count == buffer.memory.count || state.withLock { $0.isFinished })
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
        guard !isServing, !loop.isCurrent, takeRight() else { return }
        let begun = reading.withLock { reading -> (PollingPolicy.Look, ReadBuffer)? in
            guard let look = reading.beforeWaiting.begin() else { return nil }
            let buffer = reading.buffer ?? ReadBuffer(byteCount: PollingPolicy.bufferBytes)
            reading.buffer = buffer
            return (look, buffer)
        }
        guard let (look, buffer) = begun else {
            if !giveUpRight() { readAll(into: ReadBuffer(byteCount: PollingPolicy.bufferBytes), isOnLoop: false) }
            return
        }
        setLooking(true)
        var deliveries = 0
        var hasEnded = false
        search: while deliveries < PollingPolicy.deliveries {
            switch step(into: buffer, isOnLoop: false) {
            case .nothing: if !look.goesOn() { break search }
            case .paused: break search
            case .delivered(let hasMore):
                deliveries += 1
                // The loop is better at large messages.
                if isDone() || hasMore { break search }
            case .ended:
                hasEnded = true
                break search
            }
        }
        reading.withLock { $0.beforeWaiting.ended(look, hasFound: deliveries > 0) }
        guard !hasEnded else {
            end()
            return
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
        if !events.isDisjoint(with: [.gone, .finished]) {
            state.withLock { state in
                state.isFinished = true
                if !events.isDisjoint(with: .gone) { state.isGone = true }
            }
        }
        if events.contains(.writable) { drain() }
        if !events.isDisjoint(with: [.readable, .gone, .finished]) { read() }
    }
}
