import Capnp
import CapnpRPC

@testable import IPC

/// A client without the proxy runtime: says exactly which thread a call names.
struct RawClient {
    let loop: Loopback
    let threadMap: Client
    let echo: Client

    init(_ loop: Loopback) async throws {
        self.loop = loop
        let root = (loop.client.root as? TestInitProxyClient)?.remote.capability ?? .null
        let constructed = root.call(interfaceID: TestID.testInit, methodID: 0, paramsSize: Self.pointers(1)) { _ in }
        threadMap = constructed.capability(at: 0)
        _ = try await constructed.response()
        let made = root.call(interfaceID: TestID.testInit, methodID: 1, paramsSize: Self.pointers(1)) { _ in }
        echo = made.capability(at: 0)
        _ = try await made.response()
    }

    static func pointers(_ count: UInt16) -> StructSize { StructSize(dataWords: 0, pointers: count) }

    /// A thread; a promise if its answer is not there yet.
    func makeThread(_ name: String = "raw") -> (Client, RemotePromise) {
        let promise = threadMap.call(
            interfaceID: ProxyMessages.ThreadMap.interfaceID, methodID: 0, paramsSize: Self.pointers(1)
        ) { $0.pointer(at: 0).setText(name) }
        return (promise.capability(at: 0), promise)
    }

    func makePool(_ count: UInt32) async throws {
        _ = try await threadMap.call(
            interfaceID: ProxyMessages.ThreadMap.interfaceID, methodID: 1,
            paramsSize: StructSize(dataWords: 1, pointers: 0)
        ) { $0.setInteger(count, at: 0) }.response()
    }

    /// Begins a call of a method of `TestEcho` that takes a text and returns one.
    func begin(_ method: UInt16, _ text: String, thread: Client?) -> RemotePromise {
        echo.call(interfaceID: TestID.echo, methodID: method, paramsSize: Self.pointers(2)) { params in
            let context = params.pointer(at: 0).initStruct(Self.pointers(2))
            context.pointer(at: 0).setCapability(thread)
            params.pointer(at: 1).setText(text)
        }
    }
}

extension RemotePromise {
    /// The text in the results.
    var text: String {
        get async throws { try await response().results.pointer(at: 0).text() }
    }
}
