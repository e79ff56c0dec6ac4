package import BitcoinInterfaces

/// The node's list of wallets, for terminals.
package struct WalletLoaderService: WalletLoader {
    private let registry: WalletRegistry
    private let hub: EventHub

    /// Serves `registry`.
    package init(registry: WalletRegistry, hub: EventHub) {
        self.registry = registry
        self.hub = hub
    }

    package func listWallets() async throws -> [WalletListing] { await registry.listings }

    package func listWalletDirectory() async throws -> [String] { registry.configuration.directory.names() }

    package func loadWallet(name: String) async throws -> WalletListing { try await registry.load(name) }

    package func createWallet(name: String, options: CreateWalletOptions) async throws -> WalletListing {
        guard options.blank || options.disablePrivateKeys else { throw WalletRPCText.keysNotSupported }
        return try await registry.load(name, create: options)
    }

    package func unloadWallet(name: String) async throws { try await registry.unload(name) }

    package func handleEvents(events: any WalletLoaderEvents) async throws -> any Handler {
        hub.register(where: \.isForWalletLists) { event in
            switch event {
            case .walletLoaded(let listing): try await events.walletLoaded(listing: listing)
            case .walletUnloaded(let listing, let reason):
                try await events.walletUnloaded(listing: listing, reason: reason)
            case .walletFailed(let listing): try await events.walletFailed(listing: listing)
            default: break
            }
        }
    }
}

extension NodeEvent {
    fileprivate var isForWalletLists: Bool {
        switch self {
        case .walletLoaded, .walletUnloaded, .walletFailed: true
        default: false
        }
    }
}
