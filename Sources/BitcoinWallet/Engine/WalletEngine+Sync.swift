package import BitcoinInterfaces
package import BitcoinPrimitives
import BitcoinScript
import ByteCoding

/// What the engine must know to date a transaction that it adds.
package struct SyncContext: Sendable {
    /// The node's clock, seconds since 1970.
    package var now: Int64
    /// Highest header time of the chain up to the transaction's block; 0 outside blocks.
    package var blockMaxTime: Int64
    /// Whether the block is read again rather than new.
    package var isRescan: Bool

    /// Makes the value from its parts.
    package init(now: Int64, blockMaxTime: Int64 = 0, isRescan: Bool = false) {
        self.now = now
        self.blockMaxTime = blockMaxTime
        self.isRescan = isRescan
    }
}

// Following the chain: transactions come and go, in and out of blocks.
extension WalletEngine {
    /// Whether a transaction has anything to do with the wallet, be it that it contradicts one of the wallet's.
    package func touches(_ transaction: Transaction) -> Bool {
        involves(transaction) || transaction.inputs.contains { spends[$0.previousOutput] != nil }
    }

    /// Whether a transaction has anything to do with the wallet.
    package func involves(_ transaction: Transaction) -> Bool {
        transactions[transaction.id] != nil || pays(transaction) || isFromMe(transaction)
    }

    /// Takes in a transaction, if it has anything to do with the wallet (Core's `AddToWalletIfInvolvingMe`).
    ///
    /// - Returns: Whether it has.
    /// - Throws: `DatabaseError`.
    @discardableResult
    func sync(
        _ transaction: Transaction, state: TransactionState, context: SyncContext
    ) throws -> Bool {
        if case .confirmed(let block, _, _) = state {
            for input in transaction.inputs {
                for other in spends[input.previousOutput] ?? [] where other != transaction.id {
                    try markConflicted(other, by: block)
                }
            }
        }
        guard involves(transaction) else { return false }
        for output in transaction.outputs { try markUsed(output.scriptPubKey) }
        try add(transaction, state: state, context: context)
        return true
    }

    private func add(_ transaction: Transaction, state: TransactionState, context: SyncContext) throws {
        if flags.contains(.avoidReuse) {
            for input in transaction.inputs { try markSpentFrom(input.previousOutput) }
        }
        let entry: WalletTransaction
        var isChanged: Bool
        if let known = transactions[transaction.id] {
            entry = known
            isChanged = known.update(transaction, state: state)
        } else {
            entry = WalletTransaction(transaction: transaction, state: state)
            isChanged = true
            entry.details.timeReceived = UInt32(clamping: context.now)
            entry.details.orderPosition = nextOrderPosition
            nextOrderPosition += 1
            try writeNextOrderPosition()
            entry.details.timeSmart = smartTime(of: entry, context: context)
            transactions[entry.id] = entry
            ordered.append(entry)
            addSpends(of: entry)
            for input in transaction.inputs { try unlockCoin(input.previousOutput) }
            considerBirthTime(entry.time)
        }
        if entry.isCoinbase, entry.state.isInactive {
            try abandonWithDescendants(entry)
            isChanged = true
        }
        if isChanged {
            try write(entry)
            changes.add(entry.id)
        }
        addOwnOutputs(of: entry)
    }

    /// The time that is shown for a new transaction: that of its block where it makes sense, so that the order of times
    /// is the order of the wallet (Core's `ComputeTimeSmart`).
    private func smartTime(of entry: WalletTransaction, context: SyncContext) -> UInt32 {
        let received = Int64(entry.details.timeReceived)
        guard case .confirmed(_, _, let blockTime) = entry.state else { return entry.details.timeReceived }
        guard !context.isRescan else { return UInt32(clamping: context.blockMaxTime) }
        var latestNow = received
        var latestEntry: Int64 = 0
        // Times up to five minutes ahead are believed.
        if let last = ordered.last(where: { $0.time <= received + 300 }) {
            latestEntry = last.time
            latestNow = max(latestNow, last.time)
        }
        return UInt32(clamping: max(latestEntry, min(blockTime, latestNow)))
    }

    /// The coins of a block that left the chain no longer exist, nor what was made of them.
    private func abandonWithDescendants(_ entry: WalletTransaction) throws {
        var left = [entry]
        while let next = left.popLast() {
            next.state = .inactive(abandoned: true)
            try write(next)
            changes.add(next.id)
            left += spenders(of: next).compactMap { transactions[$0] }.filter { !$0.state.isAbandoned }
        }
    }

    private func spenders(of entry: WalletTransaction) -> [TransactionID] {
        entry.transaction.outputs.indices.flatMap { index in
            spends[OutPoint(transactionID: entry.id, index: UInt32(index))] ?? []
        }
    }

    /// Gives up a transaction that is in neither a block nor the mempool, with its descendants.
    ///
    /// - Returns: False when it is in one of them.
    /// - Throws: `DatabaseError`.
    @discardableResult
    package func abandon(_ entry: WalletTransaction) throws -> Bool {
        guard depth(of: entry) == 0, entry.state != .inMempool else { return false }
        try updateWithDescendants(entry.id, writing: true) { transaction in
            guard !transaction.state.isConflicted, !transaction.state.isAbandoned else { return false }
            transaction.state = .inactive(abandoned: true)
            return true
        }
        return true
    }

