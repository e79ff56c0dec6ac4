package import BitcoinInterfaces

/// Starts wallet processes. The executable supplies it, since spawning is not the node's business.
package protocol WalletSpawner: Sendable {
    /// Starts a process for one wallet and hands it the chain.
    ///
    /// - Throws: When the process cannot be started or refuses; the description names the cause.
    func spawn(settings: WalletProcessSettings, chain: any Chain) async throws -> SpawnedWallet
}

/// A wallet process that the node started.
package struct SpawnedWallet: Sendable {
    /// The wallet in it.
    package var client: any ChainClient
    /// Process id.
    package var processID: Int32
    /// Waits for the end of the process and says how it ended, such as "killed by signal 9".
    package var ended: @Sendable () async -> String
    /// Lets go of the process; it ends by itself when nobody holds it.
    package var release: @Sendable () async -> Void

    /// Makes the value from its parts.
    package init(
        client: any ChainClient, processID: Int32, ended: @escaping @Sendable () async -> String,
        release: @escaping @Sendable () async -> Void
    ) {
        self.client = client
        self.processID = processID
        self.ended = ended
        self.release = release
    }
}
