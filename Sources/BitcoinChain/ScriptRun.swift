internal import BitcoinConsensus
internal import BitcoinPrimitives
internal import BitcoinScript
internal import Dispatch
internal import Synchronization

/// Threads that verify scripts beside the one that connects blocks.
///
/// Runs are worked on one after the other, in the order in which they came.
final class ScriptPool: Sendable {
    private struct State {
        var runs: [ScriptRun] = []
        var threadCount = 0
    }

    private let limit: Int
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "scripts", attributes: .concurrent)

    /// - Parameter threadCount: how many threads there may be; with none, whoever adds a run does all the work.
    init(threadCount: Int) { limit = threadCount }

    /// Has the threads work on a run, unless it is so short that they would come too late.
    func add(_ run: ScriptRun) {
        guard limit > 0, run.usefulThreadCount > 1 else { return }
        let started = state.withLock { state in
            state.runs.append(run)
            let started = min(limit - state.threadCount, run.usefulThreadCount)
            state.threadCount += started
            return started
        }
        for _ in 0..<started { queue.async { self.work() } }
    }

    private func work() {
        while let run = takeRun() {
            run.work()
            run.leave()
        }
    }

    /// The first run with something left to do; nil when the thread is to end.
    private func takeRun() -> ScriptRun? {
        state.withLock { state in
            while let run = state.runs.first {
                if run.enter() { return run }
                state.runs.removeFirst()
            }
            state.threadCount -= 1
            return nil
        }
    }
}

/// The inputs of some transactions on their way through the threads.
///
/// Inputs are handed out in order, a few at a time. After a failure no more are handed out; those before it have been,
/// so that the first failure is the same however the threads ran.
final class ScriptRun: Sendable {
    /// A transaction of the run.
    final class Job: Sendable {
        let transaction: Transaction
        private let coins: [Coin]
        private let prepared = Mutex<PrecomputedTransactionData?>(nil)

        init(_ transaction: Transaction, spending coins: [Coin]) {
            self.transaction = transaction
            self.coins = coins
        }

        /// What the inputs share; computed by the first thread that needs it.
        var data: PrecomputedTransactionData {
            prepared.withLock { prepared in
                if let prepared { return prepared }
                let data = PrecomputedTransactionData(transaction, spending: coins.map(\.output))
                prepared = data
                return data
            }
        }
    }

    /// An input that may not spend its coin.
    struct Failure: Sendable {
        var transaction: Transaction
        var input: Int
        var error: ScriptError
    }

    private struct State {
        /// The position of the first input that no thread has taken.
        var next = 0
        var failure: (position: Int, failure: Failure)?
    }

    private let jobs: [Job]
    /// The position of each job's first input among all inputs, and behind them the number of inputs.
    private let starts: [Int]
    private let verifier: ScriptVerifier
    private let state = Mutex(State())
    /// Threads of the pool that are at it.
    private let threads = DispatchGroup()

    /// Inputs that a thread takes at once.
    private static let batchSize = 8

    init(_ jobs: [Job], verifier: ScriptVerifier) {
        self.jobs = jobs
        self.verifier = verifier
        var starts = [0]
        starts.reserveCapacity(jobs.count + 1)
        for job in jobs { starts.append(starts[starts.count - 1] + job.transaction.inputs.count) }
        self.starts = starts
    }

    private var inputCount: Int { starts[jobs.count] }

    /// More threads than this would have nothing to do.
    var usefulThreadCount: Int { (inputCount + Self.batchSize - 1) / Self.batchSize }

    /// The first failure; nil if all is well so far.
    var failure: Failure? { state.withLock { $0.failure?.failure } }

    /// Counts a thread of the pool in, unless there is nothing for it to do. It calls `work()` and then `leave()`.
    func enter() -> Bool {
        let total = inputCount
        return state.withLock { state in
            guard state.failure == nil, state.next < total else { return false }
            // Before it takes anything, so that whoever finds nothing left to take can wait for it.
            threads.enter()
            return true
        }
    }

    /// Counts a thread out.
    func leave() { threads.leave() }

    /// Returns when no thread of the pool is at it any more and nothing is left for one.
    func wait() { threads.wait() }

    /// Hands out no more inputs.
    func cancel() {
        let total = inputCount
        state.withLock { $0.next = total }
    }

    /// Verifies inputs until there are no more.
    func work() {
        while let batch = takeBatch() {
            var job = jobIndex(of: batch.lowerBound)
            var data = jobs[job].data
            for position in batch {
                while position >= starts[job + 1] {
                    job += 1
                    data = jobs[job].data
                }
                let input = position - starts[job]
                do {
                    try verifier.verify(input: input, of: data)
                } catch {
                    report(Failure(transaction: jobs[job].transaction, input: input, error: error), at: position)
                    return
                }
            }
        }
    }

    private func takeBatch() -> Range<Int>? {
        let total = inputCount
        return state.withLock { state in
            guard state.failure == nil, state.next < total else { return nil }
            let batch = state.next..<min(state.next + Self.batchSize, total)
            state.next = batch.upperBound
            return batch
        }
    }

    /// The job that an input belongs to.
    private func jobIndex(of position: Int) -> Int {
        var low = 0
        var high = jobs.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= position { low = middle } else { high = middle }
        }
        return low
    }

    private func report(_ failure: Failure, at position: Int) {
        state.withLock { state in
            if let known = state.failure, known.position < position { return }
            state.failure = (position, failure)
        }
    }
}
