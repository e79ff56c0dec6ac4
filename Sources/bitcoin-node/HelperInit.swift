import BitcoinCommon
import BitcoinInterfaces
import BitcoinNode
import Foundation

/// What a spawned `bitcoin-node` serves: an echo, to test processes and connections.
struct HelperInit: ProcessInit {
    let executable: String

    func makeEcho() async throws -> any Echo { EchoService() }

    func getProcessInfo() async throws -> BitcoinInterfaces.ProcessInfo {
        BitcoinInterfaces.ProcessInfo(
            name: executable, version: ClientVersion.text, processID: getpid(), chain: "", startTime: NodeClock.real)
    }

    func makeMining() async throws -> (any Mining)? { throw InterfaceError.notOffered("Mining") }
    func makeRpc() async throws -> any Rpc { throw InterfaceError.notOffered("Rpc") }
    func makeNode() async throws -> any Node { throw InterfaceError.notOffered("Node") }
    func makeChain() async throws -> any Chain { throw InterfaceError.notOffered("Chain") }
    func makeWalletLoader() async throws -> any WalletLoader { throw InterfaceError.notOffered("WalletLoader") }
    func makeWallet(name: String) async throws -> any Wallet { throw InterfaceError.notOffered("Wallet") }

    func makeChainClient(
        chain: any Chain, settings: WalletProcessSettings
    ) async throws -> any ChainClient {
        throw InterfaceError.notOffered("ChainClient")
    }

    func attachWallet(client: any ChainClient, info: ChainClientInfo) async throws -> any Handler {
        throw InterfaceError.notOffered("Attaching wallets")
    }

    func listClients() async throws -> [IpcClientInfo] { [] }
    func disconnectClient(id: UInt64) async throws -> Bool { false }
}
