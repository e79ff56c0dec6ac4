import Glibc
import Logging
import TestData
import Testing

@testable import IPC

/// What every `IpcProtocol` does, whatever the wire: each test runs for each protocol.
@Suite(.timeLimit(.minutes(5)))
struct IpcProtocolConformanceTests {
    enum Wire: CaseIterable, Sendable {
        case capnp
        case inMemory

        func make() -> any IpcProtocol<any TestInit> {
            switch self {
            case .capnp: capnpProtocol()
            case .inMemory: InMemoryProtocol<any TestInit>(logger: testLogger)
            }
        }
    }

    let scratch = Scratch()
    let process = IpcProcess(argumentZero: "test", logger: testLogger)

    @Test(arguments: Wire.allCases, IpcChannelTests.Kind.allCases)
    func theRootIsReached(wire: Wire, kind: IpcChannelTests.Kind) async throws {
        let proto = wire.make()
        let (near, far) = try kind.makePair()
        let served = try proto.serve(far, root: InitObject())
        let connection = try await proto.connect(near)
        #expect(try await connection.root.makeEcho().echo(text: "hello") == "hello")
        #expect(!served.isClosed)
        #expect(!connection.session.isClosed)
        #expect(served.id != connection.session.id)
        connection.session.close()
        #expect(await served.closed() == nil)
        #expect(await connection.session.closed() == nil)
    }

    @Test(arguments: Wire.allCases)
    func errorsReachTheCaller(wire: Wire) async throws {
        let proto = wire.make()
        let (near, far) = try SocketChannel.makePair()
        let served = try proto.serve(far, root: InitObject())
        let connection = try await proto.connect(near)
        let echo = try await connection.root.makeEcho()
        let error = await #expect(throws: (any Error).self) { try await echo.fail(text: "broken") }
        #expect(error.map { "\($0)" } == "broken")
        let unknown = await #expect(throws: IPCError.self) { try await echo.fail(text: "unimplemented") }
        #expect(unknown == .unimplemented("not here"))
        connection.session.close()
        await served.closed()
    }

    @Test(arguments: Wire.allCases)
    func callbacksComeBack(wire: Wire) async throws {
        let proto = wire.make()
        let (near, far) = try SocketChannel.makePair()
        _ = try proto.serve(far, root: InitObject())
        let connection = try await proto.connect(near)
        let echo = try await connection.root.makeEcho()
        #expect(try await echo.relay(text: "a") { $0 + "b" } == "ab!")
        connection.session.close()
    }

    @Test(arguments: Wire.allCases)
    func theServingEndMayClose(wire: Wire) async throws {
        let proto = wire.make()
        let (near, far) = try SocketChannel.makePair()
        let served = try proto.serve(far, root: InitObject())
        let connection = try await proto.connect(near)
        served.close()
        await connection.session.closed()
        #expect(connection.session.isClosed)
        await served.closed()
    }

    @Test(arguments: Wire.allCases)
    func theServedRootGoesWithItsConnection(wire: Wire) async throws {
        let proto = wire.make()
        let (near, far) = try SocketChannel.makePair()
        let gone: Gate
        do {
            let object = InitObject()
            gone = object.gone
            _ = try proto.serve(far, root: object)
        }
        try await proto.connect(near).session.close()
        await gone.pass()
    }

    @Test(arguments: Wire.allCases)
    func connectingToAnEndThatClosesFails(wire: Wire) async throws {
        let (near, far) = try SocketChannel.makePair()
        let end = Collector()
        try far.start(end)
        far.close()
        await #expect(throws: IPCError.self) { try await wire.make().connect(near) }
    }

    @Test(arguments: Wire.allCases)
    func connectingToNonsenseFails(wire: Wire) async throws {
        let (near, far) = try SocketChannel.makePair()
        try far.start(Collector())
        far.send([UInt8](repeating: 0xff, count: 64))
        await #expect(throws: IPCError.self) { try await wire.make().connect(near) }
    }

    @Test(arguments: Wire.allCases)
    func nonsenseEndsAServedConnection(wire: Wire) async throws {
        let (near, far) = try SocketChannel.makePair()
        let served = try wire.make().serve(far, root: InitObject())
        try near.start(Collector())
        near.send([UInt8](repeating: 0xff, count: 64))
        await served.closed()
    }

    @Test(arguments: Wire.allCases)
    func aListenerServesMany(wire: Wire) async throws {
        let proto = wire.make()
        let path = scratch("node.sock")
        let sessions = Recorder<IpcSession>()
        let server = try await proto.listen(try process.bind(.unix(path: path))) { session in
            sessions.add(session)
            return InitObject()
        }
        var connections: [IpcConnection<any TestInit>] = []
        for index in 0..<5 {
            let channel = try #require(try await process.connect(.unix(path: path)))
            let connection = try await proto.connect(channel)
            #expect(try await connection.root.makeEcho().echo(text: "\(index)") == "\(index)")
            connections.append(connection)
        }
        // A session is listed when it is being served, which a quick client does not wait for.
        #expect(await eventually { server.sessions.count == 5 })
        #expect(server.sessions.allSatisfy { $0.peer.processID == getpid() && $0.peer.address == "unix:" + path })
        #expect(server.sessions.map(\.id) == sessions.values.map(\.id))
        connections[2].session.close()
        #expect(await eventually { server.sessions.count == 4 })

        server.close()
        #expect(Scratch.status(path) == nil)
        await #expect(throws: IPCError.self) { try await process.connect(.unix(path: path)) }
        #expect(try await connections[0].root.makeEcho().echo(text: "still") == "still")
        server.disconnectAll()
        for connection in connections { await connection.session.closed() }
        #expect(await eventually { server.sessions.isEmpty })
    }

    @Test(arguments: Wire.allCases)
    func aListenerHasALimit(wire: Wire) async throws {
        let proto = wire.make()
        let path = scratch("node.sock")
        var limits = IpcLimits()
        limits.connections = 2
        let server = try await proto.listen(try process.bind(.unix(path: path)), limits: limits) { _ in
            InitObject()
        }
        func connect() async throws -> IpcConnection<any TestInit> {
            try await proto.connect(try #require(try await process.connect(.unix(path: path))))
        }
        let first = try await connect()
        let second = try await connect()
        await #expect(throws: IPCError.self) { try await connect() }
        first.session.close()
        #expect(await eventually { server.sessions.count == 1 })
        let third = try await connect()
        second.session.close()
        third.session.close()
        server.close()
    }

    @Test(arguments: Wire.allCases)
    func aRootThatCannotBeMadeEndsOneConnectionOnly(wire: Wire) async throws {
        let proto = wire.make()
        let path = scratch("node.sock")
        let attempts = Recorder<Int>()
        let server = try await proto.listen(try process.bind(.unix(path: path))) { _ in
            if attempts.add(0) == 1 { throw TestFailure(description: "not yet") }
            return InitObject()
        }
        func connect() async throws -> IpcConnection<any TestInit> {
            try await proto.connect(try #require(try await process.connect(.unix(path: path))))
        }
        await #expect(throws: IPCError.self) { try await connect() }
        #expect(try await connect().root.makeEcho().echo(text: "now") == "now")
        server.disconnectAll()
        server.close()
    }
}
