package import Logging
import Synchronization

/// A protocol for two ends inside one process: the root object itself is handed over, calls are plain calls.
///
/// The channel carries only a number under which the serving end has left its object, and lives on to tell either end
/// of the other's going. Objects keep working after that, as nothing stands between.
package final class InMemoryProtocol<Root: Sendable>: IpcProtocol {
    package let logger: Logger
    private let offers = Mutex<[UInt64: Root]>([:])

    /// Both ends must use the same instance.
    package init(logger: Logger) {
        self.logger = logger
    }

    package func connect(_ channel: any IpcChannel) async throws -> IpcConnection<Root> {
        let session = IpcSession(peer: channel.peer, executor: channel.executor)
        let end = InMemoryEnd(channel: channel, session: session)
        session.setClose { [weak end] in end?.channel.close() }
        try channel.start(end)
        guard let token = await end.token() else {
            throw IPCError.disconnected("IPC client method call interrupted by disconnect.")
        }
        guard let root = offers.withLock({ $0[token] }) else {
            channel.close()
            throw IPCError.protocolViolation("\(channel.peer) offers no object of this process")
        }
        return IpcConnection(root: root, session: session)
    }

    /// Calls do not pass the channel here, so that there is nothing to limit.
    package func serve(
        _ channel: any IpcChannel, limits: IpcLimits, root: (IpcSession) throws -> Root
    ) throws -> IpcSession {
        let session = IpcSession(peer: channel.peer, executor: channel.executor)
        let object = try root(session)
        let end = InMemoryEnd(channel: channel, session: session)
        session.setClose { [weak end] in end?.channel.close() }
        let token = offers.withLock { offers in
            var token = UInt64.random(in: .min ... .max)
            while offers[token] != nil { token &+= 1 }
            offers[token] = object
            return token
        }
        session.onClose { [weak self] _ in self?.offers.withLock { _ = $0.removeValue(forKey: token) } }
        do {
            try channel.start(end)
        } catch {
            session.finish(error)
            throw error
        }
        channel.send((0..<8).map { UInt8(truncatingIfNeeded: token >> ($0 * 8)) })
        return session
    }
}

/// One end of a channel: collects the token, notices the close.
private final class InMemoryEnd: IpcChannelReceiver {
    private struct State {
        var bytes: [UInt8] = []
        var isClosed = false
        var waiter: CheckedContinuation<UInt64?, Never>?
    }

    let channel: any IpcChannel
    private let session: IpcSession
    private let state = Mutex(State())

    init(channel: any IpcChannel, session: IpcSession) {
        self.channel = channel
        self.session = session
    }

    /// The number that the other end sends; nil if the channel closes before.
    func token() async -> UInt64? {
        await withCheckedContinuation { continuation in
            state.withLock { $0.waiter = continuation }
            answer()
        }
    }

    func receive(_ bytes: RawSpan) {
        let bytes = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
        let isExcess = state.withLock { state in
            state.bytes += bytes
            return state.bytes.count > 8
        }
        if isExcess { channel.close() } else { answer() }
    }

    func closed(_ reason: IPCError?) {
        state.withLock { $0.isClosed = true }
        answer()
        session.finish(reason)
    }

    private func answer() {
        let (waiter, token) = state.withLock { state -> (CheckedContinuation<UInt64?, Never>?, UInt64?) in
            let isComplete = state.bytes.count == 8
            guard isComplete || state.isClosed else { return (nil, nil) }
            defer { state.waiter = nil }
            let token = state.bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return (state.waiter, isComplete ? token : nil)
        }
        waiter?.resume(returning: token)
    }
}
