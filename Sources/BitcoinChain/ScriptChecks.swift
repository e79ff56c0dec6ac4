package import BitcoinConsensus
import BitcoinCrypto
package import BitcoinPrimitives
package import BitcoinScript
import Glibc

/// Verifies the scripts of blocks and transactions, on several threads, and remembers what was found valid.
///
/// Two memories, both keyed so that nothing but the truth can be found in them: one of signatures, and one of whole
/// transactions under given flags. The latter stands on the transaction's id with its witnesses, which commits to all
/// that its scripts can see, the spent outputs too. So both stay true across reorganisations.
package final class ScriptChecks: Sendable {
    private let pool: ScriptPool
    private let signatures: SignatureCache
    private let transactions: ValidityCache
    private let transactionHasher: SHA256Hasher

    /// Nothing remembered yet.
    ///
    /// - Parameters:
    ///   - threadCount: how many threads may work on a block, the caller's among them (`-par`); at least 1.
    ///   - cacheSize: bytes for both memories together (`-maxsigcachesize`).
    package init(threadCount: Int, cacheSize: Int = 32 << 20) {
        pool = ScriptPool(threadCount: max(threadCount, 1) - 1)
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
    /// - Parameters:
    ///   - spentCoins: for every transaction but the coinbase, the coin of each input.
    ///   - flags: the rules that hold in the block.
    /// - Throws: the failure of the first input, in the order of the block, that may not spend its coin.
    package func verify(
        _ block: Block, spending spentCoins: [[Coin]], flags: ScriptFlags
    ) throws(ConsensusFailure) {
        try finish(begin(block, spending: spentCoins, flags: flags))
    }

    /// Begins to verify all inputs of a block on other threads. Whoever called must call `finish` or `abandon`.
    ///
    /// What is found valid here is not remembered: a block's transactions are unlikely to come again.
    func begin(_ block: Block, spending spentCoins: [[Coin]], flags: ScriptFlags) -> ScriptRun {
        // Anything left out would count as valid.
        precondition(spentCoins.count == max(block.transactions.count - 1, 0), "coins for every transaction")
        var jobs: [ScriptRun.Job] = []
        jobs.reserveCapacity(spentCoins.count)
        let remembersNothing = transactions.isEmpty
        for (transaction, coins) in zip(block.transactions.dropFirst(), spentCoins)
        where remembersNothing || !transactions.contains(entry(of: transaction, flags)) {
            jobs.append(ScriptRun.Job(transaction, spending: coins))
        }
        let verifier = ScriptVerifier(flags: flags, cache: signatures, remembersSignatures: false)
        let run = ScriptRun(jobs, verifier: verifier)
        pool.add(run)
        return run
    }

    /// Verifies what is left on this thread and the others, and returns when all of them are done.
    ///
    /// - Throws: the failure of the first input, in the order of the block, that may not spend its coin.
    func finish(_ run: ScriptRun) throws(ConsensusFailure) {
        run.work()
        run.wait()
        if let failure = run.failure { throw Self.describe(failure, rule: .blockScript) }
    }

    /// Verifies no more of a run whose outcome does not matter any more, and returns when no thread is at it.
    func abandon(_ run: ScriptRun) {
        run.cancel()
        run.wait()
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
