import BitcoinInterfaces
import Synchronization

/// The root that gives all other doubles. Making an object always works; what it does is the stage's affair.
final class InitDouble: ProcessInit {
    let stage: Stage
    let node: NodeDouble
    let chain: ChainDouble
    let loader: WalletLoaderDouble
    let wallet: WalletDouble

    init(_ stage: Stage) {
        self.stage = stage
        node = NodeDouble(stage: stage)
        chain = ChainDouble(stage: stage)
        loader = WalletLoaderDouble(stage: stage)
        wallet = WalletDouble(stage: stage)
    }

    func makeEcho() async throws -> any Echo { EchoDouble(stage: stage) }
    func makeMining() async throws -> (any Mining)? { MiningDouble(stage: stage) }
    func makeRpc() async throws -> any Rpc { RpcDouble(stage: stage) }
    func makeNode() async throws -> any Node { node }
    func makeChain() async throws -> any Chain { chain }
    func makeWalletLoader() async throws -> any WalletLoader { loader }

    func getProcessInfo() async throws -> ProcessInfo {
        try await stage.enter("getProcessInfo")
        return Sample.process
    }

    func makeWallet(name: String) async throws -> any Wallet {
        stage.note("makeWallet \(name)")
        return wallet
    }

    /// Uses the chain that it is given, while the call runs.
    func makeChainClient(chain: any Chain, settings: WalletProcessSettings) async throws -> any ChainClient {
        try await stage.enter("makeChainClient", settings)
        let tip = try await chain.getTip()
        let block = try await chain.getBlock(hash: Sample.hash(30))
        stage.note("the chain says \(tip as Any), \(block as Any)")
        return ChainClientDouble(stage: stage)
    }

    /// Uses the wallet that it is given, while the call runs.
    func attachWallet(client: any ChainClient, info: ChainClientInfo) async throws -> any Handler {
        try await stage.enter("attachWallet", info)
        let own = try await client.getInfo()
        let answer = try await client.executeRpc(request: "{}", uri: "/", user: "ü")
        stage.note("the wallet says \(own) \(answer)")
        return HandlerDouble("attachment", stage)
    }

    func listClients() async throws -> [IpcClientInfo] {
        try await stage.enter("listClients")
        return stage.pick([Sample.peer, Sample.peer], [])
    }

    func disconnectClient(id: UInt64) async throws -> Bool {
        try await stage.enter("disconnectClient", id)
        return stage.pick(true, false)
    }
}
