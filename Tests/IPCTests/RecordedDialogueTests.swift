import Capnp
import CapnpRPC
import TestData
import Testing

@testable import IPC

/// Conversations that clients of Bitcoin Core had with Core's node, with this server in its place.
@Suite(.timeLimit(.minutes(5)))
struct RecordedDialogueTests {
    @Test(arguments: ["libmultiprocess-echo"])
    func aRecordedClientGetsTheRecordedAnswers(name: String) async throws {
        guard let dialogue = Dialogue(name) else { return }
        let (near, far) = try SocketChannel.makePair()
        let proto = CapnpProtocol<EchoObject>(
            name: "test",
            bootstrap: .init(
                constructInterfaceID: CoreInitServer.interfaceID,
                makeServer: { CoreInitServer($0, $1) },
                makeClient: { _ in EchoObject() }),
            logger: testLogger)
        let served = try proto.serve(far, root: EchoObject())
        let collector = MessageCollector()
        try near.start(collector)

        var decoder = FrameDecoder()
        var expected: [ServerMessage] = []
        for step in dialogue.steps {
            if step.isFromClient {
                // What the client says next may depend on any answer before.
                let returns = expected.filter(\.isReturn).count
                #expect(await eventually { collector.messages.filter(\.isReturn).count >= returns })
                near.send(step.bytes)
            } else {
                decoder.push(step.bytes)
                while let message = try decoder.next() { expected.append(try ServerMessage(message)) }
            }
        }
        #expect(await eventually { collector.messages.count >= expected.count })
        let received = collector.messages
        #expect(received.filter(\.isReturn) == expected.filter(\.isReturn))
        #expect(released(received) == released(expected))
        #expect(expected.filter(\.isReturn).count > 5)
        near.close()
        await served.closed()
    }

    /// How many references to each capability have been released, however they were put into messages.
    private func released(_ messages: [ServerMessage]) -> [UInt32: UInt32] {
        var counts: [UInt32: UInt32] = [:]
        for case .release(let id, let count) in messages { counts[id, default: 0] += count }
        return counts
    }
}

/// Core's `Init`, as far as `makeEcho`.
private final class CoreInitServer: ProxyServerObject {
    static let interfaceID: UInt64 = 0x8838_c700_ba5c_ba65
    let runtime: ProxyServerRuntime<EchoObject>

    init(_ object: EchoObject, _ connection: ProxyConnection) {
        runtime = ProxyServerRuntime(object: object, connection: connection)
    }

    func dispatch(_ call: IncomingCall) async throws {
        switch (call.interfaceID, call.methodID) {
        case (Self.interfaceID, 0): try runtime.construct(call)
        case (Self.interfaceID, 1):
            try await runtime.run(call, name: "Init.makeEcho", contextPointer: 0) { object in
                call.results(size: RawClient.pointers(1)).pointer(at: 0).setCapability(
                    runtime.exports.capability(for: object, server: CoreEchoServer.init))
            }
        default: throw call.unimplemented()
        }
    }
}

/// Core's `Echo`.
private final class CoreEchoServer: ProxyServerObject {
    let runtime: ProxyServerRuntime<EchoObject>

    init(_ object: EchoObject, _ connection: ProxyConnection) {
        runtime = ProxyServerRuntime(object: object, connection: connection)
    }

    func dispatch(_ call: IncomingCall) async throws {
        switch (call.interfaceID, call.methodID) {
        case (0xd36b_8964_0dc9_4399, 0): try await runtime.destroy(call, name: "Echo.destroy", contextPointer: 0)
        case (0xd36b_8964_0dc9_4399, 1):
            try await runtime.run(call, name: "Echo.echo", contextPointer: 0) { object in
                let text = try await object.echo(text: call.params.pointer(at: 1).text())
                call.results(size: RawClient.pointers(1)).pointer(at: 0).setText(text)
            }
        default: throw call.unimplemented()
        }
    }
}
