import BitcoinIPC
import BitcoinInterfaces
import BitcoinNode
import Foundation
import IPC

/// Starts `bitcoin-wallet` processes beside this program, and helpers for `echoipc`.
struct ProcessWalletSpawner: WalletSpawner {
    let process: IpcProcess
    let ipc: CapnpProtocol<any ProcessInit>

    func spawn(settings: WalletProcessSettings, chain: any Chain) async throws -> SpawnedWallet {
        let child = try process.spawn(executable: "bitcoin-wallet")
        let connection = try await ipc.connect(child.channel)
        let client = try await connection.root.makeChainClient(chain: chain, settings: settings)
        let session = connection.session
        return SpawnedWallet(client: client, processID: child.processID) {
            await child.exitStatus.description
        } release: {
            // The process ends when its connection does; one that hangs is ended.
            session.close()
            Task {
                try? await Task.sleep(for: .seconds(10))
                child.signal(SIGKILL)
            }
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
