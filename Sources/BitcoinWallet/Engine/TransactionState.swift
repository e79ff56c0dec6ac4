package import BitcoinInterfaces
package import BitcoinPrimitives

/// Where a transaction of the wallet stands (Core's wallet/transaction.h).
package enum TransactionState: Sendable, Equatable {
    /// In a block of the active chain. `time` is the block's.
    case confirmed(block: BlockRef, index: Int32, time: Int64)
    /// In the mempool.
    case inMempool
    /// A block of the active chain spends one of its inputs, or an ancestor's, otherwise.
    case conflicted(block: BlockRef)
    /// Neither in a block nor in the mempool.
    case inactive(abandoned: Bool)
    /// In a block whose place is not known yet: read from the file, not yet compared with the chain. An index below
    /// zero means in conflict with that block.
    case unresolved(block: BlockHash, index: Int32)

    /// The state that a record tells.
    init(blockHash: BlockHash, index: Int32) {
        switch (blockHash, index) {
        case (.zero, 0): self = .inactive(abandoned: false)
        case (TransactionRecord.abandonedMark, -1): self = .inactive(abandoned: true)
        default: self = .unresolved(block: blockHash, index: index)
        }
    }

    /// What a record keeps of the state.
    var recorded: (blockHash: BlockHash, index: Int32) {
        switch self {
        case .confirmed(let block, let index, _): (block.hash, index)
        case .inMempool: (.zero, 0)
        case .conflicted(let block): (block.hash, -1)
        case .inactive(let abandoned): abandoned ? (TransactionRecord.abandonedMark, -1) : (.zero, 0)
        case .unresolved(let hash, let index): (hash, index)
        }
    }

    /// Whether it is in a block.
    package var isConfirmed: Bool {
        if case .confirmed = self { return true }
        return false
    }

    /// Whether a block contradicts it.
    package var isConflicted: Bool {
        if case .conflicted = self { return true }
        return false
    }

    /// Whether the user, or the end of its coinbase, gave it up.
    package var isAbandoned: Bool { self == .inactive(abandoned: true) }

    /// Whether it is neither in a block nor in the mempool nor contradicted by a block.
    package var isInactive: Bool {
        if case .inactive = self { return true }
        return false
    }
}
