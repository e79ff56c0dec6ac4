import Capnp
import CapnpRPC

@testable import IPC

// What the generator would make of `TestSchema.text`, by hand.

enum TestID {
    static let testInit: UInt64 = 0xa1e1_0f6c_9d3b_5501
    static let echo: UInt64 = 0xa1e1_0f6c_9d3b_5502
    static let callback: UInt64 = 0xa1e1_0f6c_9d3b_5503
}

private func pointers(_ count: UInt16) -> StructSize { StructSize(dataWords: 0, pointers: count) }

final class TestInitProxyClient: TestInit, ProxyClientObject {
    let remote: RemoteObject

    init(_ remote: RemoteObject) { self.remote = remote }

    func makeEcho() async throws -> any TestEcho {
        try await remote.invoke(
            name: "TestInit.makeEcho", interfaceID: TestID.testInit, methodID: 1, paramsSize: pointers(1),
            contextPointer: 0
        ) { _, _ in
        } read: { results, imports in
            try ProxyCoding.required(
                TestEchoProxyClient.object(results.pointer(at: 0).capability(), imports), "TestEcho")
        }
    }
}

final class TestInitProxyServer: ProxyServerObject {
    let runtime: ProxyServerRuntime<any TestInit>

    init(_ object: any TestInit, _ connection: ProxyConnection) {
        runtime = ProxyServerRuntime(object: object, connection: connection)
    }

    func dispatch(_ call: IncomingCall) async throws {
        switch (call.interfaceID, call.methodID) {
        case (TestID.testInit, 0):
            try runtime.construct(call)
        case (TestID.testInit, 1):
            try await runtime.run(call, name: "TestInit.makeEcho", contextPointer: 0) { object in
                let result = try await object.makeEcho()
                call.results(size: pointers(1)).pointer(at: 0).setCapability(
                    runtime.exports.capability(for: result, server: TestEchoProxyServer.init))
            }
        default:
            throw call.unimplemented()
        }
    }
}

final class TestEchoProxyClient: TestEcho, ProxyClientObject {
    let remote: RemoteObject

    init(_ remote: RemoteObject) { self.remote = remote }

    static func object(_ capability: (any CapabilityHook)?, _ imports: ImportContext) -> (any TestEcho)? {
        imports.object(capability, as: (any TestEcho).self) { TestEchoProxyClient($0) }
    }

    deinit { remote.destroy(name: "TestEcho.destroy", interfaceID: TestID.echo, methodID: 0, contextPointer: 0) }

    func echo(text: String) async throws -> String { try await self.text(1, text) }

    func fail(text: String) async throws { _ = try await self.text(3, text) }

    func hold(text: String) async throws { _ = try await self.text(4, text) }

    func ping(text: String) async throws -> String {
        try await remote.invoke(
            name: "TestEcho.ping", interfaceID: TestID.echo, methodID: 5, paramsSize: pointers(1), contextPointer: nil
        ) { params, _ in
            params.pointer(at: 0).setText(text)
        } read: { results, _ in
            try results.pointer(at: 0).text()
        }
    }

    func relay(text: String, callback: @escaping TestCallback) async throws -> String {
        try await remote.invoke(
            name: "TestEcho.relay", interfaceID: TestID.echo, methodID: 2, paramsSize: pointers(3), contextPointer: 0
        ) { params, exports in
            params.pointer(at: 1).setText(text)
            params.pointer(at: 2).setCapability(
                exports.capability(for: callback, server: TestCallbackProxyServer.init))
        } read: { results, _ in
            try results.pointer(at: 0).text()
        }
    }

    func same(object: (any TestEcho)?) async throws -> (any TestEcho)? {
        try await remote.invoke(
            name: "TestEcho.same", interfaceID: TestID.echo, methodID: 6, paramsSize: pointers(2), contextPointer: 0
        ) { params, exports in
            params.pointer(at: 1).setCapability(
                exports.capability(for: object, server: TestEchoProxyServer.init))
        } read: { results, imports in
            try TestEchoProxyClient.object(results.pointer(at: 0).capability(), imports)
        }
    }

    private func text(_ method: UInt16, _ text: String) async throws -> String {
        try await remote.invoke(
            name: "TestEcho.method", interfaceID: TestID.echo, methodID: method, paramsSize: pointers(2),
            contextPointer: 0
        ) { params, _ in
            params.pointer(at: 1).setText(text)
        } read: { results, _ in
            try results.pointer(at: 0).text()
        }
    }
}

