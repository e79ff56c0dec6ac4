import CProcess
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Told by a ``SocketLoop`` what has happened to a descriptor.
protocol SocketLoopClient: AnyObject, Sendable {
    /// Something may be read or written, or the other end is gone; on the loop's thread.
    ///
    /// Reported once: whoever does not read, or write, until there is nothing left has to come back by itself.
    func isReady(_ events: SocketLoop.Events)
}

/// A thread that waits for sockets and runs what concerns them.
///
/// Not SwiftNIO's event loop, because that alone may read a socket: here whoever waits for an answer may read it too
/// (``SocketChannel/look(until:)``), which saves waking two threads per call. Everything here may be called from any
/// thread, without waking that of the loop.
final class SocketLoop: Sendable {
    /// What has happened, or is to be reported.
    struct Events: OptionSet, Sendable {
        let rawValue: UInt32

        static let readable = Events(rawValue: UInt32(socket_readable))
        static let writable = Events(rawValue: UInt32(socket_writable))
        /// Always reported.
        static let gone = Events(rawValue: UInt32(socket_gone))
        /// Nothing more is to be read, after what is there.
        static let finished = Events(rawValue: UInt32(socket_finished))
    }

    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var clients: [UInt64: any SocketLoopClient] = [:]
        /// Key 0 is that of the wake-up.
        var lastKey: UInt64 = 0
    }

    private let state = Mutex(State())
    private let queue: Int32
    private let wakeUp: Int32
    private let thread = Atomic<UInt>(0)
    /// Whether something has been delivered since the last look. For the loop's thread.
    private let expectsMore = Atomic(false)

    /// For what is read on this thread: more than a socket ever holds.
    @safe let buffer: ReadBuffer

    /// One for each processor that this process may use, up to four: more would only take turns.
    private static let all = (0..<4).filter { $0 == 0 || processor_allowed($0) >= 0 }.map { _ in SocketLoop() }
    private static let turn = Atomic(0)

    /// One of the loops of this process, in turn.
    static func next() -> SocketLoop {
        all[turn.add(1, ordering: .relaxed).oldValue % all.count]
    }

    /// Connections that the loop that accepts may have more than another before that one gets the next.
    private static let tolerance = 16

    /// The loop for a connection that this one accepts: this one, since another would have to be woken, unless it has
    /// many more already.
    func forAccepted() -> SocketLoop {
        let least = SocketLoop.all.min { $0.clientCount < $1.clientCount } ?? self
        return clientCount > least.clientCount + SocketLoop.tolerance ? least : self
    }

    private var clientCount: Int { state.withLock { $0.clients.count } }

    private init() {
        queue = socket_events_make()
        wakeUp = wake_up_make()
        buffer = ReadBuffer(byteCount: 1 << 18)
        precondition(queue >= 0 && wakeUp >= 0, "no descriptors for an event loop")
        _ = socket_events_watch(queue, wakeUp, 0, Events.readable.rawValue, 1)
        var thread = pthread_t()
        // Loops last as long as the process.
        let result = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<SocketLoop>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        precondition(result == 0, "no thread for an event loop")
        _ = unsafe pthread_setname_np(thread, "ipc")
    }

    /// Whether the caller is on the loop's thread.
    var isCurrent: Bool { thread.load(ordering: .relaxed) == pthread_self() }

    /// Runs a job on the loop's thread, after all earlier ones.
    func execute(_ job: @escaping @Sendable () -> Void) {
        let isFirst = state.withLock { state in
            state.jobs.append(job)
            return state.jobs.count == 1
        }
        // The loop looks for jobs before it sleeps.
        guard isFirst, !isCurrent else { return }
        var one: UInt64 = 1
        _ = unsafe write(wakeUp, &one, MemoryLayout<UInt64>.size)
    }

    /// Begins to report what happens to a descriptor.
    ///
    /// - Returns: a key for the other functions.
    func add(_ descriptor: Int32, _ client: any SocketLoopClient, _ events: Events) throws(IPCError) -> UInt64 {
        let key = state.withLock { state in
            state.lastKey += 1
            state.clients[state.lastKey] = client
            return state.lastKey
        }
        guard socket_events_watch(queue, descriptor, key, events.rawValue, 1) == 0 else {
            let code = errno
            state.withLock { _ = $0.clients.removeValue(forKey: key) }
            throw .systemCall(name: "epoll_ctl", code: code)
        }
        return key
    }

    /// Changes what is reported. What is the case already is reported at once.
    func watch(_ descriptor: Int32, key: UInt64, _ events: Events) {
        _ = socket_events_watch(queue, descriptor, key, events.rawValue, 0)
    }

    /// Ends the reports; call it before the descriptor is closed.
    func remove(_ descriptor: Int32, key: UInt64) {
        _ = socket_events_forget(queue, descriptor)
        let client = state.withLock { $0.clients.removeValue(forKey: key) }
        // Let go of without the lock.
        _ = client
    }

    /// Something has been delivered that the peer may answer at once. On the loop's thread.
    func expectMore() {
        expectsMore.store(true, ordering: .relaxed)
    }

    private func run() {
        thread.store(pthread_self(), ordering: .relaxed)
        var found = [socket_event](repeating: socket_event(), count: 64)
        var jobs: [@Sendable () -> Void] = []
        var policy = PollingPolicy()
        var look: PollingPolicy.Look?
        while true {
            state.withLock { swap(&$0.jobs, &jobs) }
            let hadJobs = !jobs.isEmpty
            for job in jobs { job() }
            jobs.removeAll(keepingCapacity: true)
            // Jobs may have added jobs.
            let waits = !hadJobs && look == nil
            let count = unsafe found.withUnsafeMutableBufferPointer { found in
                unsafe socket_events_next(queue, found.baseAddress, waits ? 1 : 0)
            }
            if count > 0, let ended = look.take() { policy.ended(ended, hasFound: true) }
            for event in found.prefix(Int(max(0, count))) where event.key != 0 {
                let client = state.withLock { $0.clients[event.key] }
                client?.isReady(Events(rawValue: event.events))
            }
            if expectsMore.exchange(false, ordering: .relaxed) {
                if look == nil { look = policy.begin() }
            } else if count <= 0, !hadJobs, let current = look, !current.goesOn() {
                look = nil
                policy.ended(current, hasFound: false)
            }
        }
    }
}

/// Memory that bytes are read into.
///
/// `@unchecked Sendable`: never freed while it is used, and used by one thread at a time: that of the loop that owns
/// it, or whoever has the right to read the channel that owns it.
@safe
final class ReadBuffer: @unchecked Sendable {
    let memory: UnsafeMutableRawBufferPointer

    init(byteCount: Int) {
        unsafe memory = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 16)
    }

    deinit { unsafe memory.deallocate() }
}
