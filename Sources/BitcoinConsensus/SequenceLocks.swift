package import BitcoinPrimitives

/// The relative lock times of a transaction (BIP68): the last height and the last median time at which it is not yet
/// allowed; -1 where nothing holds it back.
package struct SequenceLocks: Equatable, Sendable {
    /// The last height at which the transaction is too early.
    package var height = -1
    /// The last median time past at which the transaction is too early, in Unix seconds.
    package var time: Int64 = -1

    private static let disableFlag: UInt32 = 1 << 31
    private static let typeFlag: UInt32 = 1 << 22
    private static let mask: UInt32 = 0xffff
    private static let granularity: Int64 = 9

    /// The locks of a transaction that spends coins of these heights.
    ///
    /// - Parameters:
    ///   - transaction: not a coinbase.
    ///   - coinHeights: the height of each input's coin, in order.
    ///   - previous: the block before the one that would hold the transaction.
    package init(of transaction: Transaction, coinHeights: [Int], after previous: some HeaderNode) {
        guard transaction.version >= 2 else { return }
        for (input, coinHeight) in zip(transaction.inputs, coinHeights) {
            let sequence = input.sequence
            guard sequence & Self.disableFlag == 0 else { continue }
            let value = sequence & Self.mask
            if sequence & Self.typeFlag != 0 {
                // Time runs from the median time before the coin's block. A coin that is not in a block yet counts as
                // one of the next block.
                let start = previous.ancestor(at: max(coinHeight - 1, 0))?.medianTimePast ?? previous.medianTimePast
                time = max(time, start + Int64(value) << Self.granularity - 1)
            } else {
                height = max(height, coinHeight + Int(value) - 1)
            }
        }
    }

    /// Whether the locks allow the transaction in the block after `previous`.
    package func allow(after previous: some HeaderNode) -> Bool {
        height < previous.height + 1 && time < previous.medianTimePast
    }
}
