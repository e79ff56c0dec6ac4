import Capnp
import CapnpRPC
import CapnpSchema
import Foundation
@testable import IPCTools

/// Two ends that talk over memory, and what a watcher between them sees.
final class Watched {
    private let connections: (first: Connection, second: Connection, fromFirst: InMemoryTransport, fromSecond: InMemoryTransport)
    var conversation: TraceConversation
    /// The end that calls.
    var client: Connection { connections.first }

    init(_ server: any Server, showsSecrets: Bool = false) {
        connections = InMemoryTransport.pair(second: Client(server))
        connections.fromFirst.keepLog()
        connections.fromSecond.keepLog()
        conversation = TraceConversation(showsSecrets: showsSecrets)
    }

    deinit { connections.first.close() }

    /// What the client has said, and the server, since the beginning; the client's first.
    func events() throws -> [(body: TraceEvent.Body, message: Message)] {
        var events: [(body: TraceEvent.Body, message: Message)] = []
        for (side, log) in [(WireSide.client, connections.fromFirst.log), (.server, connections.fromSecond.log)] {
            for frame in log {
                events.append(conversation.read(try Message(framed: frame), from: side, at: .milliseconds(events.count)))
            }
        }
        return events
    }

    /// The same as text.
    func lines() throws -> [String] {
        let writer = TraceText(isColoured: false)
        return try events().map { body, _ in
            writer.line(TraceEvent(connection: 1, time: .zero, sender: .client, body: body))
        }
    }

    /// Calls a method of a client's with arguments in JSON.
    func call(_ target: Client, _ interface: String, _ name: String, _ json: String = "{}") throws -> RemotePromise {
        let (node, method) = try Self.method(interface, name)
        let value = try DynamicValue(json: json)
        return try target.call(
            interfaceID: node.id, methodID: UInt16(method.ordinal), paramsSize: try KnownSchemas.all.size(of: method.parameters)
        ) { params in
            try KnownSchemas.all.encode(value, to: params, as: method.parameters)
        }
    }

    static func method(_ interface: String, _ name: String) throws -> (SchemaNode, SchemaMethod) {
        guard let node = KnownSchemas.all.nodes.values.first(where: { $0.name == interface && $0.interface != nil }),
            let method = node.interface?.methods.first(where: { $0.name == name })
        else { throw CallError.malformedPath("\(interface).\(name)") }
        return (node, method)
    }
}

/// Answers every method with what it was told, and a new object of the same kind wherever results have one.
final class ScriptedServer: Server {
    /// Results in JSON by the method's name.
    private let results: [String: String]

    init(_ results: [String: String] = [:]) { self.results = results }

    func dispatch(_ call: IncomingCall) async throws {
        guard let method = KnownSchemas.all.method(interface: call.interfaceID, ordinal: call.methodID) else {
            throw call.unimplemented()
        }
        let builder = call.results(size: try KnownSchemas.all.size(of: method.results))
        for field in KnownSchemas.all.nodes[method.results]?.structure?.fields ?? [] {
            if case .interface = field.type, let index = field.pointerIndex {
                builder.pointer(at: index).setCapability(Client(ScriptedServer(results)))
            }
        }
        guard let json = results[method.name] else { return }
        try KnownSchemas.all.encode(try DynamicValue(json: json), to: builder, as: method.results)
    }
}

/// The folder beside the package that holds recordings of real clients; nil where there is none.
let recordings: String? = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let path = root.deletingLastPathComponent().appending(path: "shared/fixtures/ipc").path()
    return FileManager.default.fileExists(atPath: path) ? path : nil
}()
