import Logging
import Synchronization

@testable import IPC

let testLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Cap'n Proto with the tests' root.
func capnpProtocol(
    limits: ProxyLimits = ProxyLimits(), logger: Logger = testLogger
) -> CapnpProtocol<any TestInit> {
    CapnpProtocol(
        name: "test",
        bootstrap: .init(
            constructInterfaceID: TestID.testInit,
            makeServer: { TestInitProxyServer($0, $1) },
            makeClient: { TestInitProxyClient($0) }),
        limits: limits, logger: logger)
}

/// Both ends of one connection over a socketpair.
struct Loopback {
    let object = InitObject()
    let client: IpcConnection<any TestInit>
    let server: IpcSession

    init(
        limits: ProxyLimits = ProxyLimits(), serverLimits: ProxyLimits = ProxyLimits(), logger: Logger = testLogger
    ) async throws {
        let (near, far) = try SocketChannel.makePair()
        server = try capnpProtocol(limits: serverLimits, logger: logger).serve(far, root: object)
        client = try await capnpProtocol(limits: limits, logger: logger).connect(near)
    }

    var echo: EchoObject { object.echo }
}

/// Keeps log messages.
struct LogRecorder: LogHandler {
    final class Store: Sendable {
        let lines = Mutex<[String]>([])
        /// The messages that contain a text.
        func matching(_ text: String) -> [String] { lines.withLock { $0.filter { $0.contains(text) } } }
    }

    let store: Store
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        store.lines.withLock { $0.append("\(event.message)") }
    }

    static func make() -> (Logger, Store) {
        let store = Store()
        return (Logger(label: "test") { _ in LogRecorder(store: store) }, store)
    }
}
