package import BitcoinPrimitives

/// What happens in the chain, in order. Implemented by wallets.
package protocol ChainNotifications: Sendable {
    /// A transaction entered the mempool.
    func transactionAddedToMempool(transaction: Transaction) async throws

    /// A transaction left the mempool for another reason than a block.
    func transactionRemovedFromMempool(transactionID: TransactionID) async throws

    /// A block joined the active chain.
    func blockConnected(block: ConnectedBlock) async throws

    /// A block left the active chain.
    func blockDisconnected(block: ConnectedBlock) async throws

    /// Everything up to the locator is safely stored.
    func chainStateFlushed(locator: [BlockHash]) async throws
}
