import Capnp
import CapnpRPC

/// `ThreadMap` of `mp/proxy.capnp`: with it a peer makes the threads that its calls run on.
final class ThreadMapServer: Server {
    // The connection keeps this object until it ends.
    private let connection: ProxyConnection

    init(connection: ProxyConnection) {
        self.connection = connection
    }

    nonisolated(nonsending) func dispatch(_ call: IncomingCall) async throws {
        typealias ThreadMap = ProxyMessages.ThreadMap
        guard call.interfaceID == ThreadMap.interfaceID, let method = ThreadMap.Method(rawValue: call.methodID) else {
            throw call.unimplemented()
        }
        guard !connection.isClosed else { throw RPCError(kind: .disconnected, reason: "IPC connection closed") }
        do {
            switch method {
            case .makeThread:
                let thread = try connection.makeServedThread(
                    from: ThreadMap.MakeThreadParams.Reader(call.params).name())
                let results = call.results(size: ThreadMap.MakeThreadResults.size)
                ThreadMap.MakeThreadResults.Builder(results).setResult(Client(thread))
            case .makePool:
                try connection.makePool(count: ThreadMap.MakePoolParams.Reader(call.params).count)
            }
        } catch {
            throw ErrorMapping.toWire(error)
        }
    }
}
