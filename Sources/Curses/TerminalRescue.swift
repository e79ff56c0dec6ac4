import CCurses
import Glibc

/// Gives the terminal back when the program crashes: what a signal handler can do, which is write bytes and restore
/// the line discipline, both prepared beforehand.
enum TerminalRescue {
    /// Turns off what was turned on: mouse, paste, focus; shows the cursor, resets colours, leaves the second screen.
    private static let sequence =
        "\u{1b}[?1000l\u{1b}[?1002l\u{1b}[?1003l\u{1b}[?1006l\u{1b}[?2004l\u{1b}[?1l\u{1b}>\u{1b}[?25h\u{1b}[0m\u{1b}[?1049l"

    private static let crashes = [SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE, SIGTRAP]

    // Written by `arm` before any handler can run, and only read by handlers; never freed.
    nonisolated(unsafe) private static var bytes: UnsafeMutableRawPointer?
    nonisolated(unsafe) private static var count = 0
    nonisolated(unsafe) private static var modes = termios()
    nonisolated(unsafe) private static var isArmed = false

    /// From now on a crash restores the terminal as it is now. Called before ncurses changes it.
    static func arm() {
        let text = Array(sequence.utf8)
        if unsafe bytes == nil {
            let copy = UnsafeMutableRawPointer.allocate(byteCount: text.count, alignment: 1)
            for (index, byte) in text.enumerated() {
                unsafe copy.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
            }
            unsafe bytes = unsafe copy
            unsafe count = text.count
        }
        unsafe tcgetattr(STDIN_FILENO, &modes)
        unsafe isArmed = true
        for number in crashes {
            shim_catch(number) { number in
                TerminalRescue.restore()
                raise(number)
            }
        }
    }

    /// The terminal is in order: crashes are none of our business.
    static func disarm() {
        unsafe isArmed = false
        for number in crashes { shim_default_action(number) }
    }

    /// Async-signal-safe: two system calls on memory prepared by `arm`.
    private static func restore() {
        guard unsafe isArmed, let bytes = unsafe bytes else { return }
        unsafe isArmed = false
        _ = unsafe write(STDOUT_FILENO, bytes, count)
        unsafe tcsetattr(STDIN_FILENO, TCSANOW, &modes)
    }
}
