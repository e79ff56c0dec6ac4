/// Events of a node. Implemented by whoever wants them; calls come in order.
package protocol NodeEvents: Sendable {
    /// The active chain has a new tip.
    func blockTip(tip: BlockRef, time: Int64, initialBlockDownload: Bool) async throws

    /// The best known header changed.
    func headerTip(tip: BlockRef, time: Int64) async throws

    /// Start-up reached a new step; empty when done.
    func initMessage(message: String) async throws

    /// Long work advances; `percent` 0 to 100.
    func progress(title: String, percent: Int32) async throws

    /// Transactions entered or left the mempool.
    func mempoolChanged(transactions: UInt64, bytes: UInt64) async throws

    /// The list of warnings changed.
    func warningsChanged(warnings: [String]) async throws

    /// The log has grown to `total` lines; sent at most a few times a second.
    func logAdvanced(total: UInt64) async throws

    /// The node is going down.
    func shutdownStarted() async throws
}
