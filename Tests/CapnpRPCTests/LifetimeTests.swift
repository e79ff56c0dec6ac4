import Capnp
import CapnpRPC
import TestData
import Testing

/// Every object is freed, once, whatever ends its use and at whatever moment; never while one of its methods runs.
struct LifetimeTests {
    /// What ends the use of the object.
    enum Ending: CaseIterable {
        /// The user lets go of everything.
        case release
        /// The user's side closes the connection.
        case closedByUser
        /// The owner's side closes it.
        case closedByOwner
        /// The process at one end is gone: the channel ends without a word.
        case lost
        /// The user breaks the protocol.
        case violation
    }

    /// What the object is doing then.
    enum Moment: CaseIterable {
        /// The user holds it, nothing is under way.
        case held
        /// A method of it runs.
        case called
        /// It has been sent as a parameter, which has not arrived.
        case inParameters
        /// It has been sent as a result, which has not arrived.
        case inResults
        /// The user holds the promise of it.
        case promised
        /// Calls on it wait for the method that makes it.
        case pipelined
    }

    @Test(.timeLimit(.minutes(5)), arguments: Ending.allCases, Moment.allCases)
    func anObjectIsFreedOnceWhateverEnds(ending: Ending, moment: Moment) async throws {
        // The side that made the connection, and the one that was connected to, in both roles.
        for ownsSecond in [true, false] {
            let counter = LifeCounter()
            try await Stage(counter, ownsSecond: ownsSecond).play(ending, moment)
            #expect(await eventually { counter.alive == 0 })
            #expect(counter.freed == counter.made)
        }
    }
}

/// Two connections: one side owns an object that makes objects, the other uses it.
private struct Stage {
    private let counter: LifeCounter
    private let gate = Gate()
    private let promise = CapabilityPromise()
    private let user: Connection
    private let owner: Connection
    private let fromUser: InMemoryTransport
    private let fromOwner: InMemoryTransport

    init(_ counter: LifeCounter, ownsSecond: Bool) {
        self.counter = counter
        let server = Client(Self.maker(counter, gate, promise.client))
        let pair = InMemoryTransport.pair(first: ownsSecond ? nil : server, second: ownsSecond ? server : nil)
        (user, owner) = ownsSecond ? (pair.first, pair.second) : (pair.second, pair.first)
        (fromUser, fromOwner) = ownsSecond ? (pair.fromFirst, pair.fromSecond) : (pair.fromSecond, pair.fromFirst)
    }

    /// Method 0 keeps its parameter while the gate is closed, 1 makes an object, 2 makes one when the gate opens, 3 hands out
    /// the promise. Method 4 of what is made runs until the gate opens.
    private static func maker(_ counter: LifeCounter, _ gate: Gate, _ promised: Client) -> TestServer {
        TestServer(counter: counter) { call in
            let results = call.results(size: TestInterface.layout).pointer(at: 0)
            switch call.methodID {
            case 0: await gate.pass()
            case 1: results.setCapability(Client(object(counter, gate)))
            case 2:
                await gate.pass()
                results.setCapability(Client(object(counter, gate)))
            default: results.setCapability(promised)
            }
        }
    }

    private static func object(_ counter: LifeCounter, _ gate: Gate) -> TestServer {
        TestServer(counter: counter) { call in
            guard call.methodID == 4 else { return }
            let alive = counter.alive
            await gate.pass()
            // Whatever has ended meanwhile, the object of a running method is there.
            #expect(counter.alive > 0 && alive > 0)
        }
    }

    func play(_ ending: LifetimeTests.Ending, _ moment: LifetimeTests.Moment) async throws {
        var clients: [Client] = []
        var calls: [RemotePromise] = []
        do {
            let root = await user.bootstrap().resolved()
            switch moment {
            case .held: clients.append(try await root.send(capability: nil, methodID: 1).response().client())
            case .called:
                clients.append(try await root.send(capability: nil, methodID: 1).response().client())
                calls.append(clients[0].send(capability: nil, methodID: 4))
                #expect(await eventually { gate.arrived == 1 })
            case .inParameters:
                fromUser.pause()
                calls.append(root.send(capability: Client(Self.object(counter, gate))))
            case .inResults:
                fromOwner.pause()
                calls.append(root.send(capability: nil, methodID: 1))
            case .promised:
                clients.append(try await root.send(capability: nil, methodID: 3).response().client())
                calls.append(clients[0].send(number: 1))
            case .pipelined:
                calls.append(root.send(capability: nil, methodID: 2))
                calls.append(calls[0].capability(at: 0).send(capability: nil, methodID: 4))
                #expect(await eventually { gate.arrived == 1 })
            }
            clients.append(root)
        }

        let running = gate.arrived
        switch ending {
        case .release:
            clients = []
            calls = []
        case .closedByUser: user.close()
        case .closedByOwner: owner.close()
        case .lost:
            user.transportClosed()
            owner.transportClosed()
        case .violation: owner.hear(Wire.results(77))
        }
        // What runs goes on, and keeps its object.
        if running > 0 { #expect(counter.alive > 0) }
        if moment == .promised { promise.resolve(to: Client(Self.object(counter, gate))) }
        fromUser.resume()
        fromOwner.resume()
        gate.open()
        if ending == .release {
            #expect(await eventually { user.isIdle && owner.tableSizes.answers == 0 })
        } else {
            for call in calls { _ = try? await call.response() }
            for client in clients { #expect(await client.resolved().failure?.kind != .failed) }
            #expect(await eventually { user.closeReason != nil && owner.closeReason != nil })
        }
        user.close()
        owner.close()
        #expect(user.isIdle && owner.isIdle)
    }
}
