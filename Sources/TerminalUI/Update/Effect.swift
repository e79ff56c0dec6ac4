package import BitcoinInterfaces
package import BitcoinPrimitives

/// What an update asks the world outside for.
package enum Effect: Sendable {
    /// Ask for data; the answer comes as `ModelEvent.answer` with the generation.
    case fetch(Query, generation: UInt64)
    /// Do something; the end comes as `ModelEvent.finished` with the job's number.
    case run(Action, job: UInt64)
    /// Connect to a wallet's own address.
    case connectWallet(name: String, address: String)
    /// Try to reach a node now.
    case connect
    /// Start a node in the background.
    case startNode
    /// Draw everything again.
    case redraw
    /// Give the terminal back to the shell until the process is continued.
    case suspend
    /// Write what is shown to a file, as text.
    case save(path: String)
}

/// A question, to which there is an `Answer`.
package enum Query: Sendable, Equatable {
    /// The node's snapshot.
    case nodeInfo
    /// The node's list of wallets.
    case walletListings
    /// The wallets on disk.
    case walletDirectory
    /// A part of the mempool.
    case mempool(count: UInt32)
    /// Blocks from a height downwards.
    case blocks(height: Int32, count: UInt32)
    /// The newest blocks, for the overview.
    case latestBlocks(height: Int32, count: UInt32)
    /// A block.
    case block(BlockHash)
    /// Log lines.
    case log(first: UInt64, count: UInt32)
    /// A wallet's snapshot.
    case walletInfo(wallet: String)
    /// A wallet's balances.
    case balances(wallet: String)
    /// A wallet's newest transactions, for the overview.
    case latestTransactions(wallet: String, count: UInt32)
    /// A part of a wallet's history.
    case transactions(wallet: String, filter: String, offset: UInt64, count: UInt32)
    /// A part of a wallet's addresses.
    case addresses(wallet: String, filter: String, offset: UInt64, count: UInt32)
    /// A part of a wallet's unspent outputs.
    case coins(wallet: String, filter: String, offset: UInt64, count: UInt32)
    /// A transaction of a wallet.
    case details(wallet: String, TransactionID)
}

/// What came back.
package enum Answer: Sendable {
    /// To `nodeInfo`.
    case nodeInfo(NodeInfo)
    /// To `walletListings`.
    case walletListings([WalletListing])
    /// To `walletDirectory`.
    case walletDirectory([String])
    /// To `mempool`.
    case mempool(MempoolWindow)
    /// To `blocks` and `latestBlocks`.
    case blocks([BlockSummary])
    /// To `block`.
    case block(Block?)
    /// To `log`.
    case log(LogWindow)
    /// To `walletInfo`.
    case walletInfo(WalletInfo)
    /// To `balances`.
    case balances(WalletBalances)
    /// To `transactions` and `latestTransactions`.
    case transactions(TransactionWindow)
    /// To `addresses`.
    case addresses(AddressWindow)
    /// To `coins`.
    case coins(CoinWindow)
    /// To `details`.
    case details(TransactionDetails?)
    /// The question could not be answered.
    case failed(String)
}

/// Something to be done once.
package enum Action: Sendable {
    /// Attach a wallet.
    case attach(String)
    /// Detach a wallet.
    case detach(String)
    /// Create a wallet.
    case create(String, CreateWalletOptions)
    /// Detach a wallet if it is attached, and attach it.
    case restart(String)
    /// Unlock a wallet for some seconds.
    case unlock(wallet: String, Secret, seconds: Int64)
    /// Lock a wallet.
    case lock(wallet: String)
    /// Run a JSON-RPC request.
    case rpc(request: String, uri: String)
    /// Stop the node.
    case stopNode
}

/// How an action ended.
package enum ActionResult: Sendable {
    /// Done.
    case done
    /// Done, with this JSON-RPC response.
    case response(String)
    /// Not done; says why.
    case failed(String)
}
