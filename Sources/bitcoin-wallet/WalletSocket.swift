import BitcoinCommon
import BitcoinIPC
import BitcoinInterfaces
import Foundation
import IPC
import Logging

/// The wallet's own socket, to which terminals connect so that nothing of theirs passes through the node.
enum WalletSocket {
    /// The default address of a wallet: a socket named after it. A wallet that is served already is noticed by it.
    static func address(name: String, networkDirectory: String) -> String {
        let plain =
            !name.isEmpty && name.utf8.count <= 32
            && name.utf8.allSatisfy {
                ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2d || $0 == 0x5f
            }
        let part = plain ? "-" + name : "." + Self.fingerprint(name)
        return "unix:\(networkDirectory)/sockets/wallet\(part).sock"
    }

    /// Sixteen hexadecimal digits that tell names apart (FNV-1a); only this user's wallets meet here.
    private static func fingerprint(_ name: String) -> String {
        let hash = name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Listens, and serves `root` to everybody who connects.
    ///
    /// - Parameter text: An address, with limits behind it.
    /// - Throws: `IPCError` naming path and remedy.
    static func listen(
        _ text: String, networkDirectory: String, process: IpcProcess, ipc: CapnpProtocol<any ProcessInit>,
        root: any ProcessInit, clients: ServedClients
    ) async throws -> (server: IpcServer, address: String) {
        let binding = try IpcBinding(text, directory: networkDirectory, executable: WalletProgram.executable)
        let listener = try process.bind(binding.address)
        let server = try await ipc.listen(listener, limits: binding.limits) { _ in root }
        clients.add(server)
        return (server, binding.address.description)
    }
}
