package import BitcoinInterfaces

/// Starts wallet processes. The executable supplies it, since spawning is not the node's business.
package protocol WalletSpawner: Sendable {
    /// Starts a process for one wallet; ``SpawnedWallet/open`` then gives it the wallet.
    ///
    /// - Throws: When the process cannot be started; the description names the cause.
    func spawn() throws -> SpawnedWallet
}

/// A wallet process that the node started.
package struct SpawnedWallet: Sendable {
    /// Process id.
    package var processID: Int32
    /// Hands it settings and chain, and gets the wallet in it. Throws when the process refuses or ends; its description
    /// names the cause. Waits as long as the process does not answer.
    package var open: @Sendable (WalletProcessSettings, any Chain) async throws -> any ChainClient
    /// Waits for the end of the process and says how it ended, such as "killed by signal 9".
    package var ended: @Sendable () async -> String
    /// Closes the connection, at which the process ends by itself.
    package var release: @Sendable () async -> Void
    /// Ends the process, whatever it is doing.
    package var kill: @Sendable () -> Void

    /// Makes the value from its parts.
    package init(
        processID: Int32,
        open: @escaping @Sendable (WalletProcessSettings, any Chain) async throws -> any ChainClient,
        ended: @escaping @Sendable () async -> String, release: @escaping @Sendable () async -> Void,
        kill: @escaping @Sendable () -> Void
    ) {
        self.processID = processID
        self.open = open
        self.ended = ended
        self.release = release
        self.kill = kill
    }
}
