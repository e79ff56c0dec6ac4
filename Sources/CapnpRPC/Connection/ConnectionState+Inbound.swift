import Capnp

/// What each kind of message does.
extension ConnectionState {
    /// Handles a message that came at `arrival`; one that makes no sense ends the connection.
    mutating func take(
        _ inbound: InboundMessage, of message: Message, from arrival: SuspendingClock.Instant,
        on connection: Connection
    ) {
        guard closed == nil else { return }
        self.arrival = arrival
        statistics.received(message)
        do {
            try receive(inbound, in: message, on: connection)
        } catch {
            abort(for: error)
        }
    }

    /// Handles a message.
    ///
    /// - Throws: `ProtocolViolation`; the tables may be half changed then, and must be closed.
    mutating func receive(_ inbound: InboundMessage, in message: Message, on connection: Connection) throws {
        switch inbound {
        case .bootstrap(let id): try receiveBootstrap(question: id, on: connection)
        case .call(let call): try receive(call, in: message, on: connection)
        case .return(let returned): try receive(returned, in: message, on: connection)
        case .finish(let finish): try receive(finish)
        case .resolve(let id, let resolution): try receiveResolve(promise: id, resolution, on: connection)
        case .release(let id, let count): try release(export: id, count: count)
        case .disembargo(let target, let context): try receiveDisembargo(target, context)
        case .abort(let error): close(.disconnected("The peer ended the connection: \(error.reason)"))
        case .unimplemented(let rejected): try receiveUnimplemented(rejected)
        case .unsupported: send(OutboundMessage.unimplemented(message))
        }
    }

    private mutating func receiveUnimplemented(_ rejected: InboundMessage.Rejected) throws {
        switch rejected {
        case .question(let id): try receiveUnimplemented(question: id)
        // The peer took no reference to what the promise resolved to.
        case .resolve(let export?): try release(export: export, count: 1)
        // The peer sends nothing back, so it holds no calls of ours either.
        case .embargo(let id): try lift(embargo: id)
        case .resolve(nil), .other: break
        }
    }

    /// Ends the connection with an `Abort` because of what the peer has sent.
    mutating func abort(for error: any Error) {
        abort((error as? ProtocolViolation)?.reason ?? "Malformed message: \(error).")
    }

    /// Ends the connection with an `Abort`.
    mutating func abort(_ reason: String) {
        close(.disconnected("The connection was aborted: \(reason)"), abort: .failed(reason))
    }

    /// Acts upon ids that nothing refers to any more.
    mutating func handle(_ departures: [Departure]) {
        for departure in departures {
            switch departure {
            case .question(let id): finish(question: id)
            case .imported(let id, let generation): release(import: id, generation: generation)
            }
        }
    }

    /// Empties the list of departures.
    static func take(_ departures: inout [Departure]) -> [Departure] {
        let taken = departures
        departures = []
        return taken
    }
}
