internal import BitcoinCrypto
package import BitcoinPrimitives

/// What a block must obey before its coins are looked at.
package enum BlockRules {
    /// Checks what can be seen from the block alone (Core's `CheckBlock`).
    ///
    /// Whatever could come from damaged data is checked before the transactions, so that the wrong transactions never
    /// speak against a good header.
    /// - Parameters:
    ///   - block: the block.
    ///   - parameters: the network's parameters.
    ///   - checksProofOfWork: false for a block that is still to be mined.
    ///   - checksMerkleRoot: false for one whose coinbase is still to be filled in.
    /// - Throws: the first rule broken.
    package static func check(
        _ block: Block, parameters: ChainParameters, checksProofOfWork: Bool = true, checksMerkleRoot: Bool = true
    ) throws(ConsensusFailure) {
        if checksProofOfWork {
            try BlockHeaderRules.checkProofOfWork(block.header, parameters: parameters)
            try signetSolutionIsValid(block, parameters)
        }
        if checksMerkleRoot { try merkleRootMatches(block) }
        try fitsTheLimits(block)
        try onlyTheFirstIsCoinbase(block)
        try everyTransactionIsSound(block)
        try legacySigopsAreWithinTheLimit(block)
    }

    /// Checks a block against the headers before it (Core's `ContextualCheckBlock`).
    ///
    /// - Parameter previous: the block it follows; the first block is never checked.
    /// - Throws: the first rule broken.
    package static func check(
        _ block: Block, after previous: some HeaderNode, parameters: ChainParameters
    ) throws(ConsensusFailure) {
        let height = previous.height + 1
        try everyTransactionIsFinal(block, previous, parameters)
        try coinbaseStartsWithTheHeight(block, height, parameters)
        try witnessIsCommitted(block, height, parameters)
        try weightIsWithinTheLimit(block)
    }

    /// BIP325.
    private static func signetSolutionIsValid(
        _ block: Block, _ parameters: ChainParameters
    ) throws(ConsensusFailure) {
        guard parameters.network == .signet, !SignetSolution.isValid(block, parameters: parameters) else { return }
        throw ConsensusFailure(.badSignetSignature, "signet block signature validation failure")
    }

    private static func merkleRootMatches(_ block: Block) throws(ConsensusFailure) {
        let computed = block.computedMerkleRoot()
        guard computed.root == block.header.merkleRoot else {
            throw ConsensusFailure(.badMerkleRoot, "hashMerkleRoot mismatch")
        }
        // Repeated transactions can leave the root as it is (CVE-2012-2459).
        guard !computed.isMutated else { throw ConsensusFailure(.duplicateTransactions, "duplicate transaction") }
    }

    private static func fitsTheLimits(_ block: Block) throws(ConsensusFailure) {
        let scale = ConsensusLimits.witnessScaleFactor
        guard !block.transactions.isEmpty, block.transactions.count * scale <= ConsensusLimits.maxBlockWeight,
            block.strippedSize * scale <= ConsensusLimits.maxBlockWeight
        else { throw ConsensusFailure(.badBlockLength, "size limits failed") }
    }

    private static func onlyTheFirstIsCoinbase(_ block: Block) throws(ConsensusFailure) {
        guard block.transactions.first?.isCoinbase == true else {
            throw ConsensusFailure(.coinbaseMissing, "first tx is not coinbase")
        }
        guard !block.transactions.dropFirst().contains(where: \.isCoinbase) else {
            throw ConsensusFailure(.coinbaseMultiple, "more than one coinbase")
        }
    }

    private static func everyTransactionIsSound(_ block: Block) throws(ConsensusFailure) {
        for transaction in block.transactions {
            do {
                try TransactionRules.check(transaction)
            } catch {
                throw ConsensusFailure(
                    error.rule, "Transaction check failed (tx hash \(transaction.id)) \(error.detail)")
            }
        }
    }

    private static func legacySigopsAreWithinTheLimit(_ block: Block) throws(ConsensusFailure) {
        let count = block.transactions.reduce(0) { $0 + Sigops.legacyCount(of: $1) }
        guard count * ConsensusLimits.witnessScaleFactor <= ConsensusLimits.maxBlockSigopsCost else {
            throw ConsensusFailure(.badBlockSigops, "out-of-bounds SigOpCount")
        }
    }

    private static func everyTransactionIsFinal(
        _ block: Block, _ previous: some HeaderNode, _ parameters: ChainParameters
    ) throws(ConsensusFailure) {
        let height = previous.height + 1
        // BIP113: lock times compare with the median time of the blocks before.
        let time = height >= parameters.csvHeight ? previous.medianTimePast : Int64(block.header.time)
        for transaction in block.transactions
        where !TransactionRules.isFinal(transaction, height: height, time: time) {
            throw ConsensusFailure(.nonFinalTransaction, "non-final transaction")
        }
    }

    private static func coinbaseStartsWithTheHeight(
        _ block: Block, _ height: Int, _ parameters: ChainParameters
    ) throws(ConsensusFailure) {
        guard height >= parameters.bip34Height else { return }
        let push = CoinbaseHeight.push(height)
        guard let scriptSig = block.transactions.first?.inputs.first?.scriptSig.slice, scriptSig.starts(with: push)
        else { throw ConsensusFailure(.badCoinbaseHeight, "block height mismatch in coinbase") }
    }

    private static func witnessIsCommitted(
        _ block: Block, _ height: Int, _ parameters: ChainParameters
    ) throws(ConsensusFailure) {
        if height >= parameters.segwitHeight, let commitment = block.witnessCommitment {
            guard let witness = block.transactions.first?.inputs.first?.witness, witness.count == 1,
                let reserved = Hash256(bytes: witness[0])
            else {
                throw ConsensusFailure(
                    .badWitnessNonceSize, "CheckWitnessMalleation : invalid witness reserved value size")
            }
            let root = block.computedWitnessMerkleRoot()
            guard Block.witnessCommitment(root: root, reserved: reserved) == commitment else {
                throw ConsensusFailure(
                    .badWitnessMerkleMatch, "CheckWitnessMalleation : witness merkle commitment mismatch")
            }
            return
        }
        guard !block.transactions.contains(where: \.hasWitness) else {
            throw ConsensusFailure(.unexpectedWitness, "CheckWitnessMalleation : unexpected witness data found")
        }
    }

    private static func weightIsWithinTheLimit(_ block: Block) throws(ConsensusFailure) {
        guard block.weight <= ConsensusLimits.maxBlockWeight else {
            throw ConsensusFailure(.badBlockWeight, "ContextualCheckBlock : weight limit failed")
        }
    }
}
