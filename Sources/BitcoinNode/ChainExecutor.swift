import Dispatch

/// Runs the chain's actor on a queue of its own, so that long validation never takes a thread from those who answer
/// terminals and wallets.
final class ChainExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "chain", qos: .userInitiated)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
