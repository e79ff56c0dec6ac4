package import BitcoinConsensus
package import BitcoinPrimitives

extension ChainState {
    /// Takes a transaction into the mempool (Core's `AcceptToMemoryPool`, without policy on shapes and fees).
    ///
    /// - Parameters:
    ///   - transaction: the transaction.
    ///   - time: when it came, in Unix seconds.
    /// - Returns: its entry.
    /// - Throws: why it was not taken.
    @discardableResult
    package func acceptTransaction(
        _ transaction: Transaction, time: Int64
    ) throws(MempoolRejection) -> MempoolEntry {
        let entry = try checkTransaction(transaction, time: time)
        mempool.add(entry)
        return mempool[transaction.id] ?? entry
    }

    /// Checks whether the mempool would take a transaction, and changes nothing.
    ///
    /// - Throws: why it would not.
    package func checkTransaction(
        _ transaction: Transaction, time: Int64
    ) throws(MempoolRejection) -> MempoolEntry {
        do {
            try TransactionRules.check(transaction)
        } catch {
            throw .consensus(error)
        }
        if transaction.isCoinbase { throw .coinbase }
        // 64 bytes without witness could be taken for two hashes of a merkle tree (CVE-2017-12842).
        if transaction.strippedSize < 65 { throw .tooSmall }
        guard TransactionRules.isFinal(transaction, height: tip.height + 1, time: tip.medianTimePast) else {
            throw .nonFinal
        }
        if let known = mempool[transaction.id] {
            throw known.transaction.witnessID == transaction.witnessID ? .alreadyInMempool : .sameNonWitnessData
        }
        if transaction.inputs.contains(where: { mempool.spender(of: $0.previousOutput) != nil }) { throw .conflict }

        let spent = try spentCoins(of: transaction)
        guard sequenceLocksAllow(transaction, spending: spent) else { throw .nonSequenceFinal }
        let fee: Amount
        do {
            fee = try TransactionRules.fee(of: transaction, spending: spent, height: tip.height + 1)
            // Last, since they take the longest.
            try scriptChecks.verify(transaction, spending: spent, blockFlags: tipScriptFlags)
        } catch {
            throw .consensus(error)
        }
        return MempoolEntry(
            transaction: transaction, fee: fee, time: time, height: tip.height, sequence: 0,
            sigopsCost: Sigops.cost(of: transaction, spending: spent, countsP2SH: true),
            spendsCoinbase: spent.contains(where: \.isCoinbase), feeDelta: mempool.feeDeltas[transaction.id] ?? 0)
    }

    /// Takes what Core saved of its mempool when it stopped (Core's `LoadMempool`).
    ///
    /// - Parameters:
    ///   - file: the decoded file.
    ///   - expiry: seconds after which a transaction is too old.
    /// - Returns: how many were taken, refused, too old, and already there.
    package func loadMempool(_ file: MempoolFile, expiry: Int64 = 336 * 60 * 60) -> MempoolLoadResult {
        var result = MempoolLoadResult()
        let now = now()
        for saved in file.transactions {
            if saved.feeDelta != 0 { mempool.prioritise(saved.transaction.id, by: saved.feeDelta) }
            guard saved.time > now - expiry else {
                result.expired += 1
                continue
            }
            do {
                try acceptTransaction(saved.transaction, time: saved.time)
                result.accepted += 1
            } catch {
                if error == .alreadyInMempool {
                    result.alreadyThere += 1
                } else {
                    result.refused.append((saved.transaction.id, error))
                }
            }
        }
        for (id, delta) in file.feeDeltas { mempool.prioritise(id, by: delta) }
        for id in file.unbroadcast { mempool.markUnbroadcast(id) }
        result.unbroadcast = file.unbroadcast.count
        return result
    }

    /// Removes transactions that have waited longer than `expiry` seconds (`-mempoolexpiry`).
    package func expireMempool(expiry: Int64 = 336 * 60 * 60) {
        mempool.expire(before: now() - expiry)
    }

    /// Adds to the fee of a transaction for the choice of what goes into blocks, also before it comes.
    package func prioritise(_ id: TransactionID, by delta: Amount) {
        mempool.prioritise(id, by: delta)
    }

    /// The coins that a transaction spends, from the chain and from the mempool. The latter count as made by the next
    /// block.
    ///
    /// - Throws: `consensus` when one is missing, `alreadyKnown` when that is since the transaction itself is in a
    ///   block, `storage`.
    package func spentCoins(of transaction: Transaction) throws(MempoolRejection) -> [Coin] {
        var spent: [Coin] = []
        for input in transaction.inputs {
            if let output = mempool.output(at: input.previousOutput) {
                spent.append(Coin(output: output, height: tip.height + 1, isCoinbase: false))
                continue
            }
            do {
                if let coin = try coins.coin(at: input.previousOutput) {
                    spent.append(coin)
                    continue
                }
                for index in transaction.outputs.indices {
                    let made = OutPoint(transactionID: transaction.id, index: UInt32(index))
                    if try coins.coin(at: made) != nil { throw MempoolRejection.alreadyKnown }
                }
            } catch let error as StorageError {
                throw .storage(error)
            } catch {
                throw .alreadyKnown
            }
            throw .consensus(ConsensusFailure(.inputsMissingOrSpent))
        }
        return spent
    }

    private func sequenceLocksAllow(_ transaction: Transaction, spending spent: [Coin]) -> Bool {
        SequenceLocks(of: transaction, coinHeights: spent.map(\.height), after: tip).allow(after: tip)
    }

    /// Puts the transactions of disconnected blocks back and removes what the new chain does not allow (Core's
    /// `MaybeUpdateMempoolForReorg`).
    ///
    /// - Parameter disconnected: the blocks, the former tip first.
    func restoreMempool(after disconnected: [Block]) {
        for transaction in disconnected.reversed().flatMap(\.transactions) {
            let isBack = !transaction.isCoinbase && (try? acceptTransaction(transaction, time: now())) != nil
            // What depends on a transaction that is nowhere cannot stay; what is in a block of the new chain can.
            if !isBack, !isInCoins(transaction) { mempool.removeSpenders(of: transaction, .reorganisation) }
        }
        for entry in mempool.entriesInOrder where mempool[entry.id] != nil && !isStillValid(entry) {
            mempool.remove(entry.id, .reorganisation)
        }
    }

    private func isInCoins(_ transaction: Transaction) -> Bool {
        transaction.outputs.indices.contains { index in
            let made = OutPoint(transactionID: transaction.id, index: UInt32(index))
            return (try? coins.coin(at: made)) != nil
        }
    }

    private func isStillValid(_ entry: MempoolEntry) -> Bool {
        let transaction = entry.transaction
        guard TransactionRules.isFinal(transaction, height: tip.height + 1, time: tip.medianTimePast),
            let spent = try? spentCoins(of: transaction), sequenceLocksAllow(transaction, spending: spent)
        else { return false }
        return spent.allSatisfy { coin in
            !coin.isCoinbase || tip.height + 1 - coin.height >= ConsensusLimits.coinbaseMaturity
        }
    }
}

/// What came of a saved mempool.
package struct MempoolLoadResult {
    /// Transactions taken.
    package var accepted = 0
    /// Transactions refused, with the reasons.
    package var refused: [(TransactionID, MempoolRejection)] = []
    /// Transactions that were too old.
    package var expired = 0
    /// Transactions that had come another way.
    package var alreadyThere = 0
    /// Transactions that no peer had asked for.
    package var unbroadcast = 0
}
