import BitcoinIPC
import BitcoinInterfaces
import IPC
import Logging

/// The protocols that carry the interfaces.
enum Wire: CaseIterable, Sendable {
    /// Cap'n Proto over a channel in memory.
    case capnp
    /// Objects handed over as they are.
    case inMemory

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    func make() -> any IpcProtocol<any ProcessInit> {
        switch self {
        case .capnp: BitcoinProtocol.make(executable: "test", logger: Self.logger)
        case .inMemory: InMemoryProtocol<any ProcessInit>(logger: Self.logger)
        }
    }
}

/// Both ends of one connection in this process.
struct Link {
    let client: IpcConnection<any ProcessInit>
    let server: IpcSession

    init(_ wire: Wire, _ root: any ProcessInit) async throws {
        let wire = wire.make()
        let (near, far) = MemoryChannel.makePair()
        server = try wire.serve(far, root: root)
        client = try await wire.connect(near)
    }

    var root: any ProcessInit { client.root }

    func close() { client.session.close() }
}
