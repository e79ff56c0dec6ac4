/// A wallet as the node knows it.
package struct WalletListing: Sendable, Equatable {
    /// Wallet name; the empty string is the default wallet.
    package var name: String
    /// Where it stands.
    package var state: WalletState
    /// How its process came to be.
    package var origin: WalletOrigin
    /// Process id, 0 if none.
    package var processID: Int32
    /// Resident bytes of the process, 0 if unknown.
    package var memory: UInt64
    /// Address of the wallet's own socket, empty if none.
    package var address: String
    /// Why it failed, with the remedy; empty otherwise.
    package var error: String

    /// Makes the value from its parts.
    package init(
        name: String,
        state: WalletState,
        origin: WalletOrigin,
        processID: Int32,
        memory: UInt64,
        address: String,
        error: String
    ) {
        self.name = name
        self.state = state
        self.origin = origin
        self.processID = processID
        self.memory = memory
        self.address = address
        self.error = error
    }
}
