import BitcoinChain
import BitcoinCommon
import Dispatch
import Logging

/// Brings one index forward to the tip, on a queue of its own: the chain is asked only for the next blocks, now and
/// then.
actor IndexWorker {
    private let follower: IndexFollower
    private let context: NodeContext
    private let executor: ChainExecutor
    private var lastReport = ContinuousClock.now
    private var lastPercent: Int32 = -1

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    init(_ follower: IndexFollower, _ context: NodeContext) {
        self.follower = follower
        self.context = context
        executor = ChainExecutor(label: follower.index.name, qos: .utility)
    }

    /// Works until the index is at the tip, the task is cancelled, or something fails, which ends the node.
    func run() async {
        let name = follower.index.name
        do {
            let folder = try await context.manager.withState { $0.files.folder }
            let reader = BlockReader(folder)
            while !Task.isCancelled {
                let steps = try await nextSteps()
                if steps.isEmpty { return Self.noteReady(follower, context) }
                report(steps)
                do throws(StorageError) {
                    try follower.take(steps, from: reader)
                } catch {
                    return context.manager.fail(error)
                }
            }
            context.log.write("\(name): stopped at height \(follower.summary.height)")
        } catch {
            // When the chain failed, that was noted there.
            context.log.write("\(name) was not brought forward: \(error)", level: .error)
        }
    }

    private func nextSteps() async throws -> IndexSteps {
        let follower = follower
        return try await context.manager.withState { chain in
            do throws(StorageError) {
                return try chain.nextSteps(for: follower)
            } catch {
                throw BlockAcceptanceError.storage(error)
            }
        }
    }

    private func report(_ steps: IndexSteps) {
        let summary = follower.summary
        let percent = Int32(clamping: steps.tipHeight > 0 ? summary.height * 100 / steps.tipHeight : 100)
        if percent != lastPercent {
            lastPercent = percent
            context.hub.publish(.progress(title: "Syncing \(summary.name)", percent: percent))
        }
        guard ContinuousClock.now - lastReport >= .seconds(30) else { return }
        lastReport = .now
        context.log.write("Syncing \(summary.name) with block chain from height \(summary.height)")
    }

    /// Says that an index is in step with the chain.
    static func noteReady(_ follower: IndexFollower, _ context: NodeContext) {
        let summary = follower.summary
        context.log.write("\(summary.name) is enabled at height \(summary.height)")
        context.hub.publish(.progress(title: "Syncing \(summary.name)", percent: 100))
    }
}
