import CCurses
import Glibc

/// Ends a terminal's wait from another thread.
package final class TerminalWaker: Sendable {
    /// An eventfd: a counter that is readable while it is not zero.
    let descriptor: Int32

    /// Makes the descriptor.
    ///
    /// - Throws: `system`.
    package init() throws(TerminalError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw .system("eventfd", errno) }
    }

    deinit { close(descriptor) }

    /// Ends the wait that is going on, or the next one. From any thread; never waits.
    package func wake() {
        var one: UInt64 = 1
        // A full counter is readable already.
        _ = unsafe write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Makes the next wait wait.
    func reset() {
        var count: UInt64 = 0
        _ = unsafe read(descriptor, &count, MemoryLayout<UInt64>.size)
    }
}
