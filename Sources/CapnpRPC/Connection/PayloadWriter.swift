import Capnp

/// Writes capability descriptors, and remembers what they refer to.
struct PayloadWriter {
    /// The export ids written, once for each reference.
    var exports: [UInt32] = []
    /// The clients that were described by an address of the peer's.
    var strict: [ObjectIdentifier: RemoteCapability] = [:]
    /// Frames to send right after the one with the payload.
    var trailers: [[UInt8]] = []

    /// Fills the capability table of a payload.
    mutating func write(
        _ capabilities: [(any CapabilityHook)?], to table: PointerBuilder, _ state: inout ConnectionState,
        on connection: Connection
    ) {
        guard !capabilities.isEmpty else { return }
        let descriptors = table.initStructList(count: capabilities.count, size: RPCLayout.capDescriptor)
        for (index, hook) in capabilities.enumerated() {
            // No capability is a descriptor of kind `none`, which is what a new one is.
            guard let client = hook as? Client, !client.isNull else { continue }
            let described = describe(
                client.target.settled, in: descriptors.structBuilder(index), &state, on: connection)
            if case .remote(let capability) = described, capability.connection === connection {
                strict[ObjectIdentifier(client)] = capability
            }
        }
    }

    /// Fills a `CapDescriptor` for a settled target.
    ///
    /// - Returns: where calls that the peer addresses to the described capability must go.
    mutating func describe(
        _ target: Target, in descriptor: StructBuilder, _ state: inout ConnectionState, on connection: Connection
    ) -> Target {
        var target = target
        if case .promise(let promise) = target, promise.connection === connection, let address = promise.address {
            promise.used.set()
            target = .remote(address)
        }
        switch target {
        case .remote(let capability) where capability.connection === connection:
            switch capability.address {
            case .imported(let id): set(descriptor, .receiverHosted, id: id)
            case .answer(let question, let path):
                set(descriptor, .receiverAnswer, id: 0)
                OutboundMessage.write(
                    question: question, path: path, to: descriptor.pointer(at: 0).initStruct(RPCLayout.promisedAnswer))
            }
        case .server, .remote, .detour:
            let id = state.export(target, isPromise: false, on: connection)
            exports.append(id)
            set(descriptor, .senderHosted, id: id)
        case .promise, .queue:
            let id = state.export(target, isPromise: true, on: connection)
            exports.append(id)
            set(descriptor, .senderPromise, id: id)
        case .broken(let error):
            // There is no descriptor for a failure: it is sent as a promise that is broken at once.
            let id = state.export(target, isPromise: false, on: connection)
            exports.append(id)
            set(descriptor, .senderPromise, id: id)
            trailers.append(OutboundMessage.resolve(promise: id, error: error))
        }
        return target
    }

    private func set(_ descriptor: StructBuilder, _ tag: RPCLayout.DescriptorTag, id: UInt32) {
        descriptor.setInteger(tag.rawValue, at: RPCLayout.capDescriptorTagAt)
        descriptor.setInteger(id, at: RPCLayout.capDescriptorIDAt)
    }
}
