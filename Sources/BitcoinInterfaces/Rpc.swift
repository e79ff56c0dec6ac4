/// JSON-RPC without HTTP (`rpc.capnp`).
package protocol Rpc: Sendable {
    /// Runs one request.
    ///
    /// - Parameters:
    ///   - request: A JSON-RPC object or batch.
    ///   - uri: `/`, or `/wallet/<percent-encoded name>`.
    ///   - user: The user name that the client claims.
    /// - Returns: The JSON-RPC response, errors included.
    func executeRpc(request: String, uri: String, user: String) async throws -> String
}
