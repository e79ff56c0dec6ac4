package import BitcoinConsensus
internal import BitcoinCrypto
package import BitcoinPrimitives

/// A block to be mined: valid but for its proof of work.
package struct BlockTemplate: Sendable {
    /// The block, with nonce 0.
    package var block: Block
    /// The fees of its transactions.
    package var fees: Amount
    /// The fee of each transaction but the coinbase, in order.
    package var transactionFees: [Amount]
    /// The cost of each transaction's signature operations, in the same order.
    package var transactionSigopsCosts: [Int]
}

/// What `getmininginfo` shows of the block that was made last.
package struct AssembledBlock: Equatable, Sendable {
    /// Its weight, with what is kept free for header, count and coinbase.
    package var weight: Int
    /// Transactions, without the coinbase.
    package var transactionCount: Int
}

/// Makes blocks on top of the tip (Core's node/miner.cpp).
package enum BlockAssembler {
    /// What a block may hold.
    package struct Options: Equatable, Sendable {
        /// Whether transactions from the mempool go in.
        package var usesMempool = true
        /// Weight kept free for the header, the count and the coinbase (`-blockreservedweight`).
        package var reservedWeight = 8000
        /// Weight of the heaviest block to make (`-blockmaxweight`).
        package var maximumWeight = ConsensusLimits.maxBlockWeight
        /// Cost of signature operations kept free for the coinbase's outputs.
        package var reservedSigopsCost = 400
        /// Satoshis for 1000 virtual bytes below which nothing is mined (`-blockmintxfee`).
        package var minimumFeeRate: Amount = 1

        /// Core's defaults.
        package init() {}
    }

    /// Makes a block that pays to `script`.
    ///
    /// - Parameters:
    ///   - script: gets subsidy and fees.
    ///   - chain: the chain to extend.
    ///   - options: what the block may hold.
    /// - Throws: `invalid` when the block would not be valid: a bug, or a transaction that should not be in the
    ///   mempool.
    package static func assemble(
        payingTo script: Script, on chain: ChainState, options: Options = Options()
    ) throws(BlockAcceptanceError) -> BlockTemplate {
        let previous = chain.tip
        let height = previous.height + 1
        let entries = options.usesMempool ? selectTransactions(chain, options) : []
        let fees = entries.reduce(0) { $0 + $1.fee }
        let reward = fees + Subsidy.at(height: height, parameters: chain.parameters)
        let transactions = entries.map(\.transaction)
        let coinbase = coinbase(
            height: height, reward: reward, script: script, transactions: transactions, parameters: chain.parameters)
        let all = [coinbase] + transactions

        let blockTime = chain.nextBlockTime
        let header = BlockHeader(
            version: VersionBits.blockVersion(after: previous, parameters: chain.parameters),
            previousBlockHash: previous.hash, merkleRoot: MerkleTree.root(of: all.map(\.id.rawValue)).root,
            time: blockTime, bits: chain.nextRequiredBits(time: blockTime), nonce: 0)
        let block = Block(header: header, transactions: all)
        chain.lastAssembled = AssembledBlock(
            weight: options.reservedWeight + entries.reduce(0) { $0 + $1.transaction.weight },
            transactionCount: entries.count)
        try chain.testValidity(of: block, checksProofOfWork: false)
        return BlockTemplate(
            block: block, fees: fees, transactionFees: entries.map(\.fee),
            transactionSigopsCosts: entries.map(\.sigopsCost))
    }

    /// Looks for a nonce that meets the target.
    ///
    /// - Parameter tries: counts down with every hash; the search ends when it reaches 0.
    /// - Returns: the block with its proof of work, or `nil` when the tries are used up or no nonce fits.
    package static func solve(_ block: Block, parameters: ChainParameters, tries: inout UInt64) -> Block? {
        guard let target = CompactTarget(rawValue: block.header.bits).target(limit: parameters.powLimit) else {
            return nil
        }
        var nonce: UInt32 = 0
        while tries > 0 {
            let header = BlockHeader(
                version: block.header.version, previousBlockHash: block.header.previousBlockHash,
                merkleRoot: block.header.merkleRoot, time: block.header.time, bits: block.header.bits, nonce: nonce)
            if UInt256(header.hash.rawValue) <= target {
                return Block(header: header, transactions: block.transactions)
            }
            guard nonce < .max else { return nil }
            nonce += 1
            tries -= 1
        }
        return nil
    }

    /// The coinbase: the height, the reward, and the commitment to the other transactions' witnesses.
    private static func coinbase(
        height: Int, reward: Amount, script: Script, transactions: [Transaction], parameters: ChainParameters
    ) -> Transaction {
        var scriptSig = CoinbaseHeight.push(height)
        // Up to height 16 the push is a single byte, and a coinbase script has at least two.
        if height <= 16 { scriptSig.append(0x00) }
        var outputs = [TransactionOutput(value: reward, scriptPubKey: script)]
        var witness: [[UInt8]] = []
        if height >= parameters.segwitHeight {
            let root = MerkleTree.root(of: [.zero] + transactions.map(\.witnessID.rawValue)).root
            let commitment = Block.witnessCommitment(root: root)
            outputs.append(
                TransactionOutput(
                    value: 0, scriptPubKey: Script(Block.witnessCommitmentPrefix + commitment.bytes)))
            witness = [[UInt8](repeating: 0, count: 32)]
        }
        // The lock time makes the height binding; it only counts with a sequence that is not final.
        let input = TransactionInput(
            previousOutput: .null, scriptSig: Script(scriptSig), sequence: TransactionInput.finalSequence - 1,
            witness: witness)
        return Transaction(version: 2, inputs: [input], outputs: outputs, lockTime: UInt32(height - 1))
    }

    /// The best paying transactions that fit, parents before children.
    private static func selectTransactions(_ chain: ChainState, _ options: Options) -> [MempoolEntry] {
        var selected: [MempoolEntry] = []
        var chosen: Set<TransactionID> = []
        var weight = options.reservedWeight
        var sigopsCost = options.reservedSigopsCost
        for chunk in chain.mempool.chunksByFeeRate() {
            // Fee in satoshis for 1000 virtual bytes, compared without division.
            let rate = chunk.fee.multipliedReportingOverflow(by: 4000)
            guard chunk.fee >= 0, rate.overflow || rate.partialValue >= options.minimumFeeRate * Amount(chunk.weight)
            else {
                continue
            }
            guard weight + chunk.weight < options.maximumWeight,
                sigopsCost + chunk.sigopsCost < ConsensusLimits.maxBlockSigopsCost
            else { continue }
            let entries = chunk.transactionIDs.compactMap { chain.mempool[$0] }
            let members = Set(chunk.transactionIDs)
            let isPossible = entries.allSatisfy { entry in
                // A chunk that was left out takes those that depend on it along.
                chain.mempool.parents(of: entry.id).allSatisfy { chosen.contains($0) || members.contains($0) }
                    && TransactionRules.isFinal(
                        entry.transaction, height: chain.tip.height + 1, time: chain.tip.medianTimePast)
            }
            guard isPossible else { continue }
            selected += entries
            chosen.formUnion(chunk.transactionIDs)
            weight += chunk.weight
            sigopsCost += chunk.sigopsCost
        }
        return selected
    }
}

