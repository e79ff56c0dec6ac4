import CapnpRPC

/// An object without methods, for a protocol that only connects.
final class NoServer: Server {
    nonisolated(nonsending) func dispatch(_ call: IncomingCall) async throws {
        throw call.unimplemented()
    }
}
