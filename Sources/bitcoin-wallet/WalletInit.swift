import BitcoinCommon
import BitcoinIPC
import BitcoinInterfaces
import BitcoinWallet
import Foundation

/// The bootstrap of a wallet process: for its node, and for terminals on its own socket.
struct WalletInit: ProcessInit {
    /// What this process says of itself.
    let process: BitcoinInterfaces.ProcessInfo
    /// The wallet that is served now.
    let service: @Sendable () -> WalletService?
    /// Makes the wallet for the node that spawned this process; nil for terminals and by hand.
    let open: (@Sendable (any Chain, WalletProcessSettings) async throws -> any ChainClient)?
    /// Who is connected to the wallet's own socket.
    let clients: ServedClients

    func getProcessInfo() async throws -> BitcoinInterfaces.ProcessInfo { process }

    func makeEcho() async throws -> any Echo { EchoReply() }

    func makeWallet(name: String) async throws -> any Wallet {
        guard let service = service(), service.name == name else {
            throw WalletProcessError("This process does not serve a wallet named \"\(name)\"")
        }
        return service
    }

    func makeChainClient(
        chain: any Chain, settings: WalletProcessSettings
    ) async throws -> any ChainClient {
        // Only the node that spawned this process has it open a wallet.
        guard let open else { throw InterfaceError.notOffered("makeChainClient") }
        return try await open(chain, settings)
    }

    func makeMining() async throws -> (any Mining)? { throw InterfaceError.notOffered("Mining") }
    func makeRpc() async throws -> any Rpc { throw InterfaceError.notOffered("Rpc") }
    func makeNode() async throws -> any Node { throw InterfaceError.notOffered("Node") }
    func makeChain() async throws -> any Chain { throw InterfaceError.notOffered("Chain") }
    func makeWalletLoader() async throws -> any WalletLoader { throw InterfaceError.notOffered("WalletLoader") }
    func listClients() async throws -> [IpcClientInfo] { clients.clients }
    func disconnectClient(id: UInt64) async throws -> Bool { clients.disconnect(id) }

    func attachWallet(client: any ChainClient, info: ChainClientInfo) async throws -> any Handler {
        throw InterfaceError.notOffered("Attaching wallets")
    }
}

/// Answers what it is told.
private struct EchoReply: Echo {
    func echo(echo: String) async throws -> String { echo }
}

/// What a wallet process refuses.
struct WalletProcessError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension BitcoinInterfaces.ProcessInfo {
    /// This process.
    static func current(chain: String) -> BitcoinInterfaces.ProcessInfo {
        BitcoinInterfaces.ProcessInfo(
            name: WalletProgram.executable, version: ClientVersion.text, processID: getpid(), chain: chain,
            startTime: Int64(Date().timeIntervalSince1970))
    }
}