    /// Notes that a block spends what a transaction spends.
    private func markConflicted(_ id: TransactionID, by block: BlockRef) throws {
        guard let tip = lastBlock?.height, block.height >= 0 else { return }
        let confirmations = -(tip - block.height + 1)
        guard confirmations < 0 else { return }
        try updateWithDescendants(id, writing: true) { transaction in
            guard confirmations < self.depth(of: transaction) else { return false }
            transaction.state = .conflicted(block: block)
            return true
        }
    }

    /// Changes a transaction and, where it changed, those that spend its outputs.
    private func updateWithDescendants(
        _ id: TransactionID, writing: Bool, _ update: (WalletTransaction) -> Bool
    ) throws {
        var left = [id]
        var seen: Set<TransactionID> = [id]
        while let next = left.popLast() {
            guard let transaction = transactions[next], update(transaction) else { continue }
            changes.add(next)
            if writing { try write(transaction) }
            for spender in spenders(of: transaction) where seen.insert(spender).inserted { left.append(spender) }
        }
    }

    /// Addresses that were spent from are marked, in wallets that avoid reuse.
    private func markSpentFrom(_ output: OutPoint) throws {
        guard let own = ownOutputs[output], let destination = Destination(scriptPubKey: own.scriptPubKey),
            addressBook.entries[destination]?.isPreviouslySpent != true,
            let address = destination.address(on: network)
        else { return }
        addressBook.setPreviouslySpent(true, of: destination)
        let key = RecordType.destinationData.key { writer in
            writer.writeText(address)
            writer.writeText("used")
        }
        try database.write(key, [1, UInt8(ascii: "1")])
    }

    /// A transaction entered the mempool.
    ///
    /// - Throws: `DatabaseError`.
    package func addedToMempool(_ transaction: Transaction, context: SyncContext) throws {
        try database.transaction {
            // One in a block stays there whatever a late message says.
            if transactions[transaction.id]?.state.isConfirmed != true {
                try sync(transaction, state: .inMempool, context: context)
            }
            for input in transaction.inputs {
                for other in spends[input.previousOutput] ?? [] where other != transaction.id {
                    try noteMempoolConflict(of: other, with: transaction.id)
                }
            }
            // Version 3 allows one child: whoever spends another output of the parent cannot enter any more.
            guard transaction.version == 3 else { return }
            for input in transaction.inputs {
                guard let parent = transactions[input.previousOutput.transactionID], parent.isUnconfirmed else {
                    continue
                }
                for sibling in spenders(of: parent) where sibling != transaction.id {
                    try noteMempoolConflict(of: sibling, with: transaction.id)
                }
            }
        }
    }

    /// A transaction left the mempool.
    ///
    /// - Throws: `DatabaseError`.
    package func removedFromMempool(_ id: TransactionID) throws {
        if let entry = transactions[id], entry.state == .inMempool {
            entry.state = .inactive(abandoned: false)
            changes.add(id)
            try write(entry)
        }
        forgetMempoolConflict(with: id)
    }

    private func noteMempoolConflict(of id: TransactionID, with opponent: TransactionID) throws {
        mempoolOpponents.insert(opponent)
        try updateWithDescendants(id, writing: false) { $0.mempoolConflicts.insert(opponent).inserted }
    }

    /// What a transaction in the mempool contradicted is contradicted no longer.
    private func forgetMempoolConflict(with id: TransactionID) {
        guard mempoolOpponents.remove(id) != nil else { return }
        for entry in ordered where entry.mempoolConflicts.remove(id) != nil { changes.add(entry.id) }
    }

    /// A block joined the chain.
    ///
    /// - Returns: Whether a transaction of the wallet is in it; then the caller writes a new locator.
    /// - Throws: `DatabaseError`.
    package func connected(_ block: ConnectedBlock, now: Int64) throws -> Bool {
        lastBlock = block.block
        changes.status = true
        changes.balances = true
        // Blocks from before the wallet's time, with twice the grace for the clocks of miners.
        guard block.maxTime >= birthTime - 4 * 60 * 60 else { return false }
        let context = SyncContext(now: now, blockMaxTime: block.maxTime)
        return try scan(block.data, at: block.block, context: context)
    }

    /// Looks through a block.
    ///
    /// - Returns: Whether a transaction of the wallet is in it.
    /// - Throws: `DatabaseError`.
    package func scan(_ block: Block, at reference: BlockRef, context: SyncContext) throws -> Bool {
        var isFound = false
        try database.transaction {
            for (index, transaction) in block.transactions.enumerated() {
                let state = TransactionState.confirmed(
                    block: reference, index: Int32(index), time: Int64(block.header.time))
                if try sync(transaction, state: state, context: context) { isFound = true }
                if !context.isRescan { forgetMempoolConflict(with: transaction.id) }
            }
        }
        return isFound
    }

