import BitcoinIPC
import BitcoinInterfaces
import BitcoinNode
import Foundation
import IPC
import Synchronization

/// Starts `bitcoin-wallet` processes beside this program, and helpers for `echoipc`.
struct ProcessWalletSpawner: WalletSpawner {
    let process: IpcProcess
    let ipc: CapnpProtocol<any ProcessInit>

    func spawn() throws -> SpawnedWallet {
        let child = try process.spawn(executable: "bitcoin-wallet")
        let link = ChildLink(child)
        return SpawnedWallet(processID: child.processID) { settings, chain in
            let connection = try await ipc.connect(child.channel)
            link.set(connection.session)
            return try await connection.root.makeChainClient(chain: chain, settings: settings)
        } ended: {
            await child.exitStatus.description
        } release: {
            link.close()
        } kill: {
            child.signal(SIGKILL)
        }
    }

    /// Sends a text through a process made for it.
    func echo(_ text: String) async throws -> String {
        let child = try process.spawn(executable: "bitcoin-node")
        let connection = try await ipc.connect(child.channel)
        defer { connection.session.close() }
        return try await connection.root.makeEcho().echo(echo: text)
    }
}

/// The connection to a child, which may still be being made.
private final class ChildLink: Sendable {
    private let child: SpawnedProcess
    private let session = Mutex<IpcSession?>(nil)

    init(_ child: SpawnedProcess) { self.child = child }

    func set(_ made: IpcSession) { session.withLock { $0 = made } }

    func close() {
        if let session = session.withLock({ $0 }) { session.close() } else { child.channel.close() }
    }
}
