/// What every process of this project serves as its bootstrap beyond Core's `Init`. A process throws "unimplemented" for what it does not have.
package protocol ProcessInit: Init {
    /// Who is at the other end.
    func getProcessInfo() async throws -> ProcessInfo

    /// The node (node process).
    func makeNode() async throws -> any Node

    /// The chain (node process).
    func makeChain() async throws -> any Chain

    /// The list of wallets (node process).
    func makeWalletLoader() async throws -> any WalletLoader

    /// The wallet of that name (wallet process).
    func makeWallet(name: String) async throws -> any Wallet

    /// Prepares a wallet in a spawned wallet process.
    func makeChainClient(chain: any Chain, settings: WalletProcessSettings) async throws -> any ChainClient

    /// Attaches a wallet process that was started by hand (node process). Lasts until the handler is dropped or the
    /// connection ends.
    func attachWallet(client: any ChainClient, info: ChainClientInfo) async throws -> any Handler

    /// The connected clients of this process.
    func listClients() async throws -> [IpcClientInfo]

    /// Ends the connection of a client.
    ///
    /// - Returns: False when there is none of that number.
    func disconnectClient(id: UInt64) async throws -> Bool
}
