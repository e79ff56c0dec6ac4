import Capnp

/// A capability of this side that the peer holds.
struct ExportEntry: Sendable {
    /// Where messages to the id go. Of a promise that has resolved: strictly to what the `Resolve` said.
    var target: Target
    /// The times the id was sent and not released.
    var count: UInt64
    /// Tells this export from others that had the id.
    let generation: UInt64
    /// Whether a `Resolve` is still owed.
    var isPromise: Bool
}

/// Exports: capabilities sent to the peer.
extension ConnectionState {
    /// Adds a reference to the export of `target`, which is made if there is none.
    mutating func export(_ target: Target, isPromise: Bool, on connection: Connection) -> UInt32 {
        let identity = target.identity
        if let identity, let id = exportIDs[identity] {
            exports[id]?.count += 1
            return id
        }
        if exports.count >= limits.exports {
            effects.append(.abort("Limit exceeded: \(limits.exports) capabilities of this side."))
        }
        let generation = nextGeneration()
        let id = exports.insert(
            ExportEntry(target: target, count: 1, generation: generation, isPromise: isPromise))
        if let identity { exportIDs[identity] = id }
        if isPromise {
            let waits = target.whenSettled { [weak connection] _ in
                connection?.resolveExport(id, generation: generation)
            }
            if !waits { effects.append(.resolveExport(id, generation: generation)) }
        }
        return id
    }

    /// Sends the `Resolve` of an exported promise that has settled.
    mutating func resolveExport(_ id: UInt32, generation: UInt64, on connection: Connection) {
        guard let entry = exports[id], entry.generation == generation, entry.isPromise else { return }
        if let identity = entry.target.identity { exportIDs[identity] = nil }
        exports[id]?.isPromise = false
        let target = entry.target.settled
        effects.append(.free([entry]))
        if case .broken(let error) = target {
            exports[id]?.target = target
            send(OutboundMessage.resolve(promise: id, error: error))
            return
        }
        let message = OutboundMessage(.resolve, RPCLayout.resolve)
        message.body.setInteger(id, at: RPCLayout.idAt)
        var payload = PayloadWriter()
        let described = payload.describe(
            target, in: message.body.pointer(at: 0).initStruct(RPCLayout.capDescriptor), &self, on: connection)
        exports[id]?.target = described
        send(message)
    }

    /// Takes references from an export.
    mutating func release(export id: UInt32, count: UInt32) throws {
        guard var entry = exports[id] else { throw ProtocolViolation("Tried to release invalid export ID.") }
        guard entry.count >= UInt64(count) else {
            throw ProtocolViolation("Tried to drop export's refcount below zero.")
        }
        entry.count -= UInt64(count)
        guard entry.count == 0 else {
            exports[id] = entry
            return
        }
        _ = exports.remove(id)
        if let identity = entry.target.identity, exportIDs[identity] == id { exportIDs[identity] = nil }
        effects.append(.free([entry]))
    }
}
