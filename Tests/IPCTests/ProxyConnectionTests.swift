import Glibc
import Synchronization
import TestData
import Testing

@testable import IPC

/// The end of connections, and what keeps them.
@Suite(.timeLimit(.minutes(5)))
struct ProxyConnectionTests {
    @Test func pendingCallsFailWhenTheServerGoes() async throws {
        let loop = try await Loopback()
        let echo = try await loop.client.root.makeEcho()
        let tasks = (0..<5).map { index in Task { try await echo.hold(text: "\(index)") } }
        await loop.echo.gate.arrivals(5)
        loop.server.close()
        for task in tasks {
            let error = await #expect(throws: IPCError.self) { try await task.value }
            #expect(error == .disconnected("IPC client method call interrupted by disconnect."))
        }
        await loop.client.session.closed()
        let error = await #expect(throws: IPCError.self) { try await echo.echo(text: "") }
        #expect(error == .disconnected("IPC client method called after disconnect."))
        loop.echo.gate.open()
    }

    @Test func aFinishedSessionTellsItsHandlers() async throws {
        let loop = try await Loopback()
        let told = Gate()
        for session in [loop.client.session, loop.server] {
            session.onClose { _ in Task { await told.pass() } }
        }
        loop.client.session.close()
        await told.arrivals(2)
        // Late ones too.
        loop.server.onClose { _ in Task { await told.pass() } }
        await told.arrivals(3)
        told.open()
    }

    @Test func droppingTheRootEndsTheConnection() async throws {
        let object = InitObject()
        let (near, far) = try SocketChannel.makePair()
        let served = try capnpProtocol().serve(far, root: object)
        let session: IpcSession
        do { session = try await capnpProtocol().connect(near).session }
        await served.closed()
        await session.closed()
    }

    @Test func objectsKeepTheConnectionLikeTheRoot() async throws {
        let (near, far) = try SocketChannel.makePair()
        let served = try capnpProtocol().serve(far, root: InitObject())
        do {
            let echo = try await capnpProtocol().connect(near).root.makeEcho()
            #expect(try await echo.echo(text: "x") == "x")
            #expect(!served.isClosed)
        }
        await served.closed()
    }

    @Test func callbacksHeldByTheServerDoNotKeepTheConnection() async throws {
        final class Keeper: TestEcho {
            let kept = Mutex<[any TestEcho]>([])
            func echo(text: String) async throws -> String { text }
            func relay(text: String, callback: @escaping TestCallback) async throws -> String { text }
            func fail(text: String) async throws {}
            func hold(text: String) async throws {}
            func ping(text: String) async throws -> String { text }
            func same(object: (any TestEcho)?) async throws -> (any TestEcho)? {
                if let object { kept.withLock { $0.append(object) } }
                return nil
            }
        }
        struct Root: TestInit {
            let keeper = Keeper()
            func makeEcho() async throws -> any TestEcho { keeper }
        }
        let root = Root()
        let (near, far) = try SocketChannel.makePair()
        let served = try capnpProtocol().serve(far, root: root)
        let gone: Gate
        do {
            let object = EchoObject()
            gone = object.gone
            _ = try await capnpProtocol().connect(near).root.makeEcho().same(object: object)
        }
        await served.closed()
        await gone.pass()
        let error = await #expect(throws: IPCError.self) {
            try await root.keeper.kept.withLock { $0[0] }.echo(text: "")
        }
        #expect(error == .disconnected("IPC client method called after disconnect."))
    }

    @Test func everythingIsFreedAtTheEnd() async throws {
        weak var connection: ProxyConnection?
        weak var serverSide: ProxyConnection?
        do {
            let seen = Recorder<ProxyConnection>()
            let proto = CapnpProtocol<any TestInit>(
                name: "test",
                bootstrap: .init(
                    constructInterfaceID: TestID.testInit,
                    makeServer: { object, connection in
                        seen.add(connection)
                        return TestInitProxyServer(object, connection)
                    },
                    makeClient: { TestInitProxyClient($0) }), logger: testLogger)
            let (near, far) = try SocketChannel.makePair()
            let served = try proto.serve(far, root: InitObject())
            let client = try await proto.connect(near)
            let echo = try await client.root.makeEcho()
            _ = try await echo.relay(text: "x") { try await echo.echo(text: $0) }
            connection = (echo as? TestEchoProxyClient)?.remote.connection
            serverSide = seen.values.first
            seen.removeAll()
            #expect(connection != nil)
            #expect(serverSide != nil)
            client.session.close()
            await served.closed()
            await client.session.closed()
        }
        let (first, second) = (WeakBox(connection), WeakBox(serverSide))
        #expect(await eventually { first.value == nil && second.value == nil })
    }

    @Test func theLogSpeaksLikeCores() async throws {
        let (logger, log) = LogRecorder.make()
        let loop = try await Loopback(logger: logger)
        let echo = try await loop.client.root.makeEcho()
        _ = try await echo.echo(text: "secret")
        let task = Task { try await echo.hold(text: "") }
        await loop.echo.gate.arrivals(1)
        #expect(!log.matching("IPC server recv request").filter { $0.contains("TestEcho.echo") }.isEmpty)
        #expect(!log.matching("IPC server post request").isEmpty)
        #expect(!log.matching("IPC server send response").filter { $0.contains("TestEcho.echo") }.isEmpty)
        #expect(log.matching("secret").isEmpty)
        loop.client.session.close()
        await loop.server.closed()
        #expect(log.matching("IPC server: socket disconnected.").count == 1)
        loop.echo.gate.open()
        #expect(await eventually { !log.matching("interrupted (canceled)").isEmpty })
        #expect(!log.matching("canceled while executing").isEmpty)
        _ = await task.result
    }

    @Test func aSpawnedProcessEndsWithItsRoot() async throws {
        // The child speaks no protocol, but sees the end of file.
        let process = IpcProcess(argumentZero: "test", logger: testLogger)
        let child = try process.spawn(path: "/bin/sh", arguments: ["/bin/sh", "-c", "cat <&3 >/dev/null; exit 4"])
        let connecting = Task { try await capnpProtocol().connect(child.channel) }
        connecting.cancel()
        await #expect(throws: (any Error).self) { try await connecting.value }
        #expect(await child.exitStatus == .exited(4))
    }
}

private final class WeakBox<T: AnyObject>: Sendable where T: Sendable {
    private weak let box: T?

    init(_ value: T?) { box = value }

    var value: T? { box }
}
