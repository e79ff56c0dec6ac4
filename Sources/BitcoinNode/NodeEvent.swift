package import BitcoinInterfaces
package import BitcoinPrimitives

/// Something that happened in the node, as it is handed to whoever registered.
package enum NodeEvent: Sendable {
    case blockConnected(ConnectedBlock)
    case blockDisconnected(ConnectedBlock)
    case blockTip(BlockRef, time: Int64, initialBlockDownload: Bool)
    case headerTip(BlockRef, time: Int64)
    case transactionAdded(Transaction)
    case transactionRemoved(TransactionID)
    case chainStateFlushed([BlockHash])
    case mempoolChanged(transactions: UInt64, bytes: UInt64)
    case initMessage(String)
    case progress(title: String, percent: Int32)
    case warningsChanged([String])
    case logAdvanced(UInt64)
    case walletLoaded(WalletListing)
    case walletUnloaded(WalletListing, reason: String)
    case walletFailed(WalletListing)
    case shutdownStarted
}
