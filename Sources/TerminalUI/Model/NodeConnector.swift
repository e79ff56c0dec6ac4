package import BitcoinInterfaces

/// Makes connections. Implemented by the main program, which knows addresses and wire formats; this module does not.
package protocol NodeConnector: Sendable {
    /// Tries every address of a node once, in order.
    ///
    /// - Parameter failed: Called for each address that did not answer.
    /// - Returns: The first connection that works, or nil.
    func connect(failed: @Sendable (ConnectionAttempt) -> Void) async -> NodeConnection?

    /// Starts a node in the background, detached from this process, and returns when it is on its way.
    ///
    /// - Throws: Whatever went wrong, with a text for people.
    func startNode() async throws

    /// What an error says to people.
    func describe(_ error: any Error) -> String
}

/// A node that answers.
package struct NodeConnection: Sendable {
    /// The address that answered.
    package var address: String
    /// The node.
    package var node: any Node
    /// Its list of wallets; nil for a node that serves none.
    package var wallets: (any WalletLoader)?
    /// JSON-RPC; nil for a node that serves none.
    package var rpc: (any Rpc)?
    /// What this node does not give, for people; empty if that is nothing.
    package var limits: String
    /// Connects to a wallet by its name and its address, as the node told it: with our own nodes to the wallet's own
    /// process. Throws whatever went wrong, with a text for people.
    package var connectWallet: @Sendable (_ name: String, _ address: String) async throws -> WalletConnection
    /// Returns why, once the connection is gone.
    package var waitUntilClosed: @Sendable () async -> String
    /// Ends the connection.
    package var close: @Sendable () async -> Void

    /// Makes the value from its parts.
    package init(
        address: String, node: any Node, wallets: (any WalletLoader)?, rpc: (any Rpc)?, limits: String = "",
        connectWallet: @escaping @Sendable (_ name: String, _ address: String) async throws -> WalletConnection,
        waitUntilClosed: @escaping @Sendable () async -> String, close: @escaping @Sendable () async -> Void
    ) {
        self.address = address
        self.node = node
        self.wallets = wallets
        self.rpc = rpc
        self.limits = limits
        self.connectWallet = connectWallet
        self.waitUntilClosed = waitUntilClosed
        self.close = close
    }
}

/// A wallet process that answers.
package struct WalletConnection: Sendable {
    /// The wallet.
    package var wallet: any Wallet
    /// Returns why, once the connection is gone.
    package var waitUntilClosed: @Sendable () async -> String
    /// Ends the connection.
    package var close: @Sendable () async -> Void

    /// Makes the value from its parts.
    package init(
        wallet: any Wallet, waitUntilClosed: @escaping @Sendable () async -> String,
        close: @escaping @Sendable () async -> Void
    ) {
        self.wallet = wallet
        self.waitUntilClosed = waitUntilClosed
        self.close = close
    }
}