final class TestEchoProxyServer: ProxyServerObject {
    let runtime: ProxyServerRuntime<any TestEcho>

    init(_ object: any TestEcho, _ connection: ProxyConnection) {
        runtime = ProxyServerRuntime(object: object, connection: connection)
    }

    func dispatch(_ call: IncomingCall) async throws {
        guard call.interfaceID == TestID.echo else { throw call.unimplemented() }
        switch call.methodID {
        case 0:
            try await runtime.destroy(call, name: "TestEcho.destroy", contextPointer: 0)
        case 1:
            try await runtime.run(call, name: "TestEcho.echo", contextPointer: 0) { object in
                let result = try await object.echo(text: call.params.pointer(at: 1).text())
                call.results(size: pointers(1)).pointer(at: 0).setText(result)
            }
        case 2:
            try await runtime.run(call, name: "TestEcho.relay", contextPointer: 0) { object in
                let text = try call.params.pointer(at: 1).text()
                let callback = try ProxyCoding.required(
                    TestCallbackProxyClient.object(call.params.pointer(at: 2).capability(), runtime.imports),
                    "TestCallback")
                let result = try await object.relay(text: text, callback: callback)
                call.results(size: pointers(1)).pointer(at: 0).setText(result)
            }
        case 3:
            try await runtime.run(call, name: "TestEcho.fail", contextPointer: 0) { object in
                try await object.fail(text: call.params.pointer(at: 1).text())
                _ = call.results(size: pointers(1))
            }
        case 4:
            try await runtime.run(call, name: "TestEcho.hold", contextPointer: 0, allowsCancellation: true) { object in
                try await object.hold(text: call.params.pointer(at: 1).text())
                _ = call.results(size: pointers(1))
            }
        case 5:
            try await runtime.run(call, name: "TestEcho.ping", contextPointer: nil) { object in
                let result = try await object.ping(text: call.params.pointer(at: 0).text())
                call.results(size: pointers(1)).pointer(at: 0).setText(result)
            }
        case 6:
            try await runtime.run(call, name: "TestEcho.same", contextPointer: 0) { object in
                let other = try TestEchoProxyClient.object(
                    call.params.pointer(at: 1).capability(), runtime.imports)
                let result = try await object.same(object: other)
                call.results(size: pointers(1)).pointer(at: 0).setCapability(
                    runtime.exports.capability(for: result, server: TestEchoProxyServer.init))
            }
        default:
            throw call.unimplemented()
        }
    }
}

final class TestCallbackProxyClient: ProxyClientObject {
    let remote: RemoteObject

    init(_ remote: RemoteObject) { self.remote = remote }

    deinit {
        remote.destroy(name: "TestCallback.destroy", interfaceID: TestID.callback, methodID: 0, contextPointer: 0)
    }

    static func object(_ capability: (any CapabilityHook)?, _ imports: ImportContext) -> TestCallback? {
        imports.object(capability, as: TestCallback.self, proxy: closure)
    }

    static func closure(_ remote: RemoteObject) -> TestCallback {
        let proxy = TestCallbackProxyClient(remote)
        return { text in
            try await proxy.remote.invoke(
                name: "TestCallback.call", interfaceID: TestID.callback, methodID: 1, paramsSize: pointers(2),
                contextPointer: 0
            ) { params, _ in
                params.pointer(at: 1).setText(text)
            } read: { results, _ in
                try results.pointer(at: 0).text()
            }
        }
    }
}

final class TestCallbackProxyServer: ProxyServerObject {
    let runtime: ProxyServerRuntime<TestCallback>

    init(_ object: @escaping TestCallback, _ connection: ProxyConnection) {
        runtime = ProxyServerRuntime(object: object, connection: connection)
    }

    func dispatch(_ call: IncomingCall) async throws {
        switch (call.interfaceID, call.methodID) {
        case (TestID.callback, 0):
            try await runtime.destroy(call, name: "TestCallback.destroy", contextPointer: 0)
        case (TestID.callback, 1):
            try await runtime.run(call, name: "TestCallback.call", contextPointer: 0) { object in
                let result = try await object(call.params.pointer(at: 1).text())
                call.results(size: pointers(1)).pointer(at: 0).setText(result)
            }
        default:
            throw call.unimplemented()
        }
    }
}
