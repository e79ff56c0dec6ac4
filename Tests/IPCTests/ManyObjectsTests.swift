import TestData
import Testing

@testable import IPC

/// Thousands of objects at once.
@Suite(.timeLimit(.minutes(5)))
struct ManyObjectsTests {
    private func connection(
        limits: ProxyLimits = ProxyLimits()
    ) async throws -> (root: CountedInit, client: IpcConnection<any TestInit>) {
        let root = CountedInit()
        let (near, far) = try SocketChannel.makePair()
        _ = try capnpProtocol().serve(far, root: root)
        return (root, try await capnpProtocol(limits: limits).connect(near))
    }

    @Test func droppingThousandsLeavesThreadsForCalls() async throws {
        var limits = ProxyLimits()
        limits.remoteThreads = DestroyQueue.width + 1
        let (root, client) = try await connection(limits: limits)
        var echoes: [any TestEcho] = []
        for _ in 0..<2000 { echoes.append(try await client.root.makeEcho()) }
        #expect(root.live.value == 2000)
        let last = echoes[1999]
        echoes = []
        for number in 0..<100 { #expect(try await last.echo(text: "\(number)") == "\(number)") }
        #expect(await eventually { root.live.value == 1 })
    }

    @Test func aClosedConnectionFreesWhatWasAboutToBeDestroyed() async throws {
        let (root, client) = try await connection()
        var echoes: [any TestEcho] = []
        for _ in 0..<2000 { echoes.append(try await client.root.makeEcho()) }
        echoes = []
        client.session.close()
        #expect(await eventually { root.live.value == 0 })
    }
}
