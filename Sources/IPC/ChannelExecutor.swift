import NIOCore
import Synchronization

/// Runs tasks and actors on the event loop of one channel.
///
/// A task with this executor preference, or an actor with this executor, is resumed by an answer on the thread that read
/// the answer, with no other thread woken in between. What runs here holds up everything else on the same loop, so it
/// must be short.
package final class ChannelExecutor: SerialExecutor, TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        /// Whether somebody is about to run the jobs.
        var isScheduled = false
    }

    private let loop: any EventLoop
    private let state = Mutex(State())

    init(loop: any EventLoop) {
        self.loop = loop
    }

    /// Whether the current thread is the loop's.
    var isCurrent: Bool { loop.inEventLoop }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustSchedule = state.withLock { state in
            state.jobs.append(job)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if mustSchedule { loop.execute { self.runJobs() } }
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
        loop.preconditionInEventLoop()
    }

    /// Runs what is queued; on the loop.
    private func runJobs() {
        while true {
            let jobs = state.withLock { state in
                defer { state.jobs = [] }
                state.isScheduled = !state.jobs.isEmpty
                return state.jobs
            }
            if jobs.isEmpty { return }
            for job in jobs {
                unsafe job.runSynchronously(
                    isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            }
        }
    }
}
