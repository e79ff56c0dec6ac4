/// The rules that a header, block or transaction can break. The raw value is Core's reject string.
package enum ConsensusRule: String, CaseIterable, Sendable {
    // Headers.
    case highHash = "high-hash"
    case badDifficultyBits = "bad-diffbits"
    case timeTooOld = "time-too-old"
    case timewarpAttack = "time-timewarp-attack"
    case timeTooNew = "time-too-new"
    case badVersion = "bad-version"
    case previousBlockNotFound = "prev-blk-not-found"
    case badPreviousBlock = "bad-prevblk"
    case duplicateInvalid = "duplicate-invalid"

    // Blocks.
    case badSignetSignature = "bad-signet-blksig"
    case badMerkleRoot = "bad-txnmrklroot"
    case duplicateTransactions = "bad-txns-duplicate"
    case badBlockLength = "bad-blk-length"
    case coinbaseMissing = "bad-cb-missing"
    case coinbaseMultiple = "bad-cb-multiple"
    case badBlockSigops = "bad-blk-sigops"
    case nonFinalTransaction = "bad-txns-nonfinal"
    case badCoinbaseHeight = "bad-cb-height"
    case badWitnessNonceSize = "bad-witness-nonce-size"
    case badWitnessMerkleMatch = "bad-witness-merkle-match"
    case unexpectedWitness = "unexpected-witness"
    case badBlockWeight = "bad-blk-weight"
    case overwritesTransaction = "bad-txns-BIP30"
    case accumulatedFeeOutOfRange = "bad-txns-accumulated-fee-outofrange"
    case badCoinbaseAmount = "bad-cb-amount"
    case blockScript = "block-script-verify-flag-failed"

    // Transactions.
    case noInputs = "bad-txns-vin-empty"
    case noOutputs = "bad-txns-vout-empty"
    case transactionOversize = "bad-txns-oversize"
    case outputNegative = "bad-txns-vout-negative"
    case outputTooLarge = "bad-txns-vout-toolarge"
    case outputTotalTooLarge = "bad-txns-txouttotal-toolarge"
    case duplicateInputs = "bad-txns-inputs-duplicate"
    case badCoinbaseLength = "bad-cb-length"
    case nullPreviousOutput = "bad-txns-prevout-null"
    case inputsMissingOrSpent = "bad-txns-inputs-missingorspent"
    case prematureCoinbaseSpend = "bad-txns-premature-spend-of-coinbase"
    case inputValuesOutOfRange = "bad-txns-inputvalues-outofrange"
    case inputsBelowOutputs = "bad-txns-in-belowout"
    case feeOutOfRange = "bad-txns-fee-outofrange"
    case mempoolScript = "mempool-script-verify-flag-failed"

    /// What the failure says about the block that carries it.
    package var blame: Blame {
        switch self {
        case .badMerkleRoot, .duplicateTransactions, .badWitnessNonceSize, .badWitnessMerkleMatch, .unexpectedWitness:
            .mutated
        case .timeTooNew: .timeFuture
        case .previousBlockNotFound: .missingPrevious
        case .badPreviousBlock: .invalidPrevious
        case .duplicateInvalid: .knownInvalid
        case .highHash, .badDifficultyBits, .timeTooOld, .timewarpAttack, .badVersion: .header
        default: .consensus
        }
    }

    /// What a failure says about the block that carries it (Core's `BlockValidationResult`).
    package enum Blame: Sendable {
        /// The block breaks a rule for good.
        case consensus
        /// The header breaks a rule for good.
        case header
        /// Its data does not belong to its header: another copy of the same block may be valid, so nothing is marked.
        case mutated
        /// The time lies too far ahead; it may be valid later.
        case timeFuture
        /// The block before it is not known.
        case missingPrevious
        /// It follows an invalid block.
        case invalidPrevious
        /// It was found invalid before.
        case knownInvalid
    }
}

/// A broken rule, with the detail that Core prints after the reject string.
package struct ConsensusFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The rule that was broken.
    package var rule: ConsensusRule

    /// More about the case, possibly empty; for people and logs.
    package var detail: String

    /// The reject string, with a suffix where Core adds one: `bad-version(0x00000001)`.
    package var rejectReason: String

    /// A failure of `rule`.
    package init(_ rule: ConsensusRule, _ detail: String = "", suffix: String = "") {
        self.rule = rule
        self.detail = detail
        rejectReason = rule.rawValue + suffix
    }

    /// The reject string and the detail, as Core's `ValidationState::ToString`.
    package var description: String {
        detail.isEmpty ? rejectReason : "\(rejectReason), \(detail)"
    }
}
