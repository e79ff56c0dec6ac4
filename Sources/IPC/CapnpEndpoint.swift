import Capnp
import CapnpRPC
import Logging
import Synchronization

/// Between a channel's bytes and an RPC connection's messages.
final class CapnpEndpoint: IpcChannelReceiver, MessageTransport, MessageSource {
    private struct State {
        var rpc: Connection?
        /// What of the budget incomplete messages use.
        var share: MemoryShare
        var reason: IPCError?
        /// Whether this side has closed the session.
        var isOwnClose = false
    }

    private let channel: any IpcChannel
    private let connection: ProxyConnection
    private let isServing: Bool
    private let state: Mutex<State>
    private let limits: ReaderLimits
    /// Nobody waits for this lock: deliveries come one after the other.
    private let decoder: Mutex<FrameDecoder>
    /// Why the last delivery cannot be read.
    private let violation = Mutex<CapnpError?>(nil)

    /// - Parameter messageBytes: the longest message that the peer may send.
    init(
        channel: any IpcChannel, connection: ProxyConnection, isServing: Bool,
        messageBytes: Int = IpcLimits().messageBytes
    ) {
        limits = ReaderLimits(traversalLimitInWords: messageBytes / 8)
        decoder = Mutex(FrameDecoder(limits: limits))
        self.channel = channel
        self.connection = connection
        self.isServing = isServing
        let budget = connection.limits.connection.budget
        state = Mutex(State(share: MemoryShare(of: budget)))
        channel.bound(budget: budget)
    }

    /// Begins to receive. The channel keeps this object, and this keeps `rpc`, until the channel is closed.
    func start(_ rpc: Connection) throws(IPCError) {
        state.withLock { $0.rpc = rpc }
        connection.session.setClose { self.closeSession() }
        if isServing { connection.logger.debug("IPC server: connected \(channel.peer)") }
        do {
            try channel.start(self)
        } catch {
            closed(error)
            throw error
        }
    }

    var takesBatches: Bool { true }

    func send(_ message: MessageBuilder) {
        // Small pieces go together.
        var small: [UInt8] = []
        message.forEachFramePiece { piece in
            if piece.byteCount < 1 << 13 {
                unsafe piece.withUnsafeBytes { unsafe small.append(contentsOf: $0) }
                return
            }
            if !small.isEmpty { channel.send(small) }
            small = []
            channel.send(piece)
        }
        if !small.isEmpty { channel.send(small) }
    }

    func send(_ frame: [UInt8]) {
        channel.send(frame)
    }

    func look(until isDone: () -> Bool) {
        channel.look(until: isDone)
    }

    func close() {
        channel.close()
    }

    /// Ends the connection from this side.
    private func closeSession() {
        let rpc = state.withLock { state in
            state.isOwnClose = true
            return state.rpc
        }
        rpc?.close()
    }

    func receive(_ bytes: RawSpan) {
        guard let rpc = state.withLock({ $0.rpc }) else { return }
        let former = decoder.withLock { decoder in
            defer { decoder.push(bytes) }
            return decoder.pendingBytes
        }
        rpc.receive(from: self)
        if let violation = violation.withLock({ $0.take() }) {
            // What comes until the channel is closed, which may wait for the last message to leave, is nothing to anybody.
            decoder.withLock { $0 = FrameDecoder(limits: limits) }
            fail(violation)
            return
        }
        let pending = decoder.withLock { $0.pendingBytes }
        // Small ones are covered by what every connection has for certain.
        guard max(former, pending) > connection.limits.connection.budget.guaranteedBytes else { return }
        let exhaustion = state.withLock { state in
            guard state.rpc != nil, !state.share.use(pending) else { return nil as String? }
            return state.share.exhaustion
        }
        if let exhaustion { abort(exhaustion) }
    }

    /// The next whole message of what has been received, for the RPC connection.
    func next() -> Message? {
        guard state.withLock({ $0.rpc != nil }) else { return nil }
        do throws(CapnpError) {
            return try decoder.withLock { (decoder) throws(CapnpError) in try decoder.next() }
        } catch {
            violation.withLock { $0 = error }
            return nil
        }
    }

    func closed(_ reason: IPCError?) {
        let (rpc, violation, isOwnClose) = state.withLock { state in
            defer { state.rpc = nil }
            _ = state.share.use(0)
            return (state.rpc, state.reason, state.isOwnClose)
        }
        var reason = violation ?? reason
        // An RPC connection that closes by itself has found a violation, or was told of one.
        if !isOwnClose, reason == nil, let ending = rpc?.closeReason {
            connection.logger.warning("IPC: connection to \(channel.peer) aborted: \(ending.reason)")
            reason = .protocolViolation(ending.reason)
        }
        if isServing {
            connection.logger.debug("IPC server: socket disconnected.")
        } else if !isOwnClose {
            connection.logger.info("IPC client: unexpected network disconnect.")
        }
        connection.connectionClosed()
        rpc?.transportClosed(reason.map { String(describing: $0) } ?? "Disconnected.")
        connection.session.finish(reason)
    }

    private func fail(_ error: any Error) {
        if case .messageTooLarge = error as? CapnpError {
            abort("Limit exceeded: \(limits.traversalLimitInWords) words in one message.")
        } else {
            abort("Malformed message: \(error).")
        }
    }

    /// Ends the connection because of what the peer sent, and tells it so.
    private func abort(_ text: String) {
        let (rpc, isFirst) = state.withLock { state in
            defer { state.reason = state.reason ?? .protocolViolation(text) }
            return (state.rpc, state.reason == nil)
        }
        guard isFirst else { return }
        connection.logger.warning("IPC: connection to \(channel.peer) aborted: \(text)")
        if let rpc { rpc.abort(text) } else { channel.close() }
    }
}
