public import Capnp

/// A reference to an object that answers calls, wherever it lives.
///
/// This is what a capability pointer in a message refers to. Two calls made one after the other on the same client (or
/// on clients of the same object that came the same way) are delivered in that order, also when the client is a promise
/// that resolves between them. Dropping the last client of a remote object releases it.
public final class Client: CapabilityHook, Sendable {
    let target: Target

    init(_ target: Target) {
        self.target = target
    }

    /// A client of an object of this process.
    public convenience init(_ server: any Server) {
        self.init(.server(server))
    }

    /// A client on which every call fails with `error`.
    public static func broken(_ error: RPCError) -> Client {
        Client(.broken(error))
    }

    /// What a null capability pointer stands for: every call fails.
    public static var null: Client { Client(.null) }

    /// The client behind a capability pointer read from a message; `null` for a null pointer.
    public convenience init(_ hook: (any CapabilityHook)?) {
        self.init((hook as? Client)?.target ?? .null)
    }

    /// The object itself, when it lives in this process; `nil` for a remote one, and for a promise before it resolves.
    public var localServer: (any Server)? {
        if case .server(let server) = target.settled { server } else { nil }
    }

    /// Why every call on this client fails; `nil` if it does not, or is a promise that has not resolved.
    public var failure: RPCError? {
        if case .broken(let error) = target.settled { error } else { nil }
    }

    /// Whether this stands for a null capability pointer.
    public var isNull: Bool { failure == Target.nullError }

    /// The connection through which calls leave now; `nil` for an object of this process and for a waiting promise.
    public var connection: Connection? {
        switch target.settled {
        case .remote(let capability): capability.connection
        case .promise(let promise): promise.connection
        case .server, .broken, .queue, .detour: nil
        }
    }

    /// Whether both lead to the same object, as far as is known now.
    public func isSame(as other: Client) -> Bool {
        guard let identity = target.settled.identity else { return false }
        return identity == other.target.settled.identity
    }

    /// Waits until a promise has resolved, and returns a client of what it became; the client itself if it is none.
    ///
    /// Does not respond to cancellation; a lost connection resolves all its promises.
    public func resolved() async -> Client {
        var target = target.settled
        while true {
            switch target {
            case .server, .broken, .remote, .detour: return Client(target)
            case .promise, .queue: break
            }
            let pending = target
            target = await withCheckedContinuation { continuation in
                let waits = pending.whenSettled { continuation.resume(returning: $0) }
                if !waits { continuation.resume(returning: pending) }
            }.settled
        }
    }

    /// Makes a call. When this returns, the call has been sent, or is queued behind earlier ones; only the answer is
    /// awaited, through the promise.
    ///
    /// - Parameters:
    ///   - interfaceID: the id of the interface that declares the method.
    ///   - methodID: the ordinal of the method.
    ///   - paramsSize: the layout of the parameter struct.
    ///   - isPipelined: whether calls on capabilities in the results shall be sent ahead of the answer. Without, they wait
    ///     for it here, and the call costs both sides less; for methods that return no capabilities.
    ///   - build: fills the parameters. Runs once, before this returns, without any lock held.
    /// - Throws: what `build` throws; nothing has been sent then.
    public func call(
        interfaceID: UInt64, methodID: UInt16, paramsSize: StructSize, isPipelined: Bool = true,
        build: (StructBuilder) throws -> Void
    ) rethrows -> RemotePromise {
        let call = OutgoingCall(interfaceID: interfaceID, methodID: methodID)
        try build(call.content.initStruct(paramsSize))
        let result = CallResult(isPipelined: isPipelined)
        call.start(on: target, result: result)
        return RemotePromise(result)
    }
}
