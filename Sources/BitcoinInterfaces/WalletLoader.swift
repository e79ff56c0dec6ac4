/// The node's list of wallets: attach, detach, create. It introduces; terminals then talk to the wallet directly.
package protocol WalletLoader: Sendable {
    /// Every wallet that is attached, loading or failed.
    func listWallets() async throws -> [WalletListing]

    /// Names of the wallets on disk.
    func listWalletDirectory() async throws -> [String]

    /// Spawns a process for a wallet on disk and returns when it is attached.
    func loadWallet(name: String) async throws -> WalletListing

    /// Creates a wallet and attaches it.
    func createWallet(name: String, options: CreateWalletOptions) async throws -> WalletListing

    /// Detaches a wallet; a spawned process ends.
    func unloadWallet(name: String) async throws

    /// Registers for events until the handler is dropped or disconnected.
    func handleEvents(events: any WalletLoaderEvents) async throws -> any Handler
}
