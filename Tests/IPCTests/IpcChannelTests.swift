import Synchronization
import TestData
import Testing

@testable import IPC

#if canImport(Glibc)
    import Glibc
#endif

/// The two kinds of channels keep the same promises.
@Suite(.timeLimit(.minutes(5)))
struct IpcChannelTests {
    enum Kind: CaseIterable, Sendable {
        case memory
        case socket

        func makePair() throws -> (any IpcChannel, any IpcChannel) {
            switch self {
            case .memory: MemoryChannel.makePair()
            case .socket: try SocketChannel.makePair()
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func bytesKeepTheirOrder(kind: Kind) async throws {
        let (left, right) = try kind.makePair()
        let (leftEnd, rightEnd) = (Collector(), Collector())
        try left.start(leftEnd)
        try right.start(rightEnd)
        for index in 0..<100 { left.send([UInt8(index)]) }
        right.send([1, 2, 3])
        #expect(await rightEnd.bytes(100) == (0..<100).map { UInt8($0) })
        #expect(await leftEnd.bytes(3) == [1, 2, 3])
        left.close()
        #expect(await rightEnd.end() == nil)
        #expect(await leftEnd.end() == nil)
    }

    @Test(arguments: Kind.allCases)
    func bytesSentBeforeTheOtherEndStartsArrive(kind: Kind) async throws {
        let (left, right) = try kind.makePair()
        try left.start(Collector())
        left.send([1, 2, 3])
        let end = Collector()
        try right.start(end)
        #expect(await end.bytes(3) == [1, 2, 3])
        right.close()
        left.close()
    }

    @Test(arguments: Kind.allCases)
    func muchMoreThanTheKernelTakesArrives(kind: Kind) async throws {
        let (left, right) = try kind.makePair()
        let (leftEnd, rightEnd) = (Collector(), Collector())
        try left.start(leftEnd)
        let block = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for _ in 0..<16 { left.send(block) }
        left.send([42])
        try right.start(rightEnd)
        let received = await rightEnd.bytes(16 << 20 + 1)
        #expect(received.count == 16 << 20 + 1)
        #expect(received.last == 42)
        #expect(Array(received[(5 << 20)..<(6 << 20)]) == block)
        left.close()
        #expect(await rightEnd.end() == nil)
    }

    @Test(arguments: Kind.allCases)
    func closingSendsWhatIsQueuedFirst(kind: Kind) async throws {
        let (left, right) = try kind.makePair()
        try left.start(Collector())
        let block = [UInt8](repeating: 3, count: 4 << 20)
        left.send(block)
        left.close()
        let end = Collector()
        try right.start(end)
        #expect(await end.bytes(4 << 20).count == 4 << 20)
        #expect(await end.end() == nil)
    }

    @Test(arguments: Kind.allCases)
    func aDroppedChannelEndsTheOther(kind: Kind) async throws {
        let end = Collector()
        do {
            let (_, right) = try kind.makePair()
            try right.start(end)
        }
        #expect(await end.end() == nil)
    }

    @Test(arguments: Kind.allCases)
    func aChannelStartsOnce(kind: Kind) throws {
        let (left, _) = try kind.makePair()
        try left.start(Collector())
        #expect(throws: IPCError.self) { try left.start(Collector()) }
        left.close()
        left.send([1])
        left.close()
    }

    /// An end that is there already when the bytes are read is not reported a second time.
    @Test func whatAPeerSaysLastArrivesAndSoDoesTheEnd() async throws {
        let sent: [UInt8] = [1, 2, 3]
        for round in 0..<200 {
            let (descriptor, far) = try UnixSocket.makePair()
            let peer = IpcPeer(processID: nil, userID: nil, groupID: nil, address: "test")
            let channel = SocketChannel(descriptor: descriptor, peer: peer, isServing: round.isMultiple(of: 2))
            let end = Collector()
            try channel.start(end)
            _ = unsafe UnixSocket.send(far, sent.span.bytes)
            // Either closes its half, and still reads, or is gone.
            if round % 4 < 2 { _ = shutdown(far, Int32(SHUT_WR)) } else { UnixSocket.close(far) }
            #expect(await end.bytes(3) == [1, 2, 3])
            #expect(await end.end() == nil)
            if round % 4 < 2 { UnixSocket.close(far) }
        }
    }

    /// The number of a closed descriptor soon belongs to somebody else.
    @Test func aChannelClosedByWhatItReadsReadsNothingOfOthers() async throws {
        let (descriptor, far) = try UnixSocket.makePair()
        defer { UnixSocket.close(far) }
        let peer = IpcPeer(processID: nil, userID: nil, groupID: nil, address: "test")
        let channel = SocketChannel(descriptor: descriptor, peer: peer)
        let closer = Closer(channel: channel, far: far)
        try channel.start(closer)
        closer.sendFromAfar()
        #expect(await eventually { !closer.others.isEmpty })
        for other in closer.others {
            let buffer = ReadBuffer(byteCount: 16)
            #expect(UnixSocket.receive(other, into: buffer) == .bytes(Closer.words.count))
            #expect(unsafe buffer.memory.starts(with: Closer.words))
        }
        for other in closer.others { UnixSocket.close(other) }
    }

    /// Has its channel closed while the channel looks for more, and makes sockets of its own at once.
    private final class Closer: IpcChannelReceiver {
        static let words: [UInt8] = Array("of others".utf8)
        private let channel: SocketChannel
        private let far: Int32
        private let state = Mutex<(deliveries: Int, others: [Int32])>((0, []))

        init(channel: SocketChannel, far: Int32) {
            self.channel = channel
            self.far = far
        }

        var others: [Int32] { state.withLock { $0.others } }

        func sendFromAfar() {
            _ = unsafe UnixSocket.send(far, [1].span.bytes)
        }

        func receive(_ bytes: RawSpan) {
            let deliveries = state.withLock { state in
                state.deliveries += 1
                return state.deliveries
            }
            // The first ones are read by the event loop in the usual way.
            if deliveries < 20 { sendFromAfar() } else { channel.close() }
        }

        func closed(_ reason: IPCError?) {
            let others = (0..<8).compactMap { _ in try? UnixSocket.makePair() }.flatMap { [$0.0, $0.1] }
            for other in others { _ = unsafe UnixSocket.send(other, Self.words.span.bytes) }
            state.withLock { $0.others = others }
        }
    }
}
