package import BitcoinPrimitives

/// A transaction of the wallet in full.
package struct TransactionDetails: Sendable, Equatable {
    /// Transaction id.
    package var transactionID: TransactionID
    /// Time, seconds since 1970.
    package var time: Int64
    /// Depth; negative when conflicted.
    package var confirmations: Int32
    /// Block that holds it.
    package var block: BlockRef?
    /// Satoshi, -1 if unknown.
    package var fee: Int64
    /// Virtual bytes.
    package var virtualSize: UInt32
    /// Inputs in order.
    package var inputs: [TransactionEnd]
    /// Outputs in order.
    package var outputs: [TransactionEnd]
    /// Network serialisation with witness.
    package var raw: [UInt8]
    /// Id of the transaction that replaced it, or empty.
    package var replacedBy: String

    /// Makes the value from its parts.
    package init(
        transactionID: TransactionID,
        time: Int64,
        confirmations: Int32,
        block: BlockRef?,
        fee: Int64,
        virtualSize: UInt32,
        inputs: [TransactionEnd],
        outputs: [TransactionEnd],
        raw: [UInt8],
        replacedBy: String
    ) {
        self.transactionID = transactionID
        self.time = time
        self.confirmations = confirmations
        self.block = block
        self.fee = fee
        self.virtualSize = virtualSize
        self.inputs = inputs
        self.outputs = outputs
        self.raw = raw
        self.replacedBy = replacedBy
    }
}