extension ChainState {
    /// The time of a block that is made now, in Unix seconds.
    package var nextBlockTime: UInt32 {
        var earliest = tip.medianTimePast + 1
        // BIP94's bound on the time is kept on all networks, in case it comes to them.
        if (tip.height + 1) % parameters.difficultyAdjustmentInterval == 0 {
            earliest = max(earliest, Int64(tip.header.time) - ConsensusLimits.maxTimewarp)
        }
        return UInt32(clamping: max(earliest, now()))
    }

    /// Makes a block with what is in the mempool, finds its proof of work and moves to it.
    ///
    /// - Parameters:
    ///   - script: gets subsidy and fees.
    ///   - tries: counts down with every hash.
    /// - Returns: the new tip, or `nil` when the tries are used up.
    /// - Throws: `BlockAcceptanceError`.
    package func mineBlock(payingTo script: Script, tries: inout UInt64) throws(BlockAcceptanceError) -> BlockIndex? {
        let template = try BlockAssembler.assemble(payingTo: script, on: self)
        guard let block = BlockAssembler.solve(template.block, parameters: parameters, tries: &tries) else {
            return nil
        }
        try acceptBlock(block)
        return tree[block.hash]
    }

    /// Checks a block that would follow the tip, without storing it (Core's `TestBlockValidity`).
    ///
    /// - Parameters:
    ///   - block: the block.
    ///   - checksProofOfWork: false for a block that is still to be mined.
    ///   - checksMerkleRoot: false for one whose coinbase is still to be filled in.
    /// - Throws: `notOnTip`; `invalid` with the first rule broken; `storage` when coins cannot be read.
    package func testValidity(
        of block: Block, checksProofOfWork: Bool = true, checksMerkleRoot: Bool = true
    ) throws(BlockAcceptanceError) {
        let previous = tip
        guard block.header.previousBlockHash == previous.hash else { throw .notOnTip }
        do {
            try BlockRules.check(
                block, parameters: parameters, checksProofOfWork: checksProofOfWork, checksMerkleRoot: checksMerkleRoot)
            try BlockHeaderRules.check(block.header, after: previous, now: now(), parameters: parameters)
            try BlockRules.check(block, after: previous, parameters: parameters)
        } catch {
            throw .invalid(error)
        }
        var overlay: CoinsOverlay
        do {
            overlay = try CoinsOverlay(over: coins, fetching: outPointsToConnect(block, after: previous))
        } catch {
            throw .storage(error)
        }
        do {
            _ = try connect(block, nil, after: previous, coins: &overlay)
        } catch {
            throw .invalid(error)
        }
    }
}
