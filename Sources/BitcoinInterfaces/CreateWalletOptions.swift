/// How a new wallet is made.
package struct CreateWalletOptions: Sendable, Equatable {
    /// Without keys and descriptors.
    package var blank: Bool
    /// Watch-only: never holds private keys.
    package var disablePrivateKeys: Bool
    /// Track address reuse.
    package var avoidReuse: Bool

    /// Makes the value from its parts.
    package init(blank: Bool, disablePrivateKeys: Bool, avoidReuse: Bool) {
        self.blank = blank
        self.disablePrivateKeys = disablePrivateKeys
        self.avoidReuse = avoidReuse
    }
}
