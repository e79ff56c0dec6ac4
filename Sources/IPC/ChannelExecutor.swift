import Synchronization

/// Runs tasks and actors on the loop of one channel.
///
/// A task with this executor preference, or an actor with this executor, is resumed by an answer on the thread that read
/// the answer, with no other thread woken in between. What runs here holds up everything else on the same loop, so it
/// must be short.
package final class ChannelExecutor: SerialExecutor, TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        /// Whether somebody is running the jobs, or about to.
        var isScheduled = false
        /// Nil before it is started and after its end.
        var channel: SocketChannel?
    }

    private let loop: SocketLoop
    private let state = Mutex(State())

    /// Batches of jobs that are run before other channels of the loop have their turn.
    private static let batchLimit = 16

    init(loop: SocketLoop) {
        self.loop = loop
    }

    /// Makes `channel` send at once what several jobs send.
    func attach(_ channel: SocketChannel) {
        state.withLock { $0.channel = channel }
    }

    /// The channel has ended.
    func detach() {
        let channel = state.withLock { $0.channel.take() }
        // Let go of without the lock.
        _ = channel
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustSchedule = state.withLock { state in
            state.jobs.append(job)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if mustSchedule { schedule() }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(complexEquality: self)
    }

    package func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        unsafe UnownedTaskExecutor(ordinary: self)
    }

    package func isSameExclusiveExecutionContext(other: ChannelExecutor) -> Bool {
        loop === other.loop
    }

    package func checkIsolated() {
        precondition(loop.isCurrent)
    }

    /// The channel has begun to deliver: jobs wait for ``endDelivery()`` instead of a turn of the loop. On the loop.
    ///
    /// - Returns: whether ``endDelivery()`` has to follow; not if a turn of the loop is on its way already.
    func beginDelivery() -> Bool {
        state.withLock { state in
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
    }

    /// Runs the jobs that came with the delivery. On the loop.
    ///
    /// - Returns: whether there were any.
    func endDelivery() -> Bool {
        runJobs()
    }

    private func schedule() {
        loop.execute {
            let channel = self.state.withLock { $0.channel }
            channel?.cork()
            _ = self.runJobs()
            channel?.uncork()
        }
    }

    private func runJobs() -> Bool {
        var jobs: [UnownedJob] = []
        for batch in 0..<ChannelExecutor.batchLimit {
            jobs.removeAll(keepingCapacity: true)
            state.withLock { state in
                swap(&state.jobs, &jobs)
                state.isScheduled = !jobs.isEmpty
            }
            if jobs.isEmpty { return batch > 0 }
            for job in jobs {
                unsafe job.runSynchronously(
                    isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            }
        }
        // The loop has other work too.
        schedule()
        return true
    }
}
