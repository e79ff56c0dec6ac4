/// What a wallet process says when it attaches.
package struct ChainClientInfo: Sendable, Equatable {
    /// The wallet process.
    package var process: ProcessInfo
    /// Name of the wallet it holds.
    package var walletName: String
    /// Address of its own socket, `unix:<path>`, for terminals.
    package var address: String

    /// Makes the value from its parts.
    package init(process: ProcessInfo, walletName: String, address: String) {
        self.process = process
        self.walletName = walletName
        self.address = address
    }
}
