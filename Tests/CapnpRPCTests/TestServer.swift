import Capnp
import CapnpRPC
import Synchronization

/// The interface of the tests' objects. All structs are one word and one pointer.
enum TestInterface {
    static let id: UInt64 = 0xe0e1_e2e3_e4e5_e6e7
    static let layout = StructSize(dataWords: 1, pointers: 1)
}

/// An object whose methods are a closure.
final class TestServer: Server {
    private let body: @Sendable (IncomingCall) async throws -> Void
    private let counter: LifeCounter?

    init(counter: LifeCounter? = nil, _ body: @escaping @Sendable (IncomingCall) async throws -> Void) {
        self.body = body
        self.counter = counter
        counter?.noteMade()
    }

    deinit { counter?.noteFreed() }

    func dispatch(_ call: IncomingCall) async throws {
        try await body(call)
    }

    /// Answers with the text it got.
    static func echo(counter: LifeCounter? = nil) -> TestServer {
        TestServer(counter: counter) { call in
            let text = try call.params.pointer(at: 0).text()
            call.results(size: TestInterface.layout).pointer(at: 0).setText(text)
        }
    }

    /// Answers with the capability it got.
    static func echoCapability() -> TestServer {
        TestServer { call in
            let capability = try call.params.pointer(at: 0).capability()
            call.results(size: TestInterface.layout).pointer(at: 0).setCapability(capability)
        }
    }

    /// Answers with a capability.
    static func giver(of client: Client) -> TestServer {
        TestServer { call in
            call.results(size: TestInterface.layout).pointer(at: 0).setCapability(client)
        }
    }

    /// Notes down the numbers it gets.
    static func recorder(_ journal: Journal) -> TestServer {
        TestServer { call in
            journal.note(call.params.integer(at: 0))
        }
    }
}

/// Numbers in the order in which they came.
final class Journal: Sendable {
    private let numbers = Mutex<[Int64]>([])

    func note(_ number: Int64) {
        numbers.withLock { $0.append(number) }
    }

    var entries: [Int64] { numbers.withLock { $0 } }
}

/// Counts objects, to see that each is freed, and once.
final class LifeCounter: Sendable {
    private let counts = Mutex<(made: Int, freed: Int)>((0, 0))

    func noteMade() { counts.withLock { $0.made += 1 } }
    func noteFreed() { counts.withLock { $0.freed += 1 } }
    var made: Int { counts.withLock { $0.made } }
    var freed: Int { counts.withLock { $0.freed } }
    var alive: Int { counts.withLock { $0.made - $0.freed } }
}

/// A door that methods wait at until a test opens it.
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>], arrived: Int)>((false, [], 0))

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                state.arrived += 1
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    var arrived: Int { state.withLock { $0.arrived } }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            let waiting = state.waiting
            state.waiting = []
            return waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

extension Client {
    /// Calls method 0 with a text.
    func send(text: String) -> RemotePromise {
        call(interfaceID: TestInterface.id, methodID: 0, paramsSize: TestInterface.layout) {
            $0.pointer(at: 0).setText(text)
        }
    }

    /// Calls method 0 with a number.
    func send(number: Int64) -> RemotePromise {
        call(interfaceID: TestInterface.id, methodID: 0, paramsSize: TestInterface.layout) {
            $0.setInteger(number, at: 0)
        }
    }

    /// Calls method 0 with a capability.
    func send(capability: Client?, methodID: UInt16 = 0) -> RemotePromise {
        call(interfaceID: TestInterface.id, methodID: methodID, paramsSize: TestInterface.layout) {
            $0.pointer(at: 0).setCapability(capability)
        }
    }

    /// Echoes a text.
    func echo(_ text: String) async throws -> String {
        try await send(text: text).response().results.pointer(at: 0).text()
    }
}

extension Response {
    /// The capability in the first pointer.
    func client() throws -> Client {
        Client(try results.pointer(at: 0).capability())
    }
}

extension Connection {
    /// Whether nothing is under way and nothing is held.
    var isIdle: Bool { tableSizes == ConnectionTableSizes() }
}
