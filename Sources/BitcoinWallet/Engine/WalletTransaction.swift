import BitcoinCrypto
package import BitcoinPrimitives

/// A transaction of the wallet in memory (Core's `CWalletTx`).
///
/// A class because many tables lead to it; it belongs to one `WalletEngine`.
package final class WalletTransaction {
    /// The transaction, the variant that counts.
    package private(set) var transaction: Transaction
    /// Every witness that was seen for it.
    package private(set) var variants: [WitnessTransactionID: Transaction]
    /// Where it stands.
    package var state: TransactionState
    /// Transactions in the mempool that contradict it or an ancestor. Not stored.
    package var mempoolConflicts: Set<TransactionID> = []
    /// Remarks, times and place in the order; its transaction and block are not kept current here.
    package var details: TransactionRecord

    /// Makes one that was just seen.
    init(transaction: Transaction, state: TransactionState) {
        self.transaction = transaction
        variants = [transaction.witnessID: transaction]
        self.state = state
        details = TransactionRecord(transaction: transaction)
    }

    /// Makes one that the file holds.
    init(stored: WalletContents.StoredTransaction) {
        transaction = stored.record.transaction
        variants = [stored.record.transaction.witnessID: stored.record.transaction]
        for variant in stored.variants { variants[variant.witnessID] = variant }
        state = TransactionState(blockHash: stored.record.blockHash, index: stored.record.blockIndex)
        details = stored.record
    }

    /// Its id.
    package var id: TransactionID { transaction.id }

    /// Whether it makes new coins.
    package var isCoinbase: Bool { transaction.isCoinbase }

    /// The time that is shown, seconds since 1970.
    package var time: Int64 { Int64(details.timeSmart != 0 ? details.timeSmart : details.timeReceived) }

    /// Whether nothing keeps it from being mined.
    package var isUnconfirmed: Bool {
        !state.isAbandoned && !state.isConflicted && mempoolConflicts.isEmpty && !state.isConfirmed
    }

    /// Whether its spending of coins counts: it is neither given up nor contradicted.
    package var isSpending: Bool { !state.isAbandoned && !state.isConflicted && mempoolConflicts.isEmpty }

    /// The ids of witnesses other than the one that counts, in Core's order.
    package var alternateWitnessIDs: [WitnessTransactionID] {
        variants.keys.filter { $0 != transaction.witnessID }
            .sorted { $0.rawValue.precedesInByteOrder($1.rawValue) }
    }

    /// The record to be stored.
    var record: TransactionRecord {
        var record = details
        record.transaction = transaction
        (record.blockHash, record.blockIndex) = state.recorded
        return record
    }

    /// Takes a newly seen form of the transaction and a new state.
    ///
    /// The one in a block counts; outside blocks one with a witness before one without, then the lightest.
    ///
    /// - Returns: Whether anything changed.
    func update(_ other: Transaction, state newState: TransactionState) -> Bool {
        var isChanged = variants.updateValue(other, forKey: other.witnessID) == nil
        if state != newState {
            state = newState
            if newState.isConfirmed { transaction = other }
            isChanged = true
        }
        return chooseVariant() || isChanged
    }

    /// Chooses the variant that counts for an unconfirmed transaction.
    ///
    /// - Returns: Whether it is another one than before.
    @discardableResult
    func chooseVariant() -> Bool {
        guard !state.isConfirmed, variants.count > 1 else { return false }
        func rank(_ variant: Transaction) -> (Int, Int) { (variant.hasWitness ? 0 : 1, variant.weight) }
        let best = variants.values.sorted { $0.witnessID.rawValue.precedesInByteOrder($1.witnessID.rawValue) }
            .min { rank($0) < rank($1) }
        guard let best, best.witnessID != transaction.witnessID else { return false }
        transaction = best
        return true
    }

    /// Whether both are the same but for signatures.
    func isEquivalent(to other: WalletTransaction) -> Bool {
        let (left, right) = (transaction, other.transaction)
        return left.version == right.version && left.lockTime == right.lockTime && left.outputs == right.outputs
            && left.inputs.count == right.inputs.count
            && zip(left.inputs, right.inputs).allSatisfy {
                $0.previousOutput == $1.previousOutput && $0.sequence == $1.sequence
            }
    }
}
