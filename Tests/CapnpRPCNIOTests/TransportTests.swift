import Capnp
import CapnpRPC
import CapnpRPCNIO
import Foundation
import NIOCore
import NIOPosix
import Testing

@Suite(.timeLimit(.minutes(5)))
struct TransportTests {
    /// Returns the data it is given; fails for method 1.
    private final class Mirror: Server {
        func dispatch(_ call: IncomingCall) async throws {
            guard call.methodID == 0 else { throw RPCError(kind: .failed, reason: "no") }
            call.results(size: StructSize(dataWords: 0, pointers: 1)).pointer(at: 0)
                .setData(try call.params.pointer(at: 0).data())
        }
    }

    private func call(_ client: Client, _ data: [UInt8], method: UInt16 = 0) -> RemotePromise {
        client.call(interfaceID: 1, methodID: method, paramsSize: StructSize(dataWords: 0, pointers: 1)) { params in
            params.pointer(at: 0).setData(data)
        }
    }

    @Test func `calls go over a Unix socket, large and small, in order`() async throws {
        let path = "/tmp/crn\(UInt32.random(in: 0...UInt32.max))"
        let listener = try await RPCListener.listen(unixSocket: path) { Client(Mirror()) }
        defer { try? FileManager.default.removeItem(atPath: path) }
        let connection = try await RPCClient.connect(unixSocket: path)
        let root = connection.bootstrap()
        let sizes = [0, 1, 100, 65536, 3_000_000, 7]
        let promises = sizes.map { call(root, [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: $0)) }
        for (size, promise) in zip(sizes, promises) {
            #expect(try await promise.response().results.pointer(at: 0).data().count == size)
        }
        await #expect(throws: RPCError(kind: .failed, reason: "no")) { try await call(root, [], method: 1).response() }
        connection.close()
        try await listener.close()
    }

    @Test func `calls go over TCP from many tasks at once`() async throws {
        let listener = try await RPCListener.listen(host: "127.0.0.1", port: 0) { Client(Mirror()) }
        let port = try #require(listener.localAddress?.port)
        let connection = try await RPCClient.connect(host: "127.0.0.1", port: port)
        let root = connection.bootstrap()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let data = [UInt8](repeating: UInt8(number), count: number)
                    return try await call(root, data).response().results.pointer(at: 0).data() == data
                }
            }
            for try await isSame in group { #expect(isSame) }
        }
        connection.close()
        try await listener.close()
    }

    @Test func `a lost connection fails what waits, on both sides`() async throws {
        let path = "/tmp/crn\(UInt32.random(in: 0...UInt32.max))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let listener = try await RPCListener.listen(unixSocket: path) { Client(Mirror()) }
        let connection = try await RPCClient.connect(unixSocket: path)
        let root = connection.bootstrap()
        _ = try await call(root, []).response()
        connection.close()
        await #expect(throws: RPCError.self) { try await call(root, []).response() }
        #expect(connection.tableSizes == ConnectionTableSizes())
        try await listener.close()
    }

    @Test func `bytes that are no messages end the connection with an abort`() async throws {
        let path = "/tmp/crn\(UInt32.random(in: 0...UInt32.max))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let listener = try await RPCListener.listen(unixSocket: path) { Client(Mirror()) }
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(unixDomainSocketPath: path).get()
        try await channel.writeAndFlush(ByteBuffer(repeating: 0xff, count: 64))
        try await channel.closeFuture.get()
        try await listener.close()
    }
}
