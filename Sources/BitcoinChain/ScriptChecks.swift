package import BitcoinConsensus
import BitcoinCrypto
package import BitcoinPrimitives
package import BitcoinScript
import Dispatch
import Glibc
import Synchronization

/// Verifies the scripts of blocks and transactions, on several threads, and remembers what was found valid.
///
/// Two memories, both keyed so that nothing but the truth can be found in them: one of signatures, and one of whole
/// transactions under given flags. The latter stands on the transaction's id with its witnesses, which commits to all
/// that its scripts can see, the spent outputs too. So both stay true across reorganisations.
package final class ScriptChecks: Sendable {
    private let threadCount: Int
    private let signatures: SignatureCache
    private let transactions: ValidityCache
    private let transactionHasher: SHA256Hasher

    /// Nothing remembered yet.
    ///
    /// - Parameters:
    ///   - threadCount: how many threads may work on a block, the caller's among them (`-par`); at least 1.
    ///   - cacheSize: bytes for both memories together (`-maxsigcachesize`).
    package init(threadCount: Int, cacheSize: Int = 32 << 20) {
        self.threadCount = max(threadCount, 1)
        signatures = SignatureCache(maximumBytes: cacheSize / 2)
        transactions = ValidityCache(maximumBytes: cacheSize / 2)
        var hasher = SHA256Hasher()
        var generator = SystemRandomNumberGenerator()
        hasher.update((0..<64).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
        transactionHasher = hasher
    }

    /// How many processors the system has.
    package static var processorCount: Int { max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1) }

    /// Verifies all inputs of a block.
    ///
    /// What is found valid here is not remembered: a block's transactions are unlikely to come again.
    ///
    /// - Parameters:
    ///   - spentCoins: for every transaction but the coinbase, the coin of each input.
    ///   - flags: the rules that hold in the block.
    /// - Throws: the failure of the first input, in the order of the block, that may not spend its coin.
    package func verify(
        _ block: Block, spending spentCoins: [[Coin]], flags: ScriptFlags
    ) throws(ConsensusFailure) {
        // Anything left out would count as valid.
        precondition(spentCoins.count == max(block.transactions.count - 1, 0), "coins for every transaction")
        var jobs: [ScriptRun.Job] = []
        jobs.reserveCapacity(spentCoins.count)
        for (transaction, coins) in zip(block.transactions.dropFirst(), spentCoins)
        where !transactions.contains(entry(of: transaction, flags)) {
            jobs.append(ScriptRun.Job(transaction, spending: coins))
        }
        let verifier = ScriptVerifier(flags: flags, cache: signatures, remembersSignatures: false)
        let run = ScriptRun(jobs, verifier: verifier)
        let workers = min(threadCount, run.usefulThreadCount)
        if workers > 1 {
            // Returns when all have ended, so nothing of the block is in use afterwards.
            DispatchQueue.concurrentPerform(iterations: workers) { _ in run.work() }
        } else {
            run.work()
        }
        if let failure = run.failure { throw Self.describe(failure, rule: .blockScript) }
    }

    /// Verifies a transaction that wants to wait for a block: by the rules of policy, and then by those of the next
    /// block, under which it is remembered as a whole.
    ///
    /// - Parameters:
    ///   - coins: the coin of each input.
    ///   - blockFlags: the rules that hold in the next block.
    /// - Throws: the failure of the first input that may not spend its coin.
    package func verify(
        _ transaction: Transaction, spending coins: [Coin], blockFlags: ScriptFlags
    ) throws(ConsensusFailure) {
        let job = ScriptRun.Job(transaction, spending: coins)
        for (flags, rule) in [(ScriptFlags.standard, ConsensusRule.mempoolScript), (blockFlags, .blockScript)] {
            let run = ScriptRun([job], verifier: ScriptVerifier(flags: flags, cache: signatures))
            run.work()
            if let failure = run.failure { throw Self.describe(failure, rule: rule) }
        }
        transactions.insert(entry(of: transaction, blockFlags))
    }

    /// What stands for a transaction whose scripts are valid under some flags.
    private func entry(of transaction: Transaction, _ flags: ScriptFlags) -> Hash256 {
        var hasher = transactionHasher
        hasher.update(transaction.witnessID.rawValue)
        hasher.update((0..<4).map { UInt8(truncatingIfNeeded: flags.rawValue >> (8 * UInt32($0))) })
        return hasher.finalizeHash()
    }

    private static func describe(_ failure: ScriptRun.Failure, rule: ConsensusRule) -> ConsensusFailure {
        let transaction = failure.transaction
        let spent = transaction.inputs[failure.input].previousOutput
        return ConsensusFailure(
            rule,
            "input \(failure.input) of \(transaction.id) (wtxid \(transaction.witnessID)), spending \(spent)",
            suffix: " (\(failure.error.message))")
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
        var next = 0
        var failure: (position: Int, failure: Failure)?
    }

    private let jobs: [Job]
    /// The position of each job's first input among all inputs, and behind them the number of inputs.
    private let starts: [Int]
    private let verifier: ScriptVerifier
    private let state = Mutex(State())

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
