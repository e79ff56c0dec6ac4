/// Embargoes: calls on a promise that resolved to this side wait until earlier ones have come back through the peer.
extension ConnectionState {
    /// Whether calls that have been sent towards the peer could be overtaken by calls on `target`.
    ///
    /// Not if `target` is an object of the same peer: the earlier calls take the same way. A `Detour` counts as an
    /// object of this process.
    static func needsEmbargo(_ target: Target, on connection: Connection) -> Bool {
        if case .broken = target { return false }
        return !target.leaves(through: connection)
    }

    /// Where calls go on a promise that has been used and becomes `target`, which needs no embargo.
    ///
    /// Another promise of the same peer counts as used from then on: calls that were sent to the former address may
    /// still be on their way to it, and must not be overtaken when it resolves in turn.
    static func inheritUse(_ target: Target) -> Target {
        if case .promise(let promise) = target.settled { promise.used.set() }
        return target
    }

    /// Holds calls in `queue` until a `Disembargo` has gone to `address` and come back; then they go to `target`.
    mutating func embargo(_ queue: CallQueue, for target: Target, at address: RemoteAddress) {
        let id = embargoes.insert(Embargo(queue: queue, target: target))
        send(OutboundMessage.disembargo(address, loopbackOfReceiver: false, id: id))
    }

    /// Handles a `Disembargo`.
    mutating func receiveDisembargo(
        _ target: InboundTarget, _ context: InboundMessage.DisembargoContext
    ) throws {
        switch context {
        case .senderLoopback(let id):
            effects.append(.reflectDisembargo(try self.target(of: target), id: id))
        case .receiverLoopback(let id): try lift(embargo: id)
        }
    }

    /// Lets the calls of an embargo go on.
    mutating func lift(embargo id: UInt32) throws {
        guard let embargo = embargoes.remove(id) else {
            throw ProtocolViolation("Invalid embargo ID in 'Disembargo.context.receiverLoopback'.")
        }
        effects.append(.resolve(embargo.queue, embargo.target))
    }

    /// Sends a `Disembargo` back to the peer, towards the object of the peer's that `target` has resolved to.
    ///
    /// Done in the order of effects, so that calls which were received before it have been forwarded before it.
    mutating func reflectDisembargo(_ target: Target, id: UInt32, on connection: Connection) throws {
        let address: RemoteCapability?
        switch target.settled {
        case .remote(let capability): address = capability
        case .promise(let promise): address = promise.address
        default: address = nil
        }
        guard let address, address.connection === connection else {
            throw ProtocolViolation(
                "'Disembargo' of type 'senderLoopback' sent to an object that does not point back to the sender.")
        }
        send(OutboundMessage.disembargo(address.address, loopbackOfReceiver: true, id: id))
    }
}

/// Calls on hold, and where they go.
struct Embargo: Sendable {
    let queue: CallQueue
    let target: Target
}
