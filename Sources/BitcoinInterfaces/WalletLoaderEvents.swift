/// Wallets coming and going.
package protocol WalletLoaderEvents: Sendable {
    /// A wallet is attached.
    func walletLoaded(listing: WalletListing) async throws

    /// A wallet was detached.
    func walletUnloaded(listing: WalletListing, reason: String) async throws

    /// A wallet could not be loaded or its process died; `listing.error` says why.
    func walletFailed(listing: WalletListing) async throws
}
