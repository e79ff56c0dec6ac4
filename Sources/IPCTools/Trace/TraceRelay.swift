package import Capnp
package import IPC
package import Logging
import Synchronization

/// Stands between clients and a server: passes bytes on in both directions, and tells what they say.
///
/// What is told never changes what is passed on, nor delays it: bytes are sent before they are read; only an answer waits until
/// its question has been told. A side that does not take
/// its bytes is bounded by its channel, as any peer is.
package final class TraceRelay: Sendable {
    /// Takes events, from any thread but one at a time. `message` is the message that the event is about, secrets masked.
    package typealias Observer = @Sendable (_ event: TraceEvent, _ message: Message?) -> Void

    private let target: IpcAddress
    private let process: IpcProcess
    private let showsSecrets: Bool
    private let start = ContinuousClock.now
    private let observer: Mutex<Observer>
    private let count = Atomic<Int>(0)

    /// A relay that takes no connection yet.
    ///
    /// - Parameters:
    ///   - target: where connections are passed on to.
    ///   - process: connects to it.
    ///   - showsSecrets: whether passphrases and keys are shown as they are.
    ///   - observer: is told what passes.
    package init(
        target: IpcAddress, process: IpcProcess, showsSecrets: Bool, observer: @escaping Observer
    ) {
        self.target = target
        self.process = process
        self.showsSecrets = showsSecrets
        self.observer = Mutex(observer)
    }

    /// Accepts connections on a socket and passes each on, until the server is closed.
    package func listen(_ listener: IpcListener, logger: Logger) async throws -> IpcServer {
        try await RelayProtocol(relay: self, logger: logger).listen(listener) { _ in }
    }

    /// Passes one connection on.
    fileprivate func pass(_ channel: any IpcChannel, session: IpcSession) throws {
        let number = count.add(1, ordering: .relaxed).newValue
        let wire = RelayedConnection(
            number: number, conversation: TraceConversation(showsSecrets: showsSecrets), relay: self)
        let client = RelayEnd(side: .client, wire: wire)
        wire.begin(channel, session)
        tell(TraceEvent(connection: number, time: elapsed, body: .opened(peer: channel.peer.description)), nil)
        try channel.start(client)
        Task { [target, process] in
            do {
                guard let server = try await process.connect(target) else {
                    throw IPCError.disconnected("nobody listens at \(target)")
                }
                try server.start(RelayEnd(side: .server, wire: wire))
                wire.connected(server)
            } catch {
                wire.end("\(error)")
            }
        }
    }

    /// Since the trace began.
    fileprivate var elapsed: Duration { ContinuousClock.now - start }

    fileprivate func tell(_ event: TraceEvent, _ message: Message?) {
        observer.withLock { $0(event, message) }
    }
}

/// Lets the relay use the machinery that accepts connections.
private struct RelayProtocol: IpcProtocol {
    let relay: TraceRelay
    let logger: Logger

    func connect(_ channel: any IpcChannel) async throws -> IpcConnection<Void> {
        throw IPCError.unimplemented("a relay is no client")
    }

    func serve(
        _ channel: any IpcChannel, limits: IpcLimits, root: (IpcSession) throws -> Void
    ) throws -> IpcSession {
        let session = IpcSession(peer: channel.peer)
        try relay.pass(channel, session: session)
        return session
    }
}

/// One side's channel: hands what arrives to the connection.
private final class RelayEnd: IpcChannelReceiver {
    private let side: WireSide
    private let wire: RelayedConnection

    init(side: WireSide, wire: RelayedConnection) {
        self.side = side
        self.wire = wire
    }

    func receive(_ bytes: RawSpan) {
        wire.received(unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }, from: side)
    }

    func closed(_ reason: IPCError?) { wire.end(reason.map { "\($0)" }) }
}

/// A client's connection and the one that it is passed on by.
private final class RelayedConnection: Sendable {
    private struct State {
        var client: (any IpcChannel)?
        var server: (any IpcChannel)?
        /// What the client sent before the server was reached.
        var early: [[UInt8]] = []
        var earlyBytes = 0
        var isEnded = false
        var session: IpcSession?
    }

    private struct Reading {
        var conversation: TraceConversation
        /// Nil once a side has sent what is no message.
        var decoders: [WireSide: FrameDecoder?]
    }

    /// What a client may send before the server is reached, in bytes.
    private static let maxEarlyBytes = 16 << 20

    private let number: Int
    private let relay: TraceRelay
    private let state = Mutex(State())
    private let reading: Mutex<Reading>

    init(number: Int, conversation: TraceConversation, relay: TraceRelay) {
        self.number = number
        self.relay = relay
        let decoder = FrameDecoder(limits: TraceConversation.limits)
        reading = Mutex(Reading(conversation: conversation, decoders: [.client: decoder, .server: decoder]))
    }

    func begin(_ client: any IpcChannel, _ session: IpcSession) {
        session.setClose { [weak client] in client?.close() }
        state.withLock { state in
            state.client = client
            state.session = session
        }
    }

    func connected(_ server: any IpcChannel) {
        let isEnded = state.withLock { state in
            for bytes in state.early { server.send(bytes) }
            state.early = []
            state.server = server
            return state.isEnded
        }
        if isEnded { server.close() }
    }

    func received(_ bytes: [UInt8], from side: WireSide) {
        // Passed on first, but read before the answer can be: it is told in the order in which it was said.
        let isTooEarly = reading.withLock { reading in
            let isTooEarly = pass(bytes, from: side)
            read(bytes, from: side, &reading)
            return isTooEarly
        }
        if isTooEarly { end("the client sent too much before the server was reached") }
    }

    /// - Returns: whether the client has sent too much before the server was reached.
    private func pass(_ bytes: [UInt8], from side: WireSide) -> Bool {
        state.withLock { state in
            switch side {
            case .server: state.client?.send(bytes)
            case .client:
                guard let server = state.server else {
                    state.early.append(bytes)
                    state.earlyBytes += bytes.count
                    return state.earlyBytes > Self.maxEarlyBytes
                }
                server.send(bytes)
            }
            return false
        }
    }

    private func read(_ bytes: [UInt8], from side: WireSide, _ reading: inout Reading) {
        guard var decoder = reading.decoders[side] ?? nil else { return }
        // Not kept in two places, which would copy it.
        reading.decoders[side] = .some(nil)
        decoder.push(bytes)
        do throws(CapnpError) {
            while let message = try decoder.next() {
                let time = relay.elapsed
                let (body, masked) = reading.conversation.read(message, from: side, at: time)
                let event = TraceEvent(
                    connection: number, time: time, sender: side, bytes: FrameLength.bytes(of: message), body: body)
                relay.tell(event, masked)
            }
            reading.decoders[side] = decoder
        } catch {
            relay.tell(
                TraceEvent(
                    connection: number, time: relay.elapsed, sender: side, bytes: decoder.pendingBytes,
                    body: .undecodable("\(error)")), nil)
        }
    }

    func end(_ reason: String?) {
        let ended = state.withLock { state -> State? in
            guard !state.isEnded else { return nil }
            state.isEnded = true
            let ended = state
            state.client = nil
            state.server = nil
            state.early = []
            return ended
        }
        guard let ended else { return }
        relay.tell(TraceEvent(connection: number, time: relay.elapsed, body: .closed(reason: reason)), nil)
        ended.client?.close()
        ended.server?.close()
        ended.session?.finish(nil)
    }
}

/// The length of a message in a stream.
enum FrameLength {
    static func bytes(of message: Message) -> Int {
        (4 + message.segmentCount * 4 + 7) / 8 * 8 + message.sizeInWords * 8
    }
}
