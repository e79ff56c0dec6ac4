import Capnp
import CapnpRPC
import IPC
import Synchronization
import Testing

/// Generated proxies, called over a connection in memory.
@Suite(.timeLimit(.minutes(5)))
struct ProxyTests {
    private let object: TestWorkshop
    private let loopback: Loopback<any Workshop>
    private var workshop: any Workshop { loopback.remote }

    init() async throws {
        object = TestWorkshop()
        loopback = try await Loopback(object)
    }

    @Test func numbersPass() async throws {
        #expect(workshop is WorkshopProxyClient)
        #expect(try await workshop.add(a: 2, b: -5) == -3)
        let output = try await workshop.divide(dividend: -7, divisor: 2)
        #expect(output.quotient == -3 && output.remainder == -1)
    }

    @Test func numbersOfOtherTypesAreChecked() async throws {
        #expect(try await workshop.count(value: 100) == 200)
        await #expect(throws: RemoteException("out of bound int received")) { try await workshop.count(value: 256) }
        await #expect(throws: RemoteException("out of bound int received")) { try await workshop.count(value: 200) }
    }

    @Test func typesOfTheApplicationPass() async throws {
        #expect(try await workshop.mood(mood: .cross, name: Nickname(rawValue: "n")) == .calm)
        #expect(object.log.withLock { $0 } == ["n"])
        #expect(try await workshop.span(milliseconds: .seconds(1.5)) == .seconds(3))
        #expect(try await workshop.color(color: .blue) == .blue)
        #expect(try await workshop.color(color: .red) == .unknown(300))
    }

    @Test func optionalsPass() async throws {
        #expect(try await workshop.half(value: 8) == 4)
        #expect(try await workshop.half(value: 0) == 0)
        #expect(try await workshop.half(value: 7) == nil)
        #expect(try await workshop.half(value: nil) == nil)
        let found = try await workshop.find(name: "")
        #expect(found.result == .named("") && found.details == nil)
        let missing = try await workshop.find(name: nil)
        #expect(missing.result == nil && missing.details == "nothing")
    }

    @Test func structsAndCollectionsPass() async throws {
        #expect(try await workshop.reverse(tools: [.full, .named("b")]) == [.named("b"), .full])
        let merged = try await workshop.merge(prices: ["a": 4, "c": 5], names: ["a", "b"])
        #expect(merged.map(\.0) == ["a", "b"] && merged.map(\.1) == [4, -1])
        #expect(try await workshop.matrix(rows: [[1, 2], [], [3]]) == [[2, 1], [], [3]])
        #expect(try await workshop.stamps(stamps: [Stamp(1), nil, Stamp(0)]) == [Stamp(0), nil, Stamp(1)])
        #expect(try await workshop.nested(tools: [[.full, .named("")], []]) == [[Stamp(9)], []])
    }

    @Test func parametersMayHaveAnyName() async throws {
        let output = try await workshop.params(params: 1, results: 2, call: 3, self_: 4, in: 5)
        #expect(output.output == 3 && output.object == 12)
    }

    @Test func parametersThatHaveNoValueAreLeftOut() async throws {
        try await workshop.log(entry: "entry")
        #expect(object.log.withLock { $0 } == ["entry"])
    }

    @Test func errorsArriveAsRemoteExceptions() async throws {
        await #expect(throws: RemoteException("because")) { try await workshop.fail(text: "because") }
    }

    @Test func resultsThatCarryErrorsAreThrown() async throws {
        #expect(try await workshop.repair(tool: .full) == .full)
        await #expect(throws: Breakage(part: "handle")) { try await workshop.repair(tool: .named("broken")) }
        await #expect(throws: RemoteException("no such tool")) { try await workshop.repair(tool: .named("lost")) }
    }

    @Test func unsupportedMethodsFailWithTheirText() async throws {
        let remote = try #require(workshop as? WorkshopProxyClient).remote
        await #expect(throws: RemoteException("Old workshop method (@22) not supported.")) {
            try await remote.invoke(
                interfaceID: Golden.Workshop.interfaceID, methodID: 22, paramsSize: Golden.Workshop.OldParams.size,
                contextPointer: 0, build: { _, _ in }, read: { _, _ in })
        }
    }

    @Test func unknownMethodsAreUnimplemented() async throws {
        let remote = try #require(workshop as? WorkshopProxyClient).remote
        await #expect(throws: IPCError.self) {
            try await remote.invoke(
                interfaceID: Golden.Workshop.interfaceID, methodID: 99, paramsSize: Golden.Workshop.OldParams.size,
                contextPointer: nil, build: { _, _ in }, read: { _, _ in })
        }
    }

    @Test func parametersOfTheWrongKindAreRefused() async throws {
        let remote = try #require(workshop as? WorkshopProxyClient).remote
        await #expect(throws: RemoteException.self) {
            try await remote.invoke(
                interfaceID: Golden.Workshop.interfaceID, methodID: 8, paramsSize: Golden.Workshop.FindParams.size,
                contextPointer: 0,
                build: { builder, _ in _ = builder.pointer(at: 1).initStruct(Golden.Point.size) }, read: { _, _ in })
        }
        #expect(try await workshop.add(a: 1, b: 1) == 2)
    }

    @Test func nullCapabilitiesAreRefusedWhereAnObjectIsNeeded() async throws {
        let remote = try #require(workshop as? WorkshopProxyClient).remote
        await #expect(throws: RemoteException("null capability received instead of Bell")) {
            try await remote.invoke(
                interfaceID: Golden.Workshop.interfaceID, methodID: 17,
                paramsSize: Golden.Workshop.PassBellParams.size, contextPointer: 0, build: { _, _ in },
                read: { _, _ in })
        }
    }

    @Test func abandonedCallsOfCancellableMethodsAreCancelled() async throws {
        let call = Task { try await workshop.wait() }
        while object.waiting.withLock({ $0 == 0 }) { await Task.yield() }
        call.cancel()
        while object.waiting.withLock({ $0 > 0 }) { await Task.yield() }
        await #expect(throws: CancellationError.self) { try await call.value }
    }
}

