package import BitcoinInterfaces

/// The bootstrap of the node process; one for each connection.
package struct NodeInit: ProcessInit {
    private let context: NodeContext
    private let rpc: RpcService
    private let events: EventClient

    /// Serves `context` to one client.
    ///
    /// - Parameter executor: that of the client's connection, for its events.
    package init(_ context: NodeContext, executor: (any TaskExecutor)? = nil) {
        self.context = context
        events = context.hub.makeClient(on: executor)
        rpc = RpcService(context)
    }

    package func makeEcho() async throws -> any Echo { EchoService() }

    package func makeMining() async throws -> (any Mining)? {
        try await context.manager.ready()
        guard !context.isShuttingDown else { return nil }
        return MiningService(manager: context.manager, hub: context.hub, parameters: context.parameters)
    }

    package func makeRpc() async throws -> any Rpc { rpc }

    package func getProcessInfo() async throws -> ProcessInfo { context.identity.process }

    package func makeNode() async throws -> any Node { NodeService(context, events: events) }

    package func makeChain() async throws -> any Chain {
        let clock = context.clock
        return ChainService(manager: context.manager, events: events) { clock.now }
    }

    package func makeWalletLoader() async throws -> any WalletLoader {
        WalletLoaderService(
            registry: context.wallets, events: events, settings: context.identity.settingsFile)
    }

    package func makeWallet(name: String) async throws -> any Wallet {
        throw InterfaceError.notOffered("A wallet; the wallet's own process serves it, see listWallets:")
    }

    package func makeChainClient(
        chain: any Chain, settings: WalletProcessSettings
    ) async throws -> any ChainClient {
        throw InterfaceError.notOffered("A wallet process: makeChainClient")
    }

    package func attachWallet(client: any ChainClient, info: ChainClientInfo) async throws -> any Handler {
        try await context.manager.ready()
        return try await context.wallets.attach(client, info: info)
    }

    package func listClients() async throws -> [IpcClientInfo] { await context.identity.listClients() }

    package func disconnectClient(id: UInt64) async throws -> Bool { context.identity.disconnectClient(id) }
}

/// Answers what it is told.
package struct EchoService: Echo {
    /// An echo.
    package init() {}

    package func echo(echo: String) async throws -> String { echo }
}
