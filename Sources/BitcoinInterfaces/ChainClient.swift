/// A wallet process as the node holds it, the same whether it was spawned or attached.
package protocol ChainClient: Sendable {
    /// Who it is.
    func getInfo() async throws -> ChainClientInfo

    /// Opens or creates the wallet, catches up with the chain and begins to follow it.
    func start() async throws

    /// Runs a wallet RPC. `request` and result are JSON-RPC objects, as `Rpc.executeRpc`.
    func executeRpc(request: String, uri: String, user: String) async throws -> String

    /// Flushes and closes the wallet. A spawned process ends afterwards.
    func stop() async throws
}
