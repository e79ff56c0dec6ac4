import Capnp
import CapnpRPC
import Synchronization
import TestData
import Testing

/// Calls that have come together share a task as long as none suspends; nobody must be able to tell.
@Suite(.timeLimit(.minutes(5)))
struct TurnTests {
    private let peer = ScriptedPeer()
    private let journal = Journal()
    private let gate = Gate()

    /// Method 0 notes its number; 1 does so and waits for the gate; 2 does so and yields; 3 may be cancelled, and notes
    /// whether it was once the gate is open; 4 may be cancelled and does not wait.
    private func connection() -> Connection {
        let (journal, gate) = (journal, gate)
        let server = TestServer { call in
            let number: Int64 = call.params.integer(at: 0)
            switch call.methodID {
            case 0: journal.note(number)
            case 1:
                journal.note(number)
                await gate.pass()
            case 2:
                journal.note(number)
                await Task.yield()
            case 3:
                call.allowCancellation()
                await gate.pass()
                journal.note(Task.isCancelled ? -number : number)
            default:
                call.allowCancellation()
                journal.note(number)
            }
            call.results(size: TestInterface.layout).setInteger(number, at: 0)
        }
        let connection = Connection(transport: peer, bootstrap: Client(server))
        connection.hear(Wire.bootstrap(0))
        _ = peer.heard()
        return connection
    }

    @Test func callsBeginInOrderWhicheverSuspend() async {
        let connection = connection()
        defer { connection.close() }
        let numbers = 1...UInt32(200)
        connection.hear(
            all: numbers.map { Wire.call($0, .export(0), method: UInt16($0 % 7 == 0 ? 1 : 0), number: Int64($0)) })
        // All have begun when the messages have been handled, and those that do not wait are over.
        #expect(journal.entries == numbers.map(Int64.init))
        #expect(Set(peer.heard()) == Set(numbers.filter { $0 % 7 != 0 }.map { "return \($0) results" }))
        gate.open()
        let waiting = numbers.filter { $0 % 7 == 0 }
        #expect(await eventually { peer.waitingCount == waiting.count })
        #expect(Set(peer.heard()) == Set(waiting.map { "return \($0) results" }))
    }

    @Test func callsThatGoOnElsewhereAreAnsweredOnce() async {
        let connection = connection()
        defer { connection.close() }
        for round in 0..<UInt32(50) {
            let questions = (round * 40 + 1)...(round * 40 + 40)
            connection.hear(
                all: questions.map { Wire.call($0, .export(0), method: UInt16($0 % 3 == 0 ? 2 : 0), number: Int64($0)) }
            )
        }
        #expect(journal.entries == Array(1...2000))
        #expect(await eventually { peer.waitingCount == 2000 })
        #expect(Set(peer.heard()).count == 2000)
    }

    @Test func givingUpOneCallCancelsNoOther() async {
        let connection = connection()
        defer { connection.close() }
        connection.hear(
            Wire.call(1, .export(0), method: 0, number: 1), Wire.call(2, .export(0), method: 3, number: 2),
            Wire.call(3, .export(0), method: 0, number: 3), Wire.call(4, .export(0), method: 3, number: 4),
            Wire.finish(2), Wire.call(5, .export(0), method: 3, number: 5))
        #expect(journal.entries == [1, 3])
        gate.open()
        #expect(await eventually { journal.entries.count == 5 })
        #expect(Set(journal.entries) == [1, 3, -2, 4, 5])
    }

    @Test func givingUpACallThatIsOverCancelsNotTheNextOne() async {
        let connection = connection()
        defer { connection.close() }
        connection.hear(
            Wire.call(1, .export(0), method: 4, number: 1), Wire.finish(1),
            Wire.call(2, .export(0), method: 3, number: 2))
        gate.open()
        #expect(await eventually { journal.entries == [1, 2] })
    }

    @Test func theEndOfTheConnectionInTheMiddleStopsTheRest() {
        let connection = connection()
        connection.hear(
            Wire.call(1, .export(0), number: 1), Wire.call(1, .export(9)), Wire.call(2, .export(0), number: 2))
        #expect(journal.entries == [1])
        #expect(peer.heard() == ["return 1 results", "abort"])
        #expect(peer.isClosed && connection.isIdle)
    }
}
