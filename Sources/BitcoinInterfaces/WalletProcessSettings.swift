/// Settings the node hands to a wallet process that it spawns.
package struct WalletProcessSettings: Sendable, Equatable {
    /// Core's name of the network.
    package var chain: String
    /// Datadir of the network.
    package var dataDirectory: String
    /// Directory that holds the wallets.
    package var walletDirectory: String
    /// Wallet to open.
    package var walletName: String
    /// Set when the wallet is to be created first.
    package var create: CreateWalletOptions?
    /// `-keypool`.
    package var keyPoolSize: Int64
    /// `-mocktime`, 0 for the real clock.
    package var mockTime: Int64
    /// Log categories that are on.
    package var debugCategories: [String]
    /// The four bytes that mark the network's messages and wallet files; empty for those that `chain` has by itself. A
    /// signet of one's own has others.
    package var messageStart: [UInt8]

    /// Makes the value from its parts.
    package init(
        chain: String,
        dataDirectory: String,
        walletDirectory: String,
        walletName: String,
        create: CreateWalletOptions?,
        keyPoolSize: Int64,
        mockTime: Int64,
        debugCategories: [String],
        messageStart: [UInt8]
    ) {
        self.chain = chain
        self.dataDirectory = dataDirectory
        self.walletDirectory = walletDirectory
        self.walletName = walletName
        self.create = create
        self.keyPoolSize = keyPoolSize
        self.mockTime = mockTime
        self.debugCategories = debugCategories
        self.messageStart = messageStart
    }
}
