package import BitcoinInterfaces

extension TransactionRow: WindowRow {
    /// The output that the row is about, and whether it was sent or received there.
    package var rowKey: String { "\(transactionID):\(output):\(category)" }
}

extension AddressRow: WindowRow {
    /// The address.
    package var rowKey: String { address }
}

extension CoinRow: WindowRow {
    /// The output.
    package var rowKey: String { "\(transactionID):\(output)" }
}

extension BlockSummary: WindowRow {
    /// The block's hash.
    package var rowKey: String { "\(block.hash)" }
}
