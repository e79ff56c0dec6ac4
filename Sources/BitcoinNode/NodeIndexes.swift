package import BitcoinChain
import BitcoinCommon
import Logging
import Synchronization

/// Which indexes a node keeps, and the memory that each may take, in bytes.
package struct IndexOptions: Equatable, Sendable {
    /// Where each transaction lies (`-txindex`).
    package var transactions = false
    /// What spends each output (`-txospenderindex`).
    package var spenders = false
    /// Filters of blocks (`-blockfilterindex`).
    package var filters = false
    /// Sums over the coins (`-coinstatsindex`).
    package var coinStatistics = false
    package var transactionCache = 2 << 20
    package var spenderCache = 2 << 20
    package var filterCache = 2 << 20

    /// None.
    package init() {}

    /// Whether there are none.
    package var isEmpty: Bool { !transactions && !spenders && !filters && !coinStatistics }
}

/// The indexes of a node, from their start to their stop. Each that is behind is brought forward by an `IndexWorker`.
package final class NodeIndexes: Sendable {
    /// The indexes that are kept; nil for the others.
    package struct Kept: Sendable {
        package var transactions: TransactionIndex?
        package var spenders: SpenderIndex?
        package var filters: BlockFilterIndex?
        package var coinStatistics: CoinStatisticsIndex?
        /// In the order in which `getindexinfo` shows them.
        var followers: [IndexFollower] = []

        /// Whether all of them have caught up with the chain.
        package var areSynchronized: Bool { followers.allSatisfy { $0.isSynchronized } }

        /// The follower of an index.
        func follower(of index: any ChainIndex) -> IndexFollower? { followers.first { $0.index === index } }

        /// Whether an index has caught up with the chain.
        func isSynchronized(_ index: any ChainIndex) -> Bool { follower(of: index)?.isSynchronized ?? false }
    }

    private struct State {
        var kept = Kept()
        var workers: [Task<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// The indexes that are kept now.
    package var kept: Kept { state.withLock(\.kept) }

    /// Opens the indexes, and starts to bring forward those that are behind.
    ///
    /// - Throws: `NodeError.failed` when one cannot be opened, or cannot follow the chain.
    package func start(_ options: IndexOptions, _ context: NodeContext) async throws {
        let directory = context.identity.dataDirectory
        let kept = try await context.manager.withState { chain in
            do throws(StorageError) {
                return try Self.open(options, directory, chain)
            } catch {
                throw NodeError.failed(error.fatalText)
            }
        }
        for follower in kept.followers where follower.isSynchronized { IndexWorker.noteReady(follower, context) }
        state.withLock { $0.kept = kept }
        startWorkers(context)
        try await context.manager.withState { chain in
            chain.onSnapshotVerified = { [weak self, weak context] in
                if let context { self?.startWorkers(context) }
            }
        }
    }

    /// Has every index that is behind brought forward.
    private func startWorkers(_ context: NodeContext) {
        state.withLock { state in
            for follower in state.kept.followers where !follower.isSynchronized {
                let worker = IndexWorker(follower, context)
                state.workers.append(Task { await worker.run() })
            }
        }
    }

    /// Stops bringing indexes forward, writes down where they stand and lets go of them.
    package func stop(_ context: NodeContext) async {
        let stopped = state.withLock { state in
            defer { state = State() }
            return state
        }
        guard !stopped.kept.followers.isEmpty else { return }
        for worker in stopped.workers { worker.cancel() }
        for worker in stopped.workers { await worker.value }
        // What cannot be written is missing at the next start, and made again then; the log says so.
        do {
            try await context.manager.withState { chain in
                do throws(StorageError) { try chain.stopIndexes() } catch { throw BlockAcceptanceError.storage(error) }
            }
        } catch {
            context.log.write("The indexes were not written: \(error)", level: .error)
        }
    }

    private static func open(
        _ options: IndexOptions, _ directory: String, _ chain: ChainState
    ) throws(StorageError) -> Kept {
        var kept = Kept()
        let isRebuilt = chain.isRebuilt
        func attached<Index: ChainIndex>(_ index: Index) throws(StorageError) -> Index {
            kept.followers.append(try chain.attach(index))
            return index
        }
        if options.transactions {
            kept.transactions = try attached(
                TransactionIndex(directory: directory, cacheSize: options.transactionCache, isRebuilt: isRebuilt))
        }
        if options.coinStatistics {
            kept.coinStatistics = try attached(
                CoinStatisticsIndex(directory: directory, parameters: chain.parameters, isRebuilt: isRebuilt))
        }
        if options.spenders {
            kept.spenders = try attached(
                SpenderIndex(directory: directory, cacheSize: options.spenderCache, isRebuilt: isRebuilt))
        }
        if options.filters {
            kept.filters = try attached(
                BlockFilterIndex(directory: directory, cacheSize: options.filterCache, isRebuilt: isRebuilt))
        }
        return kept
    }
}
