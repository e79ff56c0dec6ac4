import CCurses
import Glibc

/// Signals as something to wait for, not as something that interrupts.
///
/// They are blocked in every thread and read from a descriptor, so no handler of ours or of ncurses ever runs in the
/// middle of anything. `block()` must be called before any other thread starts: threads inherit what is blocked.
package enum TerminalSignals {
    /// Those that the interface thread waits for.
    private static let numbers = [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH]

    /// Blocks the signals that a `Terminal` reads. Call it first of all in the main program.
    package static func block() {
        var set = set(of: numbers)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        // Whoever writes to a connection that is gone gets an error and not a signal.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Undoes `block` in a child process before it runs another program, or in the main thread at the end.
    package static func unblock() {
        var set = set(of: numbers)
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// A descriptor from which the signals can be read.
    ///
    /// - Throws: `system`.
    static func open() throws(TerminalError) -> Int32 {
        var set = set(of: numbers)
        let descriptor = unsafe signalfd(-1, &set, Int32(SFD_CLOEXEC | SFD_NONBLOCK))
        guard descriptor >= 0 else { throw .system("signalfd", errno) }
        return descriptor
    }

    /// The signals that came since the last call.
    static func read(_ descriptor: Int32) -> [Int32] {
        var found: [Int32] = []
        var info = signalfd_siginfo()
        while unsafe Glibc.read(descriptor, &info, MemoryLayout<signalfd_siginfo>.size)
            == MemoryLayout<signalfd_siginfo>.size
        {
            found.append(Int32(bitPattern: info.ssi_signo))
        }
        return found
    }

    /// Stops this process as control-Z does without a handler, and returns when it is continued.
    static func stop() {
        // ncurses has its own handler, which would draw.
        shim_default_action(SIGTSTP)
        raise(SIGTSTP)
        var set = set(of: [SIGTSTP])
        // Pending until here; the process stops inside this call.
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    private static func set(of numbers: [Int32]) -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in numbers { unsafe sigaddset(&set, number) }
        return set
    }
}
