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

    func makeMining() async throws -> (any Mining)? { throw NodeError.notOffered("Mining") }
    func makeRpc() async throws -> any Rpc { throw NodeError.notOffered("Rpc") }
    func makeNode() async throws -> any Node { throw NodeError.notOffered("Node") }
    func makeChain() async throws -> any Chain { throw NodeError.notOffered("Chain") }
    func makeWalletLoader() async throws -> any WalletLoader { throw NodeError.notOffered("WalletLoader") }
    func makeWallet(name: String) async throws -> any Wallet { throw NodeError.notOffered("Wallet") }

    func makeChainClient(
        chain: any Chain, settings: WalletProcessSettings
    ) async throws -> any ChainClient {
        throw NodeError.notOffered("ChainClient")
    }

    func attachWallet(client: any ChainClient, info: ChainClientInfo) async throws -> any Handler {
        throw NodeError.notOffered("Attaching wallets")
    }

    func listClients() async throws -> [IpcClientInfo] { [] }
}
