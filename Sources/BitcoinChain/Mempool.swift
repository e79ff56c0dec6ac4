internal import BitcoinConsensus
package import BitcoinPrimitives

/// Transactions that wait for a block, and how they depend on each other.
///
/// Only `ChainState` adds and removes; it has checked what it adds. There is no size limit and no replacement yet.
package final class Mempool {
    private var entries: [TransactionID: MempoolEntry] = [:]
    private var spenders: [OutPoint: TransactionID] = [:]
    private var witnessIDs: [WitnessTransactionID: TransactionID] = [:]
    /// Additions to fees by id, also for transactions that are not here.
    package private(set) var feeDeltas: [TransactionID: Amount] = [:]
    /// Transactions that no peer has asked for yet.
    package private(set) var unbroadcast: Set<TransactionID> = []
    /// Grows with every change.
    package private(set) var sequence: UInt64 = 1
    var onEvent: ((ChainEvent) -> Void)?

    init() {}

    /// The number of transactions.
    package var count: Int { entries.count }

    /// The entry with this id.
    package subscript(id: TransactionID) -> MempoolEntry? { entries[id] }

    /// The entry whose transaction has this hash with witnesses.
    package subscript(witnessID: WitnessTransactionID) -> MempoolEntry? {
        witnessIDs[witnessID].flatMap { entries[$0] }
    }

    /// All entries in the order in which they came.
    package var entriesInOrder: [MempoolEntry] { entries.values.sorted { $0.sequence < $1.sequence } }

    /// All entries, each after those it depends on.
    package var entriesParentsFirst: [MempoolEntry] {
        var depths: [TransactionID: Int] = [:]
        for id in entries.keys { depths[id] = ancestors(of: id).count }
        return entries.values.sorted { left, right in
            let (leftDepth, rightDepth) = (depths[left.id] ?? 0, depths[right.id] ?? 0)
            return leftDepth != rightDepth ? leftDepth < rightDepth : left.sequence < right.sequence
        }
    }

    /// All ids, in no order.
    package var transactionIDs: some Collection<TransactionID> { entries.keys }

    /// Sum of the virtual sizes.
    package var totalVirtualSize: Int { entries.values.reduce(0) { $0 + $1.virtualSize } }

    /// Sum of the fees, without additions.
    package var totalFee: Amount { entries.values.reduce(0) { $0 + $1.fee } }

    /// The transaction that spends `outPoint`.
    package func spender(of outPoint: OutPoint) -> TransactionID? { spenders[outPoint] }

    /// The output at `outPoint`, if a transaction here makes it.
    package func output(at outPoint: OutPoint) -> TransactionOutput? {
        guard let outputs = entries[outPoint.transactionID]?.transaction.outputs,
            outputs.indices.contains(Int(outPoint.index))
        else { return nil }
        return outputs[Int(outPoint.index)]
    }

    /// The transactions here whose outputs this one spends.
    package func parents(of id: TransactionID) -> Set<TransactionID> {
        guard let transaction = entries[id]?.transaction else { return [] }
        return Set(transaction.inputs.map(\.previousOutput.transactionID).filter { entries[$0] != nil })
    }

    /// The transactions here that spend outputs of this one.
    package func children(of id: TransactionID) -> Set<TransactionID> {
        guard let transaction = entries[id]?.transaction else { return [] }
        return Set(
            transaction.outputs.indices.compactMap { spenders[OutPoint(transactionID: id, index: UInt32($0))] })
    }

    /// This transaction and all that it depends on.
    package func ancestors(of id: TransactionID) -> Set<TransactionID> { closure(of: id, parents) }

    /// This transaction and all that depend on it.
    package func descendants(of id: TransactionID) -> Set<TransactionID> { closure(of: id, children) }

    /// This transaction and all that are tied to it in either direction.
    package func cluster(of id: TransactionID) -> Set<TransactionID> {
        closure(of: id) { parents(of: $0).union(children(of: $0)) }
    }

    private func closure(
        of id: TransactionID, _ neighbours: (TransactionID) -> Set<TransactionID>
    ) -> Set<TransactionID> {
        guard entries[id] != nil else { return [] }
        var found: Set<TransactionID> = [id]
        var queue = [id]
        while let next = queue.popLast() {
            for neighbour in neighbours(next) where found.insert(neighbour).inserted { queue.append(neighbour) }
        }
        return found
    }

    /// Adds a transaction that was checked.
    func add(_ entry: MempoolEntry) {
        var entry = entry
        entry.sequence = sequence
        entry.feeDelta = feeDeltas[entry.id] ?? 0
        sequence += 1
        entries[entry.id] = entry
        witnessIDs[entry.transaction.witnessID] = entry.id
        for input in entry.transaction.inputs { spenders[input.previousOutput] = entry.id }
        onEvent?(.transactionAdded(entry))
    }

    /// Adds to the fee of a transaction for the choice of what goes into blocks.
    func prioritise(_ id: TransactionID, by delta: Amount) {
        let total = feeDeltas[id, default: 0].saturatingAdd(delta)
        feeDeltas[id] = total == 0 ? nil : total
        entries[id]?.feeDelta = total
    }

    /// Notes that no peer has asked for a transaction yet.
    func markUnbroadcast(_ id: TransactionID) {
        if entries[id] != nil { unbroadcast.insert(id) }
    }

    /// Removes a transaction and, unless it went into a block, all that depend on it.
    func remove(_ id: TransactionID, _ reason: MempoolRemovalReason) {
        let leaving = reason == .block ? [id] : Array(descendants(of: id))
        for id in leaving {
            guard let entry = entries.removeValue(forKey: id) else { continue }
            for input in entry.transaction.inputs where spenders[input.previousOutput] == id {
                spenders[input.previousOutput] = nil
            }
            witnessIDs[entry.transaction.witnessID] = nil
            unbroadcast.remove(id)
            sequence += 1
            onEvent?(.transactionRemoved(entry, reason))
        }
    }

    /// Removes what came before `time`, in Unix seconds, and what depends on it.
    func expire(before time: Int64) {
        for entry in entriesInOrder where entry.time < time { remove(entry.id, .expiry) }
    }

    /// Removes what a block contains and what it makes impossible.
    func removeForBlock(_ block: Block) {
        guard !entries.isEmpty || !feeDeltas.isEmpty else { return }
        for transaction in block.transactions {
            remove(transaction.id, .block)
            removeConflicts(with: transaction)
            feeDeltas[transaction.id] = nil
        }
    }

    /// Removes what spends the same coins as `transaction`.
    func removeConflicts(with transaction: Transaction) {
        for input in transaction.inputs {
            if let spender = spenders[input.previousOutput], spender != transaction.id { remove(spender, .conflict) }
        }
    }

    /// Removes what depends on a transaction that is not here itself.
    func removeSpenders(of transaction: Transaction, _ reason: MempoolRemovalReason) {
        remove(transaction.id, reason)
        for index in transaction.outputs.indices {
            if let spender = spenders[OutPoint(transactionID: transaction.id, index: UInt32(index))] {
                remove(spender, reason)
            }
        }
    }
}