    /// A block left the chain; the last one.
    ///
    /// - Throws: `DatabaseError`.
    package func disconnected(_ block: ConnectedBlock, now: Int64) throws {
        try database.transaction {
            for (index, transaction) in block.data.transactions.enumerated() {
                try sync(transaction, state: .inactive(abandoned: index == 0), context: SyncContext(now: now))
                for input in transaction.inputs {
                    for other in spends[input.previousOutput] ?? []
                    where transactions[other]?.state.isConflicted == true {
                        try updateWithDescendants(other, writing: true) { entry in
                            guard case .conflicted(let by) = entry.state, by.height >= block.block.height else {
                                return false
                            }
                            entry.state = .inactive(abandoned: false)
                            return true
                        }
                    }
                }
            }
        }
        lastBlock = BlockRef(hash: block.previous, height: block.block.height - 1)
        changes.status = true
        changes.balances = true
    }

    /// Blocks that transactions of the file say they are in, or in conflict with; to be looked up before the wallet
    /// is used.
    package var unresolvedBlocks: Set<BlockHash> {
        Set(
            ordered.compactMap {
                guard case .unresolved(let hash, _) = $0.state else { return nil }
                return hash
            })
    }

    /// Places transactions of the file in the chain. Those whose block is not in the active chain are in none.
    ///
    /// - Parameter blocks: The answers for `unresolvedBlocks`, those in the active chain.
    /// - Throws: `DatabaseError`.
    package func resolve(_ blocks: [BlockHash: FoundBlock]) throws {
        for entry in ordered {
            guard case .unresolved(let hash, let index) = entry.state else { continue }
            if let found = blocks[hash], found.inActiveChain {
                entry.state =
                    index < 0
                    ? .conflicted(block: found.block)
                    : .confirmed(block: found.block, index: index, time: found.time)
            } else {
                entry.state = .inactive(abandoned: false)
                entry.chooseVariant()
            }
        }
        for entry in ordered where entry.isCoinbase && entry.state.isInactive { try abandon(entry) }
        changes.balances = true
    }

    /// Forgets which blocks transactions are in; they must be resolved again.
    package func forgetBlocks() {
        lastBlock = nil
        for entry in ordered {
            switch entry.state {
            case .confirmed(let block, let index, _): entry.state = .unresolved(block: block.hash, index: index)
            case .conflicted(let block): entry.state = .unresolved(block: block.hash, index: -1)
            case .inMempool, .inactive, .unresolved: break
            }
        }
    }

    /// Forgets what is in the mempool; it must be told again.
    ///
    /// - Throws: `DatabaseError`.
    package func forgetMempool() throws {
        for entry in ordered where entry.state == .inMempool { try removedFromMempool(entry.id) }
        for id in mempoolOpponents { forgetMempoolConflict(with: id) }
    }

    // Records.

    /// Writes a transaction with all its witnesses, unless the file has it so.
    func write(_ entry: WalletTransaction) throws {
        let id = entry.id.rawValue
        try writeIfNew(RecordType.transaction.key { $0.writeHash256(id) }, entry.record.encoded)
        for (witnessID, variant) in entry.variants {
            let key = RecordType.witnessVariant.key { writer in
                writer.writeHash256(id)
                writer.writeHash256(witnessID.rawValue)
            }
            try writeIfNew(key, variant.encoded())
        }
    }

    private func writeIfNew(_ key: [UInt8], _ value: [UInt8]) throws {
        if try database.read(key) != value { try database.write(key, value) }
    }

    private func writeNextOrderPosition() throws {
        var value = ByteWriter()
        value.writeInt64(nextOrderPosition)
        try database.write(RecordType.nextOrderPosition.key(), value.bytes)
    }

    /// Writes where the wallet stands.
    ///
    /// - Throws: `DatabaseError`.
    package func write(locator: [BlockHash]) throws {
        guard !locator.isEmpty else { return }
        try database.transaction {
            // Empty, so that old versions, which need a merkle branch, scan again.
            try writeIfNew(RecordType.bestBlock.key(), BlockLocator().encoded)
            try writeIfNew(RecordType.bestBlockNoMerkle.key(), BlockLocator(hashes: locator).encoded)
        }
        storedLocator = BlockLocator(hashes: locator)
    }

    /// Removes the lock of an output.
    ///
    /// - Throws: `DatabaseError`.
    package func unlockCoin(_ output: OutPoint) throws {
        guard let isStored = lockedCoins.removeValue(forKey: output), isStored else { return }
        let key = RecordType.lockedOutput.key { output.encode(to: &$0) }
        try database.erase(key)
    }

    /// Locks an output, for as long as the wallet is open or for good.
    ///
    /// - Throws: `DatabaseError`.
    package func lockCoin(_ output: OutPoint, persistently isPersistent: Bool) throws {
        lockedCoins[output] = isPersistent
        if isPersistent {
            try database.write(RecordType.lockedOutput.key { output.encode(to: &$0) }, [UInt8(ascii: "1")])
        }
    }
}
