// Design note: the node behind its interfaces.
//
// - `ChainManager` is the actor that owns the `ChainState`; everything that reads or changes the chain runs on it.
// - `EventHub` carries what happened to whoever registered. Each registration has its own ordered, bounded queue, so a
//   slow terminal delays neither the chain nor a wallet; one that falls too far behind is cut off and says so in the
// log.
// - `NodeService`, `ChainService`, `MiningService`, `WalletRegistry` and `RpcService` implement the interfaces. They
// hold no state of the chain. None of them knows whether its caller is in this process.
// - The node holds no keys and links no wallet code: wallets are `ChainClient`s, spawned through a `WalletSpawner` that
//   the executable supplies, or attached from outside.

package import BitcoinChain
import BitcoinConsensus
package import BitcoinInterfaces
import BitcoinPrimitives
import Synchronization

/// The owner of the chain state: one actor, so that changes and their events have one order.
package actor ChainManager {
    private let configuration: ChainState.Configuration
    private var loaded: ChainState?
    private let readiness = Readiness()
    private let hub: EventHub
    private let executor = ChainExecutor()
    /// Whether `loaded` is there; known without a visit to the actor, which stands still while it loads.
    private let isLoaded = Atomic(false)
    private let failureHandler = Mutex<(@Sendable (String) -> Void)?>(nil)
    private let stopHandler = Mutex<(@Sendable () -> Void)?>(nil)

    /// The executor of the chain's own queue.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Prepares a manager; nothing is read yet.
    ///
    /// - Parameters:
    ///   - hub: Receives the events.
    ///   - configuration: Where the chain lies, and how it is kept.
    package init(hub: EventHub, configuration: ChainState.Configuration) {
        self.hub = hub
        self.configuration = configuration
    }

    /// Brings the chain to where it was, and settles on the best one.
    ///
    /// - Parameters:
    ///   - checks: What of the last blocks is checked again.
    ///   - progress: Told how far loading is; returns false to stop.
    /// - Throws: `NodeError.failed` when something cannot be read or written, or is damaged.
    package func load(
        checks: VerificationScope = VerificationScope(), progress: @escaping @Sendable (LoadProgress) -> Bool
    ) throws -> LoadReport {
        do throws(StorageError) {
            let state = try ChainState(configuration)
            state.onStopHeight = { [weak self] in self?.stopHandler.withLock { $0 }?() }
            let report = try state.load(checks: checks, progress: progress)
            loaded = state
            isLoaded.store(true, ordering: .releasing)
            return report
        } catch {
            throw NodeError.failed(error.fatalText)
        }
    }

    /// Takes in the blocks of files that lie somewhere else.
    ///
    /// - Parameters:
    ///   - path: The file, or a folder of block files.
    ///   - progress: Told how far it is; returns false to stop.
    /// - Throws: `NodeError.failed` when something cannot be read or written.
    package func importBlocks(
        from path: String, progress: @escaping @Sendable (LoadProgress) -> Bool
    ) throws -> LoadReport {
        try run { state throws(BlockAcceptanceError) in
            do throws(StorageError) {
                return try state.importBlocks(from: path, progress: progress)
            } catch {
                throw .storage(error)
            }
        }
    }

    /// Writes everything to disk and lets go of the files. Nothing can be asked of the chain afterwards.
    ///
    /// - Throws: `NodeError.failed` when it cannot be written; what is on disk is of use then too.
    package func close() throws {
        guard let state = loaded else { return }
        isLoaded.store(false, ordering: .releasing)
        loaded = nil
        state.onEvent = nil
        do throws(StorageError) {
            try state.flush()
        } catch {
            throw NodeError.failed(error.fatalText)
        }
    }

    /// Lets waiting callers in and begins to send events. Called once, after `load` and the mempool.
    package func becomeReady() {
        guard let state = loaded else { return }
        state.onEvent = { event in self.publish(event, state) }
        readiness.open()
    }

    /// Waits until the chain is loaded. Returns at once afterwards.
    ///
    /// Not on the actor, which stands still meanwhile: a caller that gives up is let go at once.
    /// - Throws: `CancellationError` when the task is cancelled.
    package nonisolated func ready() async throws { try await readiness.wait() }

    /// Runs `body` on the chain state.
    ///
    /// - Throws: `NodeError.loading` before the chain is loaded, `NodeError.failed` when `body` throws an error after
    ///   which the node cannot go on (the handler of `onFailure` has been called then), and what else `body` throws.
    package nonisolated func withState<Result: Sendable>(
        _ body: @Sendable (ChainState) throws -> Result
    ) async throws -> Result {
        guard isLoaded.load(ordering: .acquiring) else { throw NodeError.loading }
        return try await run(body)
    }

    private func run<Result: Sendable>(_ body: @Sendable (ChainState) throws -> Result) throws -> Result {
        guard let loaded else { throw NodeError.loading }
        do {
            return try body(loaded)
        } catch let error as any PossiblyFatal {
            guard let text = error.fatalText else { throw error }
            failureHandler.withLock { $0 }?(text)
            throw NodeError.failed(text)
        }
    }

    /// Ends the node because of an error of the disk that showed elsewhere.
    nonisolated func fail(_ error: StorageError) { failureHandler.withLock { $0 }?(error.fatalText) }

    /// Sets who is told, with a text for the user, when the chain cannot be kept any more.
    package nonisolated func onFailure(_ handler: @escaping @Sendable (String) -> Void) {
        failureHandler.withLock { $0 = handler }
    }

    /// Sets who is told when the chain has reached the height of `-stopatheight`. Set before `load`.
    package nonisolated func onStopHeight(_ handler: @escaping @Sendable () -> Void) {
        stopHandler.withLock { $0 = handler }
    }

    private func publish(_ event: ChainEvent, _ state: ChainState) {
        switch event {
        case .headerTipChanged(let index):
            hub.publish(.headerTip(index.reference, time: Int64(index.header.time)))
        case .blockConnected(let index, let block, _):
            hub.publish(.blockConnected(index.connected(block)))
        case .blockDisconnected(let index, let block):
            hub.publish(.blockDisconnected(index.connected(block)))
        case .tipChanged(let index, _):
            let locator = ActiveChain.locator(of: index).hashes
            hub.publish(
                .blockTip(
                    index.reference, time: Int64(index.header.time),
                    initialBlockDownload: state.isInitialBlockDownload()))
            hub.publish(.chainStateFlushed(locator))
        case .transactionAdded(let entry):
            hub.publish(.transactionAdded(entry.transaction))
            hub.publish(state.mempoolEvent)
        case .transactionRemoved(let entry, let reason):
            if reason != .block { hub.publish(.transactionRemoved(entry.transaction.id)) }
            hub.publish(state.mempoolEvent)
        }
    }
}

extension ChainState {
    /// Size of the mempool as an event.
    fileprivate var mempoolEvent: NodeEvent {
        .mempoolChanged(transactions: UInt64(mempool.count), bytes: UInt64(mempool.totalVirtualSize))
    }
}

extension BlockIndex {
    /// Hash and height.
    package var reference: BlockRef { BlockRef(hash: hash, height: Int32(clamping: height)) }

    fileprivate func connected(_ block: Block) -> ConnectedBlock {
        ConnectedBlock(
            block: reference, previous: header.previousBlockHash, maxTime: Int64(latestTime), data: block)
    }
}
