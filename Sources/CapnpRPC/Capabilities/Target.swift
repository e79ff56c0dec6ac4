/// Where calls on a capability go.
///
/// Three kinds are settled: an object of this process, an object of the peer, a failure. The others are promises, which
/// settle once; a call on a promise either travels towards it (the peer then forwards it) or waits in a queue.
enum Target: Sendable {
    /// An object of this process.
    case server(any Server)
    /// Nothing: every call fails.
    case broken(RPCError)
    /// What the peer has under one address, strictly: also when that address is a promise that has resolved since.
    case remote(RemoteCapability)
    /// A promise of the peer's, pipelined until it resolves.
    case promise(PromisedCapability)
    /// A promise of this process: calls wait in order.
    case queue(CallQueue)
    /// A capability of the peer's that the peer reaches through this process.
    case detour(Detour)

    /// What a null capability pointer stands for.
    static let null = Target.broken(nullError)

    /// What a call on a null capability fails with.
    static let nullError = RPCError.failed("Called null capability.")

    /// The resolved promises that a call may pass on its way. Longer chains are not made honestly; see `deepen(_:)`.
    static let maximumHops = 128

    /// What is left when promises that have resolved are skipped.
    var settled: Target {
        var target = self
        for _ in 0..<Target.maximumHops {
            switch target {
            case .promise(let promise):
                guard let next = promise.resolution else { return target }
                target = next
            case .queue(let queue):
                guard let next = queue.resolution else { return target }
                target = next
            default: return target
            }
        }
        return .broken(.failed("Too many promises resolve to one another."))
    }

    /// What is left when detours are taken too: where a call made now would end up.
    var destination: Target {
        var target = settled
        for _ in 0..<Target.maximumHops {
            guard case .detour(let detour) = target else { return target }
            target = detour.target.settled
        }
        return .broken(.failed("Too many promises resolve to one another."))
    }

    /// What a promise with identity `promise`, at depth `depth`, becomes when it resolves to this target: the target
    /// with the resolved promises on the way left out, or a failure if it leads back to the promise itself, or if the
    /// chain of promises that resolved to promises has become too long.
    func asResolution(of promise: AnyObject, depth: Int) -> Target {
        let destination = destination
        if let identity = destination.identity, identity == ObjectIdentifier(promise) {
            return .broken(.failed("A promise resolved to itself."))
        }
        guard destination.deepen(depth + 1) else {
            return .broken(.failed("Too many promises resolve to one another."))
        }
        return settled
    }

    /// The object of the target that tells it from all others, when it has one.
    var identity: ObjectIdentifier? {
        switch self {
        case .server(let server): ObjectIdentifier(server)
        case .remote(.imported(let capability)): ObjectIdentifier(capability)
        case .promise(let promise): ObjectIdentifier(promise)
        case .queue(let queue): ObjectIdentifier(queue)
        case .detour(let detour): ObjectIdentifier(detour)
        case .remote(.answer), .broken: nil
        }
    }

    /// Whether calls on the target leave through `connection`.
    func leaves(through connection: Connection) -> Bool {
        switch self {
        case .remote(let capability): capability.connection === connection
        case .promise(let promise): promise.connection === connection
        default: false
        }
    }

    /// Calls `observer` when a promise settles.
    ///
    /// - Returns: `false`, without calling it, for a target that is settled already.
    func whenSettled(_ observer: @escaping SettlingObserver) -> Bool {
        switch self {
        case .promise(let promise): promise.whenResolved(observer)
        case .queue(let queue): queue.whenResolved(observer)
        default: false
        }
    }

    /// Notes that a promise at depth `depth` has resolved to this target.
    ///
    /// Promises that resolve one to the next form a chain, whose objects own one another; freeing a long one would
    /// exhaust the stack. So its length is bounded.
    ///
    /// - Returns: `false` when the chain has become too long.
    private func deepen(_ depth: Int) -> Bool {
        guard depth < Target.maximumHops else { return false }
        switch self {
        case .promise(let promise): promise.deepen(depth)
        case .queue(let queue): queue.deepen(depth)
        default: break
        }
        return true
    }
}

/// Called once, without any lock held, with what a promise has become.
typealias SettlingObserver = @Sendable (Target) -> Void

/// An address of the peer's, kept alive.
enum RemoteCapability: Sendable {
    /// An entry of the import table.
    case imported(ImportedCapability)
    /// A capability in the results of a question.
    case answer(Question, path: [UInt16])

    /// The connection to the peer.
    var connection: Connection {
        switch self {
        case .imported(let capability): capability.connection
        case .answer(let question, _): question.connection
        }
    }

    /// The address as the peer knows it.
    var address: RemoteAddress {
        switch self {
        case .imported(let capability): .imported(capability.id)
        case .answer(let question, let path): .answer(question: question.id, path: path)
        }
    }
}

/// A reference that the peer sent to an export of ours that we know to lead back to the peer.
///
/// Calls must keep taking the long way: those made through the peer's reference before are on it, and a call sent
/// straight to the object would overtake them (the "Tribble 4-way race" of `rpc.capnp`). So such a reference is treated
/// as an object of this process that forwards.
final class Detour: Sendable {
    /// Where the calls go in the end.
    let target: Target

    init(_ target: Target) {
        self.target = target
    }
}
