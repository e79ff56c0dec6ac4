import Capnp

/// A capability of the peer's that this side holds.
struct ImportEntry: Sendable {
    /// The object that keeps the id in use.
    weak var capability: ImportedCapability?
    /// The promise that the id stands for, until it resolves.
    weak var promise: PromisedCapability?
    /// The `generation` of `capability`.
    var generation: UInt64
    /// The times the id was received and not released.
    var count: UInt64
}

/// Imports: capabilities received from the peer.
extension ConnectionState {
    /// Turns the descriptors of a payload into clients.
    mutating func importAll(
        _ descriptors: [InboundDescriptor], on connection: Connection
    ) throws -> [(any CapabilityHook)?] {
        var clients: [(any CapabilityHook)?] = []
        clients.reserveCapacity(descriptors.count)
        for descriptor in descriptors { clients.append(try importClient(descriptor, on: connection)) }
        return clients
    }

    /// Turns a descriptor into a client; `nil` for one of nothing.
    mutating func importClient(_ descriptor: InboundDescriptor, on connection: Connection) throws -> Client? {
        switch descriptor {
        case .none: return nil
        case .senderHosted(let id): return Client(.remote(.imported(try add(import: id, on: connection))))
        case .senderPromise(let id): return Client(.promise(try addPromise(import: id, on: connection)))
        case .receiverHosted(let id):
            guard let export = exports[id] else { return .broken(.failed("invalid 'receiverHosted' export ID")) }
            return Client(comingBack(export.target, on: connection))
        case .receiverAnswer(let promised):
            guard let target = target(of: promised) else { return .broken(.failed("invalid 'receiverAnswer'")) }
            return Client(comingBack(target, on: connection))
        case .unknown: return .broken(.failed("unknown CapDescriptor type"))
        }
    }

    /// See `Detour`.
    private func comingBack(_ target: Target, on connection: Connection) -> Target {
        let settled = target.settled
        return settled.leaves(through: connection) ? .detour(Detour(settled)) : settled
    }

    private mutating func add(import id: UInt32, on connection: Connection) throws -> ImportedCapability {
        if var entry = imports[id] {
            entry.count += 1
            if let capability = entry.capability {
                imports[id] = entry
                return capability
            }
            // The former object is on its way out, and finds its id taken over.
            let capability = ImportedCapability(connection: connection, id: id, generation: nextGeneration())
            entry.capability = capability
            entry.promise = nil
            entry.generation = capability.generation
            imports[id] = entry
            return capability
        }
        guard imports.count < limits.imports else {
            throw ProtocolViolation("Limit exceeded: \(limits.imports) capabilities of the peer.")
        }
        let capability = ImportedCapability(connection: connection, id: id, generation: nextGeneration())
        imports[id] = ImportEntry(capability: capability, generation: capability.generation, count: 1)
        return capability
    }

    private mutating func addPromise(import id: UInt32, on connection: Connection) throws -> PromisedCapability {
        let capability = try add(import: id, on: connection)
        if let promise = imports[id]?.promise { return promise }
        let promise = PromisedCapability(.imported(capability), source: nil, used: UseFlag())
        imports[id]?.promise = promise
        return promise
    }

    /// Handles a `Resolve`.
    mutating func receiveResolve(
        promise id: UInt32, _ resolution: InboundMessage.Resolution, on connection: Connection
    ) throws {
        var target: Target
        var client: Client?
        switch resolution {
        case .exception(let error): target = .broken(error)
        case .capability(let descriptor):
            client = try importClient(descriptor, on: connection)
            target = client?.target ?? .null
        }
        // A promise that is not held any more is no error: the `Release` crossed the `Resolve`. What it resolved to is
        // released with `client`.
        if let promise = imports[id]?.promise {
            imports[id]?.promise = nil
            if promise.used.isSet {
                if ConnectionState.needsEmbargo(target.settled, on: connection) {
                    let queue = CallQueue()
                    embargo(queue, for: target, at: .imported(id))
                    target = .queue(queue)
                } else {
                    target = ConnectionState.inheritUse(target)
                }
            }
            effects.append(.notify(promise.resolve(to: target)))
        }
        if let client { effects.append(.free([client])) }
    }

    /// Sends the `Release` of an import that nothing here refers to any more.
    mutating func release(import id: UInt32, generation: UInt64) {
        guard let entry = imports[id], entry.generation == generation else { return }
        imports[id] = nil
        send(OutboundMessage.release(imported: id, count: UInt32(clamping: entry.count)))
    }
}
