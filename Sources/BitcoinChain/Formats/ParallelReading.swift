internal import Dispatch
internal import KeyValueStore
internal import Synchronization

/// Reads many values of a store on several threads: a disk answers many questions nearly as soon as one, and a block
/// asks for thousands of coins that were not used lately.
struct ParallelReading: Sendable {
    /// Threads beside the caller's (`-prevoutfetchthreads`); with none, the caller reads alone.
    let threadCount: Int

    /// Keys that a thread takes at once.
    private static let batchSize = 16

    private struct State {
        var next = 0
        var values: [[UInt8]?]
        var failure: KeyValueStoreError?
    }

    /// The values at `keys`, in their order; `nil` for those that are not there.
    ///
    /// - Throws: the first failure that any thread met. No thread is at it any more then.
    func values(for keys: [[UInt8]], in store: any KeyValueStore) throws(KeyValueStoreError) -> [[UInt8]?] {
        let run = Run(keys, store)
        let helpers = min(threadCount, (keys.count - 1) / Self.batchSize)
        if helpers > 0 {
            // The caller is one of them.
            DispatchQueue.concurrentPerform(iterations: helpers + 1) { _ in run.work() }
        } else {
            run.work()
        }
        return try run.outcome()
    }

    private final class Run: Sendable {
        private let keys: [[UInt8]]
        private let store: any KeyValueStore
        private let state: Mutex<State>

        init(_ keys: [[UInt8]], _ store: any KeyValueStore) {
            self.keys = keys
            self.store = store
            state = Mutex(State(values: Array(repeating: nil, count: keys.count)))
        }

        /// Reads until there are no more keys, or until a read fails.
        func work() {
            while let batch = takeBatch() {
                do throws(KeyValueStoreError) {
                    var found: [[UInt8]?] = []
                    for position in batch { found.append(try store.value(for: keys[position])) }
                    state.withLock { $0.values.replaceSubrange(batch, with: found) }
                } catch {
                    state.withLock { $0.failure = $0.failure ?? error }
                    return
                }
            }
        }

        private func takeBatch() -> Range<Int>? {
            state.withLock { state in
                guard state.failure == nil, state.next < keys.count else { return nil }
                let batch = state.next..<min(state.next + ParallelReading.batchSize, keys.count)
                state.next = batch.upperBound
                return batch
            }
        }

        func outcome() throws(KeyValueStoreError) -> [[UInt8]?] {
            let (values, failure) = state.withLock { ($0.values, $0.failure) }
            if let failure { throw failure }
            return values
        }
    }
}
