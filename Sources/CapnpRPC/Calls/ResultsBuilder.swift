import Capnp

/// The `Return` message of a call, whose results a method fills in place.
///
/// `@unchecked Sendable`: one owner at a time touches it. `IncomingCall` hands it to the method, which alone uses it
/// until it returns; it then travels, inside the call's outcome, to the one thread that turns it into bytes. Each step
/// passes a lock.
final class ResultsBuilder: @unchecked Sendable {
    let message = OutboundMessage(.return, RPCLayout.return, room: 128)
    private let payload: StructBuilder

    init() {
        payload = message.body.pointer(at: 0).initStruct(RPCLayout.payload)
    }

    /// Where the result struct goes.
    var content: PointerBuilder { payload.pointer(at: 0) }

    /// Where the descriptors of the capabilities in the results go.
    var descriptors: PointerBuilder { payload.pointer(at: 1) }

    /// Whether the results contain no capabilities.
    var hasNoCapabilities: Bool { message.builder.capabilities.isEmpty }

    /// The results for readers in this process.
    func response() throws -> Response {
        let root = try message.builder.asMessage().root.structReader()
        return try Response(root.pointer(at: 0).structReader().pointer(at: 0).structReader().pointer(at: 0))
    }
}
