import Capnp
import CapnpRPC
import TestData
import Testing

/// Random peers: whatever they say, nothing traps, and in the end nothing is left.
struct FuzzTests {
    /// How many conversations each test holds. Under Thread Sanitizer all goes many times slower.
    #if THREAD_SANITIZER
        private static let rounds = 50
    #else
        private static let rounds = 2500
    #endif

    @Test(.timeLimit(.minutes(5)), arguments: 0..<4 as Range<UInt64>)
    func messagesWithRandomIdsAreSurvived(part: UInt64) async {
        for round in 0..<Self.rounds {
            var random = SeededGenerator(seed: part << 32 | UInt64(round))
            let counter = LifeCounter()
            converse(counter, &random) { Self.message(&$0) }
            if counter.alive != 0 { #expect(await eventually { counter.alive == 0 }, "round \(round)") }
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: 0..<4 as Range<UInt64>)
    func mutatedMessagesAreSurvived(part: UInt64) async {
        for round in 0..<Self.rounds {
            var random = SeededGenerator(seed: ~(part << 32 | UInt64(round)))
            let counter = LifeCounter()
            converse(counter, &random) { random in
                var frame = Self.message(&random)
                for _ in 0..<Int.random(in: 0...2, using: &random) {
                    let index = Int.random(in: 0..<frame.count, using: &random)
                    frame[index] =
                        Bool.random(using: &random) ? .random(in: .min ... .max, using: &random) : frame[index] ^ 1
                }
                return frame
            }
            if counter.alive != 0 { #expect(await eventually { counter.alive == 0 }, "round \(round)") }
        }
    }

    /// Two honest ends, and somebody between them who now and then drops, repeats, exchanges or changes a frame.
    @Test(.timeLimit(.minutes(5)), arguments: 0..<4 as Range<UInt64>)
    func aMeddlerBetweenTwoHonestEndsIsSurvived(part: UInt64) async {
        var undisturbed = 0
        for round in 0..<Self.rounds * 2 / 5 {
            var random = SeededGenerator(seed: part << 40 | UInt64(round))
            let counter = LifeCounter()
            do {
                let (toFar, toNear) = (ScriptedPeer(), ScriptedPeer())
                let near = Connection(transport: toFar, bootstrap: Client(Self.server(counter)))
                let far = Connection(transport: toNear, bootstrap: Client(Self.server(counter)))
                var near2far = Clients(near), far2near = Clients(far)
                for _ in 0..<150 {
                    switch Int.random(in: 0..<6, using: &random) {
                    case 0: near2far.act(counter, &random)
                    case 1: far2near.act(counter, &random)
                    case 2, 3: far.hear(all: Self.meddle(toFar.take(), &random))
                    default: near.hear(all: Self.meddle(toNear.take(), &random))
                    }
                }
                if !toFar.isClosed, !toNear.isClosed { undisturbed += 1 }
                near.close()
                far.close()
                #expect(near.isIdle && far.isIdle)
            }
            if counter.alive != 0 { #expect(await eventually { counter.alive == 0 }, "round \(round)") }
        }
        // Many conversations get through to the end, so the deeper states are met.
        #expect(undisturbed > Self.rounds / 25)
    }

    private static func meddle(_ frames: [[UInt8]], _ random: inout SeededGenerator) -> [[UInt8]] {
        var frames = frames
        guard !frames.isEmpty, Int.random(in: 0..<40, using: &random) == 0 else { return frames }
        let index = Int.random(in: 0..<frames.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: frames.remove(at: index)
        case 1: frames.append(frames[index])
        case 2: frames.swapAt(index, 0)
        default:
            let byte = Int.random(in: 8..<frames[index].count, using: &random)
            frames[index][byte] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
        return frames
    }

    /// What one end holds of the other's objects.
    private struct Clients {
        var held: [Client]

        init(_ connection: Connection) {
            held = [connection.bootstrap()]
        }

        /// Asks something of something, passing something; or lets go of something.
        mutating func act(_ counter: LifeCounter, _ random: inout SeededGenerator) {
            if held.count > 12 {
                held.remove(at: Int.random(in: 1..<held.count, using: &random))
                return
            }
            let client = held[Int.random(in: 0..<held.count, using: &random)]
            let gift = held[Int.random(in: 0..<held.count, using: &random)]
            let own = Client(TestServer.echo(counter: counter))
            let promise = client.send(
                capability: Bool.random(using: &random) ? gift : own, methodID: .random(in: 0..<5, using: &random))
            held.append(promise.capability(at: 0))
        }
    }

    /// A conversation with a connection that asks and is asked.
    private func converse(
        _ counter: LifeCounter, _ random: inout SeededGenerator, _ frame: (inout SeededGenerator) -> [UInt8]
    ) {
        let peer = ScriptedPeer()
        let connection = Connection(transport: peer, bootstrap: Client(Self.server(counter)))
        let root = connection.bootstrap()
        var clients = [root]
        connection.hear(Wire.bootstrap(0))
        for _ in 0..<40 {
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                // This side asks something of something, and passes something.
                let client = clients[Int.random(in: 0..<clients.count, using: &random)]
                let gift = clients[Int.random(in: 0..<clients.count, using: &random)]
                let own = Client(TestServer.echo(counter: counter))
                let promise = client.send(capability: Bool.random(using: &random) ? gift : own)
                clients.append(promise.capability(at: 0))
            case 1 where clients.count > 1:
                clients.remove(at: Int.random(in: 1..<clients.count, using: &random))
            default: connection.hear(frame(&random))
            }
            if peer.isClosed { return }
        }
        connection.close()
        #expect(connection.isIdle)
    }

    private static func server(_ counter: LifeCounter) -> TestServer {
        TestServer(counter: counter) { call in
            let results = call.results(size: TestInterface.layout)
            let parameter = Client(try call.params.pointer(at: 0).capability())
            switch call.methodID {
            case 0: results.pointer(at: 0).setCapability(parameter)
            case 1: results.pointer(at: 0).setCapability(Client(TestServer.echo(counter: counter)))
            case 2: results.pointer(at: 0).setCapability(parameter.send(capability: parameter).capability(at: 0))
            case 3:
                _ = parameter.send(number: 1)
                throw call.unimplemented()
            default:
                // Waits for the peer, which may never answer.
                _ = try await parameter.send(capability: parameter).response()
            }
        }
    }

    /// A message that is well formed, its ids small enough to hit something now and then.
    private static func message(_ random: inout SeededGenerator) -> [UInt8] {
        func id() -> UInt32 { UInt32.random(in: 0..<4, using: &random) }
        func path() -> [UInt16] { Bool.random(using: &random) ? [0] : [] }
        func target() -> Wire.Target { Bool.random(using: &random) ? .export(id()) : .answer(id(), path()) }
        func cap() -> Wire.Cap {
            switch Int.random(in: 0..<10, using: &random) {
            case 0: .none
            case 1, 2: .senderHosted(id())
            case 3, 4: .senderPromise(id())
            case 5, 6: .receiverHosted(id())
            case 7, 8: .receiverAnswer(id(), path())
            default: .thirdPartyHosted(vine: id())
            }
        }
        func caps() -> [Wire.Cap] { (0..<Int.random(in: 0...2, using: &random)).map { _ in cap() } }
        switch Int.random(in: 0..<16, using: &random) {
        case 0: return Wire.bootstrap(id() + 1)
        case 1..<6:
            return Wire.call(
                UInt32.random(in: 1..<40, using: &random), target(), method: .random(in: 0..<5, using: &random),
                caps: caps(), resultsTo: .random(in: 0..<10, using: &random) == 0 ? 1 : 0)
        case 6, 7: return Wire.results(id(), caps: caps(), bare: Bool.random(using: &random))
        case 8: return Wire.returned(id(), tag: .random(in: 1...6, using: &random), other: id())
        case 9:
            return Wire.finish(
                UInt32.random(in: 0..<40, using: &random), releaseResultCaps: Bool.random(using: &random))
        case 10, 11, 12: return Wire.resolve(id(), cap())
        case 13: return Wire.release(id(), 1)
        case 14: return Wire.disembargo(target(), context: .random(in: 0...1, using: &random), id: id())
        default: return Wire.unimplemented(Wire.resolve(id(), cap()))
        }
    }
}
