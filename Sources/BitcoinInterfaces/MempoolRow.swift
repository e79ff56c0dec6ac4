package import BitcoinPrimitives

/// One transaction of the mempool.
package struct MempoolRow: Sendable, Equatable {
    /// Transaction id.
    package var transactionID: TransactionID
    /// Virtual bytes.
    package var virtualSize: UInt32
    /// Fee in satoshi.
    package var fee: Int64
    /// Entry, seconds since 1970.
    package var time: Int64

    /// Makes the value from its parts.
    package init(transactionID: TransactionID, virtualSize: UInt32, fee: Int64, time: Int64) {
        self.transactionID = transactionID
        self.virtualSize = virtualSize
        self.fee = fee
        self.time = time
    }
}