/// Objects and closures as arguments and results of generated proxies.
@Suite(.timeLimit(.minutes(5)))
struct ProxyObjectTests {
    private let object = TestWorkshop()

    @Test func objectsAreCalledWhereTheyAre() async throws {
        let loopback = try await Loopback(object)
        let bell = try await loopback.remote.makeBell()
        #expect(bell is BellProxyClient)
        #expect(try await bell.ring(times: 2) == "ding ding ")
    }

    @Test func ownObjectsThatComeBackAreTheOriginals() async throws {
        let loopback = try await Loopback(object)
        let bell = TestBell()
        #expect(try await loopback.remote.passBell(bell: bell) as? TestBell === bell)
        #expect(try await loopback.remote.spareBell(bell: bell) as? TestBell === bell)
        #expect(try await loopback.remote.spareBell(bell: nil) == nil)
    }

    @Test func proxiesThatGoBackAreTheOriginalsThere() async throws {
        let isOriginal = Mutex(false)
        let observer = TestWorkshop { bell in isOriginal.withLock { $0 = bell is TestBell } }
        let loopback = try await Loopback(observer)
        _ = try await loopback.remote.passBell(bell: loopback.remote.makeBell())
        #expect(isOriginal.withLock { $0 })
    }

    @Test func inheritedMethodsAreCalledOnTheInterfaceThatDeclaresThem() async throws {
        let loopback = try await Loopback<any AlarmClock>(
            object.bell,
            .init(
                constructInterfaceID: Golden.Workshop.interfaceID,
                makeServer: { AlarmClockProxyServer($0, connection: $1) }, makeClient: { AlarmClockProxyClient($0) }))
        let clock = loopback.remote
        try await clock.set(hour: 6)
        #expect(try await clock.ring(times: 1) == "ding ")
        #expect(object.bell.hours.withLock { $0 } == [6])

        // Passed as an AlarmClock, returned as its ancestor: still the same object.
        let own = TestBell()
        #expect(try await clock.pair(clock: own) as? TestBell === own)
        #expect(own.hours.withLock { $0 } == [7])
    }

    @Test func closuresPassBothWays() async throws {
        let loopback = try await Loopback(object)
        let result = try await loopback.remote.apply(
            callback: { value, note in value * 10 + Int32(note.count) }, value: 3)
        #expect(result == 38)
        let triple = try await loopback.remote.transform(factor: 3)
        #expect(try await triple(14, "") == 42)
        #expect(try await loopback.remote.maybeApply(callback: nil) == false)
        #expect(try await loopback.remote.maybeApply(callback: { value, _ in value }))
    }

    @Test func errorsOfCallbacksComeBack() async throws {
        let loopback = try await Loopback(object)
        await #expect(throws: RemoteException("not today")) {
            try await loopback.remote.apply(callback: { _, _ in throw RemoteException("not today") }, value: 1)
        }
    }

    @Test func droppingAProxyDestroysTheObject() async throws {
        let destroyed = Mutex(false)
        let loopback = try await Loopback(object)
        _ = try await loopback.remote.passBell(bell: TestBell { destroyed.withLock { $0 = true } })
        while !destroyed.withLock({ $0 }) { await Task.yield() }
    }

    @Test func callsAfterDestroyFail() async throws {
        let loopback = try await Loopback(object)
        let bell = try #require(await loopback.remote.makeBell() as? BellProxyClient)
        try await bell.remote.invoke(
            interfaceID: Golden.Bell.interfaceID, methodID: 0, paramsSize: Golden.Bell.DestroyParams.size,
            contextPointer: 0, build: { _, _ in }, read: { _, _ in })
        await #expect(throws: RemoteException("method called after destroy")) { try await bell.ring(times: 1) }
    }

    @Test func conversionsWrittenByHandAreUsed() async throws {
        struct TestMeter: Meter {
            func read(last: Reading) async throws -> Reading {
                if case .number(let number) = last { .text("\(number)") } else { .number(0) }
            }
        }
        let loopback = try await Loopback<any Meter>(
            TestMeter(),
            .init(
                constructInterfaceID: Golden.Workshop.interfaceID,
                makeServer: { MeterProxyServer($0, connection: $1) }, makeClient: { MeterProxyClient($0) }))
        #expect(try await loopback.remote.read(last: .number(5)) == .text("5"))
        #expect(try await loopback.remote.read(last: .text("")) == .number(0))
    }
}
