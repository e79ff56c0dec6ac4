package import BitcoinConsensus
package import BitcoinPrimitives

/// A transaction in the mempool, with what was found out when it came.
package struct MempoolEntry: Sendable {
    /// The transaction.
    package let transaction: Transaction
    /// What it pays, in satoshis.
    package let fee: Amount
    /// When it came, in Unix seconds.
    package let time: Int64
    /// The height of the tip then.
    package let height: Int
    /// Order of arrival.
    package internal(set) var sequence: UInt64
    /// Cost of its signature operations (BIP141).
    package let sigopsCost: Int
    /// Whether it spends an output of a coinbase.
    package let spendsCoinbase: Bool
    /// What `prioritisetransaction` adds to the fee when blocks are made.
    package internal(set) var feeDelta: Amount

    /// The hash without witnesses.
    package var id: TransactionID { transaction.id }

    /// The fee with the addition.
    package var modifiedFee: Amount { fee.saturatingAdd(feeDelta) }

    /// The weight that counts against limits: many signature operations weigh more than their bytes.
    package var adjustedWeight: Int { max(transaction.weight, sigopsCost * Self.bytesPerSigop) }

    /// The adjusted weight in units of four, rounded up (`vsize`).
    package var virtualSize: Int { (adjustedWeight + 3) / 4 }

    /// Bytes that each signature operation counts for at least (`-bytespersigop`).
    private static let bytesPerSigop = 20
}

extension Amount {
    /// The sum, or the nearest amount that can be held: additions to fees are anybody's numbers.
    func saturatingAdd(_ other: Amount) -> Amount {
        let sum = addingReportingOverflow(other)
        return sum.overflow ? (other < 0 ? .min : .max) : sum.partialValue
    }
}

/// Why a transaction left the mempool; the raw values are Core's words.
package enum MempoolRemovalReason: String, Sendable {
    /// It got too old.
    case expiry
    /// A reorganisation made it invalid.
    case reorganisation = "reorg"
    /// It is in a block now.
    case block
    /// A transaction in a block spends the same coin.
    case conflict
}

/// Why a transaction was not taken into the mempool. The descriptions are Core's reject strings.
package enum MempoolRejection: Error, Equatable, Sendable, CustomStringConvertible {
    /// It breaks a consensus rule, or its inputs are missing.
    case consensus(ConsensusFailure)
    /// It is a coinbase.
    case coinbase
    /// It is so small that it could pass for an inner node of a merkle tree.
    case tooSmall
    /// Its lock time does not allow it in the next block.
    case nonFinal
    /// Its relative lock times do not allow it in the next block.
    case nonSequenceFinal
    /// The same transaction is there already.
    case alreadyInMempool
    /// The same transaction with other witnesses is there already.
    case sameNonWitnessData
    /// Its outputs are among the coins: it is in a block.
    case alreadyKnown
    /// It spends a coin that another transaction in the mempool spends; replacement is not supported yet.
    case conflict
    /// It came too long ago.
    case expired
    /// The coins cannot be read.
    case storage(StorageError)

    package var description: String {
        switch self {
        case .consensus(let failure): failure.rejectReason
        case .coinbase: "coinbase"
        case .tooSmall: "tx-size-small"
        case .nonFinal: "non-final"
        case .nonSequenceFinal: "non-BIP68-final"
        case .alreadyInMempool: "txn-already-in-mempool"
        case .sameNonWitnessData: "txn-same-nonwitness-data-in-mempool"
        case .alreadyKnown: "txn-already-known"
        case .conflict: "bip125-replacement-disallowed"
        case .expired: "expired"
        case .storage(let error): error.description
        }
    }
}
