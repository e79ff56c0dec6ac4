import Logging
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A program that this one started, and the channel to it.
///
/// The program ends by itself when the channel closes, that is when the last object received over it is dropped. Its
/// end is noticed whatever the cause (also `kill -9`) and whether or not this object still exists.
package final class SpawnedProcess: Sendable {
    /// How a program ended.
    package enum ExitStatus: Equatable, Sendable, CustomStringConvertible {
        /// It ended with this code.
        case exited(Int32)
        /// A signal ended it.
        case signalled(Int32)

        /// As Core logs it.
        package var description: String {
            switch self {
            case .exited(let code): "exited with status \(code)"
            case .signalled(let signal): "killed by signal \(signal)"
            }
        }

        init(waitStatus status: Int32) {
            let signal = status & 0x7f
            self = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
        }
    }

    /// Path of the program.
    package let path: String
    /// Process number.
    package let processID: Int32
    /// The connection to the program; hand it to ``IpcProtocol/connect(_:)``.
    package let channel: any IpcChannel

    private let exit: ExitObserver

    init(path: String, processID: Int32, channel: any IpcChannel, logger: Logger) {
        self.path = path
        self.processID = processID
        self.channel = channel
        self.exit = ExitObserver(processID: processID)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        logger.debug("Process \(name) pid \(processID) launched")
        exit.onExit { status in logger.debug("Process \(name) pid \(processID) \(status)") }
        exit.begin()
    }

    /// Waits until the program has ended. Cancelling the task does not end the wait.
    package var exitStatus: ExitStatus {
        get async {
            await withCheckedContinuation { continuation in exit.onExit { continuation.resume(returning: $0) } }
        }
    }

    /// Calls `handler` when the program has ended, at once if it has already; on an arbitrary thread.
    package func onExit(_ handler: @escaping @Sendable (ExitStatus) -> Void) {
        exit.onExit(handler)
    }

    /// Sends a signal, such as `SIGTERM`, unless the program has ended.
    package func signal(_ number: Int32) {
        exit.signal(number)
    }
}

/// Waits for the end of one process on a thread of its own, and tells whoever wants to know.
private final class ExitObserver: Sendable {
    private struct State {
        var status: SpawnedProcess.ExitStatus?
        var handlers: [@Sendable (SpawnedProcess.ExitStatus) -> Void] = []
    }

    private let processID: Int32
    private let state = Mutex(State())

    init(processID: Int32) {
        self.processID = processID
    }

    /// Starts waiting. The thread keeps this object until the process has ended.
    func begin() {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        pool.submit { _ in
            self.wait()
            pool.shutdownGracefully { _ in }
        }
    }

    func onExit(_ handler: @escaping @Sendable (SpawnedProcess.ExitStatus) -> Void) {
        let status = state.withLock { state in
            if state.status == nil { state.handlers.append(handler) }
            return state.status
        }
        if let status { handler(status) }
    }

    func signal(_ number: Int32) {
        // Under the lock the process has not been reaped, so its number is still its own.
        state.withLock { state in
            if state.status == nil { kill(processID, number) }
        }
    }

    private func wait() {
        var information = unsafe siginfo_t()
        // First without reaping: the number stays taken until the status is recorded under the lock.
        while unsafe waitid(P_PID, id_t(processID), &information, Int32(WEXITED) | Int32(WNOWAIT)) != 0, errno == EINTR
        {}
        let (status, handlers) = state.withLock { state in
            var raw: Int32 = 0
            while unsafe waitpid(processID, &raw, 0) < 0, errno == EINTR {}
            let status = SpawnedProcess.ExitStatus(waitStatus: raw)
            state.status = status
            defer { state.handlers = [] }
            return (status, state.handlers)
        }
        for handler in handlers { handler(status) }
    }
}
