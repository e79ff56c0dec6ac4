import BitcoinChain
import BitcoinPrimitives

/// Sizes and fees of a transaction's relatives in the mempool, the transaction itself included.
struct MempoolRelatives {
    var ancestorCount = 0
    var ancestorSize = 0
    var ancestorFees: Amount = 0
    var descendantCount = 0
    var descendantSize = 0
    var descendantFees: Amount = 0
}

extension Mempool {
    /// The relatives of a transaction; nil if it is not in the mempool.
    func ancestry(of id: TransactionID) -> MempoolRelatives? {
        guard self[id] != nil else { return nil }
        var result = MempoolRelatives()
        for entry in ancestors(of: id).union([id]).compactMap({ self[$0] }) {
            result.ancestorCount += 1
            result.ancestorSize += entry.virtualSize
            result.ancestorFees += entry.modifiedFee
        }
        for entry in descendants(of: id).union([id]).compactMap({ self[$0] }) {
            result.descendantCount += 1
            result.descendantSize += entry.virtualSize
            result.descendantFees += entry.modifiedFee
        }
        return result
    }
}
