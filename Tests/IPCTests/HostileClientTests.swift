import Capnp
import Testing

@testable import IPC

/// Peers that do not keep to the rules cost themselves their connection, and nobody else anything.
@Suite(.timeLimit(.minutes(5)))
struct HostileClientTests {
    @Test func damagedDialoguesHarmNobody() async throws {
        guard let dialogue = Dialogue("libmultiprocess-echo") else { return }
        var random = SystemRandomNumberGenerator()
        let object = InitObject()
        for round in 0..<200 {
            let (near, far) = try SocketChannel.makePair()
            let served = try capnpProtocol().serve(far, root: object)
            try near.start(Collector())
            for step in dialogue.steps where step.isFromClient {
                var bytes = step.bytes
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                if round % 5 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
                near.send(bytes)
            }
            near.close()
            await served.closed()
        }
        let loop = try await Loopback()
        #expect(try await loop.client.root.makeEcho().echo(text: "alive") == "alive")
    }

    @Test func anAbortIsReported() async throws {
        let (near, far) = try SocketChannel.makePair()
        let served = try capnpProtocol().serve(far, root: InitObject())
        let end = Collector()
        try near.start(end)
        // A well-formed message that makes no sense: the return of a question that nobody asked.
        let message = MessageBuilder()
        let root = message.initRoot(StructSize(dataWords: 1, pointers: 1))
        root.setInteger(UInt16(3), at: 0)
        root.pointer(at: 0).initStruct(StructSize(dataWords: 2, pointers: 1)).setInteger(UInt32(77), at: 0)
        near.send(message.framedBytes())
        let reason = await served.closed()
        guard case .protocolViolation(let text) = reason else {
            Issue.record("not a violation: \(String(describing: reason))")
            return
        }
        #expect(!text.isEmpty)
        #expect(await end.end() == nil)
    }

    @Test func anEndlessMessageIsRefused() async throws {
        let (near, far) = try SocketChannel.makePair()
        let served = try capnpProtocol().serve(far, root: InitObject())
        try near.start(Collector())
        // One segment of 2^32 - 1 words.
        near.send([0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])
        guard case .protocolViolation = await served.closed() else {
            Issue.record("not a violation")
            return
        }
    }

    @Test func aPeerThatDoesNotReadIsNotReadFrom() async throws {
        let loop = try await Loopback()
        let (near, far) = try UnixSocket.makePair()
        defer { UnixSocket.close(near) }
        let served = try capnpProtocol().serve(
            SocketChannel(descriptor: far, peer: IpcPeer(address: "test"), isServing: true), root: loop.object)
        let bytes = try bootstrapAndPings(count: 40_000, text: String(repeating: "x", count: 1_000))
        // Sends without ever reading, until nothing has been taken for a second.
        var sent = 0
        var idle = 0
        while sent < bytes.count, idle < 100 {
            let part = Array(bytes[sent..<min(bytes.count, sent + 65536)])
            let taken = unsafe UnixSocket.send(near, part.span.bytes)
            let count = try #require(taken)
            sent += count
            idle = count == 0 ? idle + 1 : 0
            if count == 0 { try await Task.sleep(for: .milliseconds(10)) }
        }
        #expect(sent < bytes.count, "the server took everything")
        #expect(!served.isClosed)
        #expect(try await loop.client.root.makeEcho().echo(text: "others go on") == "others go on")
        UnixSocket.shutDown(near)
        await served.closed()
    }

    /// A bootstrap request and calls of `TestEcho.ping` on what `TestInit.makeEcho` will return.
    private func bootstrapAndPings(count: Int, text: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        func add(_ kind: UInt16, _ size: StructSize, _ build: (StructBuilder) -> Void) {
            let message = MessageBuilder()
            let root = message.initRoot(StructSize(dataWords: 1, pointers: 1))
            root.setInteger(kind, at: 0)
            build(root.pointer(at: 0).initStruct(size))
            bytes += message.framedBytes()
        }
        func call(
            _ question: UInt32, on answer: UInt32, path: [UInt16], _ interface: UInt64, _ method: UInt16,
            _ params: (PointerBuilder) -> Void
        ) {
            add(2, StructSize(dataWords: 3, pointers: 3)) { call in
                call.setInteger(question, at: 0)
                call.setInteger(method, at: 4)
                call.setInteger(interface, at: 8)
                let target = call.pointer(at: 0).initStruct(StructSize(dataWords: 1, pointers: 1))
                target.setInteger(UInt16(1), at: 4)
                let promised = target.pointer(at: 0).initStruct(StructSize(dataWords: 1, pointers: 1))
                promised.setInteger(answer, at: 0)
                let transform = promised.pointer(at: 0).initStructList(
                    count: path.count, size: StructSize(dataWords: 1, pointers: 0))
                for (index, field) in path.enumerated() {
                    transform.structBuilder(index).setInteger(UInt16(1), at: 0)
                    transform.structBuilder(index).setInteger(field, at: 2)
                }
                params(call.pointer(at: 1).initStruct(StructSize(dataWords: 0, pointers: 2)).pointer(at: 0))
            }
        }
        add(8, StructSize(dataWords: 1, pointers: 1)) { $0.setInteger(UInt32(0), at: 0) }
        call(1, on: 0, path: [], TestID.testInit, 1) { params in
            _ = params.initStruct(RawClient.pointers(1)).pointer(at: 0).initStruct(RawClient.pointers(2))
        }
        for index in 0..<count {
            call(UInt32(index + 2), on: 1, path: [0], TestID.echo, 5) { params in
                params.initStruct(RawClient.pointers(1)).pointer(at: 0).setText(text)
            }
            add(4, StructSize(dataWords: 1, pointers: 0)) { $0.setInteger(UInt32(index + 2), at: 0) }
        }
        return bytes
    }
}
