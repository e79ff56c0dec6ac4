import Capnp
import CapnpRPC
import Synchronization
import Testing

/// Plain interfaces as objects: calls built and answered in place, here and over a connection.
@Suite(.timeLimit(.minutes(5)))
struct ObjectTests {
    private final class Service: Golden.Service.Server {
        let watched = Mutex<[Golden.Service.Client]>([])

        func sum(_ call: TypedCall<Golden.Service.SumParams, Golden.Service.SumResults>) async throws {
            call.results().result = Int64(call.params.left) + Int64(call.params.right)
        }

        func move(_ call: TypedCall<Golden.Point, Golden.Point>) async throws {
            guard call.params.x >= 0 else { throw RPCError(kind: .failed, reason: "off the map") }
            let point = call.results()
            point.x = call.params.x + 1
            point.y = call.params.y
        }

        func watch(_ call: TypedCall<Golden.Service.WatchParams, Golden.Service.WatchResults>) async throws {
            let service = Golden.Service.Client(try call.params.service())
            watched.withLock { $0.append(service) }
        }
    }

    private let connections: (first: Connection, second: Connection)
    private let service = Service()
    private let remote: Golden.Service.Client

    init() {
        let pair = InMemoryTransport.pair(second: Golden.Service.Client(server: service).capability)
        connections = (pair.first, pair.second)
        remote = Golden.Service.Client(pair.first.bootstrap())
    }

    @Test func parametersAndResultsAreTyped() async throws {
        let local = Golden.Service.Client(server: service)
        for client in [remote, local] {
            #expect(try await client.sum { $0.left = 38 }.response().result == 42)
            #expect(try await client.sum().response().result == 4)
            let sum = client.sum { params in
                params.left = -1
                params.right = 1
            }
            #expect(try await sum.response().result == 0)
        }
    }

    @Test func methodsWithNamedStructsAndErrors() async throws {
        let moved = try await remote.move { params in
            params.x = 1
            params.y = 2
        }.response()
        #expect(moved.x == 2 && moved.y == 2)
        await #expect(throws: RPCError(kind: .failed, reason: "off the map")) {
            try await remote.move { $0.x = -1 }.response()
        }
    }

    @Test func objectsTravelBothWays() async throws {
        let own = Service()
        try await remote.watch { $0.setService(Golden.Service.Client(server: own).capability) }.response()
        let back = try #require(service.watched.withLock { $0.first })
        #expect(try await back.sum { $0.left = 1 }.response().result == 5)
    }

    @Test func methodsOfOthersAreUnimplemented() async throws {
        for (interface, method) in [(Golden.Service.interfaceID, UInt16(9)), (Golden.Empty.interfaceID, 0), (1, 0)] {
            let promise = remote.capability.call(
                interfaceID: interface, methodID: method, paramsSize: StructSize(dataWords: 0, pointers: 0)
            ) { _ in }
            let error = await #expect(throws: RPCError.self) { try await promise.response() }
            #expect(error?.kind == .unimplemented)
        }
    }

    @Test func aFieldThatIsNotSetFailsItsCalls() async throws {
        let nothing = Golden.Service.Client(nil as (any CapabilityHook)?)
        await #expect(throws: RPCError.self) { try await nothing.sum().response() }
    }
}
