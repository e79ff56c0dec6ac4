package import BitcoinPrimitives

/// The chain as wallets see it. The node holds no keys and knows no wallet; a wallet sees nothing but this.
package protocol Chain: Sendable {
    /// Tip of the active chain; nil before the genesis block is loaded.
    func getTip() async throws -> BlockRef?

    /// Hash of the block at `height` in the active chain, nil if there is none.
    func getBlockHash(height: Int32) async throws -> BlockHash?

    /// What the node knows of a block, nil if nothing.
    func findBlock(hash: BlockHash) async throws -> FoundBlock?

    /// The last block of a locator's chain that is in the active chain; nil if none.
    func findFork(locator: [BlockHash]) async throws -> BlockRef?

    /// Locator of a block, newest hash first; of the tip when `hash` is nil.
    func getLocator(hash: BlockHash?) async throws -> [BlockHash]

    /// A block with its transactions, nil when its data is not at hand.
    func getBlock(hash: BlockHash) async throws -> Block?

    /// Whether the chain is still being caught up.
    func isInitialBlockDownload() async throws -> Bool

    /// The node's clock (mocked or real), seconds since 1970.
    func getTime() async throws -> Int64

    /// Place of a transaction in the mempool, nil if it is not there.
    func getMempoolAncestry(transactionID: TransactionID) async throws -> MempoolAncestry?

    /// Adds a transaction to the mempool. Returns Core's reject reason, empty on success.
    func broadcastTransaction(transaction: Transaction, maxFee: Int64) async throws -> String

    /// Registers for notifications until the handler is dropped. Notifications come in order, the first after the
    /// call returned.
    func handleNotifications(notifications: any ChainNotifications) async throws -> any Handler

    /// Replays the mempool to `notifications`, parents first.
    func requestMempoolTransactions(notifications: any ChainNotifications) async throws
}
