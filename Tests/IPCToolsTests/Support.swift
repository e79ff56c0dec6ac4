import Capnp
import CapnpRPC
import CapnpSchema
import Foundation
import Synchronization

@testable import IPCTools

/// Writes down what goes over a transport.
private final class Tap: MessageTransport {
    /// What both sides of a connection have sent.
    final class Book: Sendable {
        let log = Mutex<[(sender: WireSide, frame: [UInt8])]>([])
    }

    let inner = InMemoryTransport()
    private let side: WireSide
    private let book: Book

    init(_ side: WireSide, _ book: Book) {
        self.side = side
        self.book = book
    }

    func send(_ frame: [UInt8]) {
        book.log.withLock { $0.append((side, frame)) }
        inner.send(frame)
    }

    func close() { inner.close() }
}

/// Two ends that talk over memory, and what a watcher between them sees.
final class Watched {
    /// The end that calls.
    let client: Connection
    private let server: Connection
    private let book = Tap.Book()
    var conversation: TraceConversation

    init(_ object: any Server, showsSecrets: Bool = false) {
        let (fromClient, fromServer) = (Tap(.client, book), Tap(.server, book))
        client = Connection(transport: fromClient)
        server = Connection(transport: fromServer, bootstrap: Client(object))
        fromClient.inner.connect(to: server)
        fromServer.inner.connect(to: client)
        conversation = TraceConversation(showsSecrets: showsSecrets)
    }

    deinit { client.close() }

    /// What both have said since the beginning.
    func events() throws -> [(body: TraceEvent.Body, message: Message)] {
        try book.log.withLock { $0 }.enumerated().map { index, entry in
            conversation.read(try Message(framed: entry.frame), from: entry.sender, at: .milliseconds(index))
        }
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
            interfaceID: node.id, methodID: UInt16(method.ordinal),
            paramsSize: try KnownSchemas.all.size(of: method.parameters)
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
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let path = root.deletingLastPathComponent().appending(path: "shared/fixtures/ipc").path()
    return FileManager.default.fileExists(atPath: path) ? path : nil
}()
