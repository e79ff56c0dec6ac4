import BitcoinChain
import BitcoinConsensus
package import BitcoinInterfaces
package import BitcoinPrimitives

/// The chain for wallets.
package struct ChainService: Chain {
    private let manager: ChainManager
    private let events: EventClient
    private let clock: @Sendable () -> Int64

    /// Serves the chain of `manager`.
    ///
    /// - Parameters:
    ///   - events: The share of the client that is served.
    ///   - clock: The node's time, seconds since 1970.
    package init(manager: ChainManager, events: EventClient, clock: @escaping @Sendable () -> Int64) {
        self.manager = manager
        self.events = events
        self.clock = clock
    }

    package func getTip() async throws -> BlockRef? {
        try await manager.ready()
        return try await manager.withState { $0.tip.reference }
    }

    package func getBlockHash(height: Int32) async throws -> BlockHash? {
        try await manager.withState { $0.activeChain[Int(height)]?.hash }
    }

    package func findBlock(hash: BlockHash) async throws -> FoundBlock? {
        try await manager.withState { state in
            state.tree[hash].map { index in
                FoundBlock(
                    block: index.reference, time: Int64(index.header.time), medianTime: index.medianTimePast,
                    maxTime: Int64(index.latestTime), inActiveChain: state.activeChain.contains(index))
            }
        }
    }

    package func findFork(locator: [BlockHash]) async throws -> BlockRef? {
        try await manager.ready()
        return try await manager.withState { state in
            for hash in locator.prefix(1000) {
                guard let index = state.tree[hash] else { continue }
                return state.activeChain.findFork(of: index).reference
            }
            return nil
        }
    }

    package func getLocator(hash: BlockHash?) async throws -> [BlockHash] {
        try await manager.withState { state in
            guard let index = hash.map({ state.tree[$0] }) ?? state.tip else { return [] }
            return ActiveChain.locator(of: index).hashes
        }
    }

    package func getBlock(hash: BlockHash) async throws -> Block? {
        try await manager.withState { state in
            guard let index = state.tree[hash], index.hasData || index.height == 0 else { return nil }
            return try state.block(index)
        }
    }

    package func isInitialBlockDownload() async throws -> Bool {
        try await manager.withState { $0.isInitialBlockDownload() }
    }

    package func getTime() async throws -> Int64 { clock() }

    package func getMempoolAncestry(transactionID: TransactionID) async throws -> MempoolAncestry? {
        try await manager.withState { state in
            guard let ancestry = state.mempool.ancestry(of: transactionID) else { return nil }
            return MempoolAncestry(
                ancestors: UInt64(ancestry.ancestorCount), ancestorSize: UInt64(ancestry.ancestorSize),
                ancestorFees: ancestry.ancestorFees, descendants: UInt64(ancestry.descendantCount))
        }
    }

    package func broadcastTransaction(transaction: Transaction, maxFee: Int64) async throws -> String {
        try await manager.withState { state in
            do throws(MempoolRejection) {
                let entry = try state.checkTransaction(transaction, time: state.now())
                if maxFee > 0, entry.fee > maxFee { return "max-fee-exceeded" }
                try state.acceptTransaction(transaction, time: state.now())
                return ""
            } catch {
                // That a coin could not be read is no verdict on the transaction.
                if case .storage = error { throw error }
                return error.description
            }
        }
    }

    package func handleNotifications(notifications: any ChainNotifications) async throws -> any Handler {
        try await manager.ready()
        return try events.register(where: \.isForWallets) { event in
            switch event {
            case .blockConnected(let block): try await notifications.blockConnected(block: block)
            case .blockDisconnected(let block): try await notifications.blockDisconnected(block: block)
            case .transactionAdded(let transaction):
                try await notifications.transactionAddedToMempool(transaction: transaction)
            case .transactionRemoved(let id):
                try await notifications.transactionRemovedFromMempool(transactionID: id)
            case .chainStateFlushed(let locator): try await notifications.chainStateFlushed(locator: locator)
            default: break
            }
        }
    }

    package func requestMempoolTransactions(notifications: any ChainNotifications) async throws {
        try await manager.ready()
        let transactions = try await manager.withState { $0.mempool.entriesInOrder.map(\.transaction) }
        for transaction in transactions {
            try await notifications.transactionAddedToMempool(transaction: transaction)
        }
    }
}

extension NodeEvent {
    fileprivate var isForWallets: Bool {
        switch self {
        case .blockConnected, .blockDisconnected, .transactionAdded, .transactionRemoved, .chainStateFlushed: true
        default: false
        }
    }
}
