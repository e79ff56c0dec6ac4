import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Whether to look a little longer for what a peer sends next, before going to sleep.
///
/// A peer that is running answers a call within a few microseconds; going to sleep and being woken takes longer. A peer
/// that is not, or a processor that others need, makes looking a waste. So every failure doubles the number of times
/// that it is not tried, up to ``penaltyLimit``: what is wasted is then a thousandth of the time.
///
/// Whoever looks lets others have the processor between any two looks: the kernel likes to run whom a message wakes
/// where the message came from, and that peer must not wait for the end of the look.
struct PollingPolicy: Sendable {
    /// One time of looking.
    struct Look: Sendable {
        private let start = Look.now()

        /// Lets others run, then says whether to look once more and come back here; after that the time is up.
        func goesOn() -> Bool {
            guard age < PollingPolicy.patience else { return false }
            sched_yield()
            return true
        }

        fileprivate var age: Int64 { Look.now() - start }

        private static func now() -> Int64 {
            var time = timespec()
            unsafe clock_gettime(CLOCK_MONOTONIC, &time)
            return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        }
    }

    /// How long to look, in nanoseconds: about as long as it takes to wake two threads, which is what a sleep costs: ours,
    /// and that which sleeps meanwhile at the other end.
    private static let patience: Int64 = 150_000
    /// A look takes longer only if others need the processor.
    private static let disturbance: Int64 = 400_000
    /// Deliveries in a row before other channels of the event loop have their turn.
    static let deliveries = 32
    /// Bytes that are taken at once.
    static let bufferBytes = 1 << 14
    private static let penaltyLimit = 256

    /// Threads that look are taken from others, so there is one at most in a process.
    private static let isAnyoneLooking = Atomic(false)

    private var penalty = 0
    private var skips = 0

    /// A look, unless now is not the time for one. ``ended(_:hasFound:)`` follows.
    mutating func begin() -> Look? {
        guard skips == 0 else {
            skips -= 1
            return nil
        }
        guard !PollingPolicy.isAnyoneLooking.exchange(true, ordering: .relaxed) else { return nil }
        return Look()
    }

    /// The look is over.
    mutating func ended(_ look: Look, hasFound: Bool) {
        PollingPolicy.isAnyoneLooking.store(false, ordering: .relaxed)
        if hasFound, look.age < PollingPolicy.disturbance {
            penalty = 0
        } else {
            penalty = min(penalty * 2 + 1, PollingPolicy.penaltyLimit)
            skips = penalty
        }
    }
}
