package import BitcoinPrimitives

/// The node as a terminal or monitor sees it: snapshots, windows on its data, events.
package protocol Node: Sendable {
    /// The state of the node now.
    func getInfo() async throws -> NodeInfo

    /// Blocks of the active chain from `height` downwards, at most `count` (bounded by 1,000).
    func getBlocks(height: Int32, count: UInt32) async throws -> [BlockSummary]

    /// A block by hash from any branch; nil when unknown or its data is not at hand.
    func getBlock(hash: BlockHash) async throws -> Block?

    /// A window on the mempool, highest fee rate first, at most 1,000 rows.
    func getMempool(offset: UInt64, count: UInt32) async throws -> MempoolWindow

    /// Log lines from number `first`, at most `count`; a number past the end gives the newest `count`.
    func getLog(first: UInt64, count: UInt32) async throws -> LogWindow

    /// Registers for events until the handler is dropped or disconnected.
    func handleEvents(events: any NodeEvents) async throws -> any Handler

    /// Asks the node to shut down; returns before it has.
    func shutdown() async throws
}
