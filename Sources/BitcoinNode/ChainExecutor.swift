import Dispatch

/// Runs an actor that works long on a queue of its own, so that it never takes a thread from those who answer terminals
/// and wallets.
final class ChainExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String = "chain", qos: DispatchQoS = .userInitiated) {
        queue = DispatchQueue(label: label, qos: qos)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
