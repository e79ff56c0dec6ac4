package import BitcoinInterfaces

/// The node's list of wallets, for terminals.
package struct WalletLoaderService: WalletLoader {
    private let registry: WalletRegistry
    private let events: EventClient
    private let settings: SettingsFile?

    /// Serves `registry`.
    ///
    /// - Parameters:
    ///   - events: The share of the client that is served.
    ///   - settings: Remembers for the next start what was attached and detached here, as Core's own interface does;
    ///     nil to remember nothing.
    package init(registry: WalletRegistry, events: EventClient, settings: SettingsFile? = nil) {
        self.registry = registry
        self.events = events
        self.settings = settings
    }

    package func listWallets() async throws -> [WalletListing] { await registry.listings }

    package func listWalletDirectory() async throws -> [String] { registry.configuration.directory.names() }

    package func loadWallet(name: String) async throws -> WalletListing {
        let listing = try await registry.load(name)
        try settings?.setLoadsOnStartup(name, true)
        return listing
    }

    package func createWallet(name: String, options: CreateWalletOptions) async throws -> WalletListing {
        guard options.blank || options.disablePrivateKeys else { throw WalletRPCText.keysNotSupported }
        let listing = try await registry.load(name, create: options)
        try settings?.setLoadsOnStartup(name, true)
        return listing
    }

    package func unloadWallet(name: String) async throws {
        try await registry.unload(name)
        try settings?.setLoadsOnStartup(name, false)
    }

    package func handleEvents(events: any WalletLoaderEvents) async throws -> any Handler {
        try self.events.register(where: \.isForWalletLists) { event in
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
