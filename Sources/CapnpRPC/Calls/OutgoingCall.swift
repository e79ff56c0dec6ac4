import Capnp

/// The `Call` message of a call that starts in this process, or passes through it.
///
/// Parameters are always built in place inside a `Call`, so that a remote call is sent without another copy; a local
/// object reads them from there.
struct OutgoingCall {
    let interfaceID: UInt64
    let methodID: UInt16
    let message: OutboundMessage
    private let payload: StructBuilder

    init(interfaceID: UInt64, methodID: UInt16) {
        self.interfaceID = interfaceID
        self.methodID = methodID
        message = OutboundMessage(.call, RPCLayout.call, room: 128)
        payload = message.body.pointer(at: 1).initStruct(RPCLayout.payload)
        message.body.setInteger(interfaceID, at: RPCLayout.callInterfaceAt)
        message.body.setInteger(methodID, at: RPCLayout.callMethodAt)
    }

    /// Where the parameter struct goes.
    var content: PointerBuilder { payload.pointer(at: 0) }

    /// Where the descriptors of the capabilities in the parameters go.
    var descriptors: PointerBuilder { payload.pointer(at: 1) }

    /// Sends the call to `target`, or delivers it there, or queues it.
    ///
    /// - Parameter hops: how many promises the call may still pass.
    func start(on target: Target, result: CallResult, hops: Int = Target.maximumHops) {
        var target = target
        for hop in 0..<hops {
            let connection: Connection
            switch target {
            case .remote(let capability): connection = capability.connection
            case .promise(let promise): connection = promise.connection
            case .server, .broken, .queue, .detour:
                do {
                    let params = try message.builder.asMessage().root.structReader().pointer(at: 0).structReader()
                        .pointer(at: 1).structReader().pointer(at: 0)
                    CallRequest(interfaceID: interfaceID, methodID: methodID, params: params, result: result)
                        .start(on: target, hops: hops - hop)
                } catch {
                    result.complete(.failure(RPCError(reporting: error)))
                }
                return
            }
            guard let next = connection.send(self, to: target, result: result) else { return }
            target = next
        }
        result.complete(.failure(.failed("Too many promises resolve to one another.")))
    }
}
