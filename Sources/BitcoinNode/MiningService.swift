import BitcoinChain
package import BitcoinConsensus
package import BitcoinInterfaces
package import BitcoinPrimitives
import Synchronization

/// The mining interface: tips, waiting, checks. Block templates are not offered yet.
package final class MiningService: Mining {
    private let manager: ChainManager
    private let hub: EventHub
    private let parameters: ChainParameters
    private let waits = TipWaits()

    /// Serves the chain of `manager`.
    package init(manager: ChainManager, hub: EventHub, parameters: ChainParameters) {
        self.manager = manager
        self.hub = hub
        self.parameters = parameters
    }

    package func isTestChain() async throws -> Bool { parameters.isTestChain }

    package func isInitialBlockDownload() async throws -> Bool {
        try await manager.withState { $0.isInitialBlockDownload() }
    }

    package func getTip() async throws -> BlockRef? {
        try await manager.ready()
        return try await manager.withState { $0.tip.reference }
    }

    package func waitTipChanged(currentTip: BlockHash, timeout: Double) async throws -> BlockRef? {
        guard !timeout.isNaN, timeout >= 0 else { return try await getTip() }
        try await manager.ready()
        let wait = waits.begin()
        defer { waits.end(wait) }
        // Registered before the tip is read, so that no change falls between the two.
        let registration = hub.register { event in
            switch event {
            case .blockTip, .shutdownStarted: true
            default: false
            }
        } deliver: { event in
            if case .blockTip(let tip, _, _) = event {
                if tip.hash != currentTip { wait.finish(.changed(tip)) }
            } else {
                wait.finish(.interrupted)
            }
        }
        defer { withExtendedLifetime(registration) {} }
        let tip = try await manager.withState { $0.tip.reference }
        if tip.hash != currentTip { wait.finish(.changed(tip)) }
        let milliseconds = min(timeout, 1e15)
        let timer = Task {
            try await Task.sleep(for: .milliseconds(Int64(milliseconds)))
            wait.finish(.timedOut)
        }
        defer { timer.cancel() }
        let outcome = await withTaskCancellationHandler {
            await wait.outcome()
        } onCancel: {
            wait.finish(.interrupted)
        }
        switch outcome {
        case .changed(let tip): return tip
        case .timedOut: return try await manager.withState { $0.tip.reference }
        case .interrupted:
            // A caller that has given up gets no answer, which "no tip" would be.
            try Task.checkCancellation()
            return nil
        }
    }

    package func createNewBlock(
        options: BlockCreateOptions, cooldown: Bool
    ) async throws -> (any BitcoinInterfaces.BlockTemplate)? {
        throw InterfaceError.notOffered("Block templates: createNewBlock")
    }

    package func checkBlock(
        block: Block, options: BlockCheckOptions
    ) async throws -> (reason: String, debug: String, result: Bool) {
        try await manager.withState { state in
            do throws(BlockAcceptanceError) {
                try state.testValidity(
                    of: block, checksProofOfWork: options.checkPow, checksMerkleRoot: options.checkMerkleRoot)
                return ("", "", true)
            } catch {
                switch error {
                case .invalid(let failure): return (failure.rejectReason, failure.detail, false)
                case .notOnTip: return (error.description, "", false)
                case .storage, .inconsistent: throw error
                }
            }
        }
    }

    package func interrupt() async throws { waits.interruptAll() }

    package func submitBlock(block: Block) async throws -> (reason: String, debug: String, result: Bool) {
        let outcome = try await manager.withState { try $0.submit(block) }
        return (outcome.reason, outcome.debug, outcome.reason.isEmpty)
    }

    package func getTransactionsByTxID(txids: [TransactionID]) async throws -> [[UInt8]] {
        try await manager.withState { state in
            txids.map { state.mempool[$0]?.transaction.encoded() ?? [] }
        }
    }

    package func getTransactionsByWitnessID(wtxids: [WitnessTransactionID]) async throws -> [[UInt8]] {
        try await manager.withState { state in
            let found = Dictionary(
                state.mempool.entriesInOrder.map { ($0.transaction.witnessID, $0.transaction) },
                uniquingKeysWith: { a, _ in a })
            return wtxids.map { found[$0]?.encoded() ?? [] }
        }
    }
}
