// Design note of Curses.
//
// The one owner of the terminal and of ncurses, whose state is global: at most one `Terminal` at a time, used by one
// thread. It turns the terminal over (second screen, raw keys, mouse, bracketed paste), waits for keys, signals and
// wake-ups in one `poll`, writes text at cells, and gives the terminal back as it was: at the end, when the process
// is stopped, and when it crashes. Signals are read from a descriptor (`TerminalSignals`), so nothing runs inside a
// handler but the rescue of the terminal in a crash.
//
// It knows nothing of what is drawn. Characters and styles come from above, in runs that have changed.

import CCurses
import Glibc

/// A terminal driven by ncurses.
@safe package final class Terminal {
    /// What to ask of the terminal.
    package struct Options: Sendable {
        /// Whether the mouse is ours.
        package var usesMouse: Bool

        /// Makes the value from its parts.
        package init(usesMouse: Bool = true) { self.usesMouse = usesMouse }
    }

    /// Number of colours that the terminal has; 0 for none.
    package let colorCount: Int
    /// Whether the locale's encoding is UTF-8.
    package let isUnicode: Bool
    /// Columns now.
    package private(set) var columns: Int
    /// Rows now.
    package private(set) var rows: Int

    private let waker: TerminalWaker
    private let signals: Int32
    private let options: Options
    private let screen: OpaquePointer
    private var capture = StandardErrorCapture()
    private var pairs: [TerminalStyle: Int32] = [:]
    private var isOpen = true
    private var keys = TerminalKeyReader()

    /// Takes the terminal over.
    ///
    /// - Parameter waker: Ends waits.
    /// - Throws: When there is no terminal to draw on; nothing was changed then.
    package init(waker: TerminalWaker, options: Options) throws(TerminalError) {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { throw .notATerminal }
        guard let name = unsafe getenv("TERM").map({ unsafe String(cString: $0) }), !name.isEmpty, name != "dumb" else {
            throw .noTerminalType
        }
        self.waker = waker
        self.options = options
        signals = try TerminalSignals.open()
        unsafe setlocale(LC_ALL, "")
        isUnicode = unsafe String(cString: nl_langinfo(Int32(CODESET))) == "UTF-8"
        // The classic second of waiting after escape is far too long; slow lines can ask for more by ESCDELAY.
        if unsafe getenv("ESCDELAY") == nil { set_escdelay(25) }
        TerminalRescue.arm()
        guard let screen = unsafe shim_new_terminal() else {
            TerminalRescue.disarm()
            Glibc.close(signals)
            throw .unknownTerminalType(name)
        }
        unsafe self.screen = unsafe screen
        var hasColors = has_colors()
        if hasColors {
            hasColors = start_color() == OK && use_default_colors() == OK
        }
        colorCount = hasColors ? Int(shim_colors()) : 0
        columns = 80
        rows = 24
        capture.begin()
        setUp()
        measure()
    }

    deinit { close() }

    /// Gives the terminal back as it was.
    package func close() {
        guard isOpen else { return }
        isOpen = false
        leave()
        unsafe delscreen(screen)
        Glibc.close(signals)
        TerminalRescue.disarm()
        capture.end()
    }

    private func setUp() {
        cbreak()
        noecho()
        nonl()
        unsafe intrflush(shim_standard_window(), false)
        unsafe keypad(shim_standard_window(), true)
        unsafe nodelay(shim_standard_window(), true)
        unsafe leaveok(shim_standard_window(), false)
        keys.define()
        enter()
    }

    private func enter() {
        if options.usesMouse { shim_enable_mouse() }
        send("\u{1b}[?2004h")
    }

    private func leave() {
        send("\u{1b}[?2004l")
        curs_set(1)
        endwin()
    }

    /// Sends what ncurses has no name for. It keeps nothing back between refreshes, so the order is that of the calls.
    private func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe write(STDOUT_FILENO, bytes, bytes.count)
    }

    private func measure() {
        var width: Int32 = 0
        var height: Int32 = 0
        guard unsafe shim_terminal_size(&width, &height) == 0 else { return }
        if Int(width) != columns || Int(height) != rows || !is_term_resized(height, width) {
            resizeterm(height, width)
        }
        columns = Int(width)
        rows = Int(height)
    }

    // MARK: Drawing

    /// Writes text at a cell. Shown by the next `flush`.
    package func put(_ text: String, column: Int, row: Int, style: TerminalStyle) {
        shim_set_style(attributes(of: style), pair(of: style))
        unsafe shim_write(Int32(row), Int32(column), text)
    }

    /// Shows what was written, and the cursor at a cell.
    ///
    /// - Parameters:
    ///   - column: The cursor's column; nil to leave it anywhere, hidden.
    ///   - row: The cursor's row.
    ///   - isVisible: Whether the cursor is shown there; it is put there in any case, for screen readers.
    package func flush(column: Int?, row: Int, isVisible: Bool) {
        curs_set(isVisible && column != nil ? 1 : 0)
        if let column { unsafe wmove(shim_standard_window(), Int32(row), Int32(column)) }
        unsafe wrefresh(shim_standard_window())
    }

    /// Forgets what is on the terminal; the next `flush` draws all of it.
    package func clear() {
        unsafe wclear(shim_standard_window())
    }

    private func attributes(of style: TerminalStyle) -> attr_t {
        var attributes: attr_t = 0
        if style.isBold { attributes |= shim_bold() }
        if style.isDim { attributes |= shim_dim() }
        if style.isUnderlined { attributes |= shim_underline() }
        if style.isReversed { attributes |= shim_reverse() }
        return attributes
    }

    private func pair(of style: TerminalStyle) -> Int32 {
        guard colorCount > 0, style.foreground != nil || style.background != nil else { return 0 }
        let key = TerminalStyle(foreground: style.foreground, background: style.background)
        if let known = pairs[key] { return known }
        let made = alloc_pair(Int32(key.foreground ?? -1), Int32(key.background ?? -1))
        pairs[key] = max(0, made)
        return max(0, made)
    }

    // MARK: Waiting

    /// Waits until there is something, the waker was called, or the time is over.
    ///
    /// - Parameter milliseconds: The longest wait; nil for no bound.
    /// - Returns: What happened, in order; empty after the waker or the time.
    package func wait(milliseconds: Int?) -> [TerminalEvent] {
        var watched = [
            pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            pollfd(fd: waker.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
        ]
        let limit = milliseconds.map { Int32(clamping: max(0, $0)) } ?? -1
        guard unsafe poll(&watched, nfds_t(watched.count), limit) > 0 else { return [] }
        var events: [TerminalEvent] = []
        if watched[1].revents != 0 { waker.reset() }
        if watched[2].revents != 0 { events += signalEvents() }
        if watched[0].revents != 0 {
            let read = keys.read()
            // Readable and nothing there: the terminal is gone.
            if read.isEmpty, watched[0].revents & Int16(POLLHUP | POLLERR) != 0 || isAtEnd() {
                return events + [.hangup]
            }
            events += read
        }
        return events
    }

    /// Whether the terminal says that it is readable and has nothing, which it does only when it is gone.
    private func isAtEnd() -> Bool {
        var pending: Int32 = 0
        var watched = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&watched, 1, 0) > 0 && (ioctl(STDIN_FILENO, UInt(FIONREAD), &pending) != 0 || pending == 0)
    }

    private func signalEvents() -> [TerminalEvent] {
        TerminalSignals.read(signals).flatMap { number -> [TerminalEvent] in
            switch number {
            case SIGWINCH:
                measure()
                return [.resized(columns: columns, rows: rows)]
            case SIGTSTP: return [.stopRequested]
            case SIGCONT:
                // A stopped process is not told of a new size.
                measure()
                return [.continued, .resized(columns: columns, rows: rows)]
            case SIGINT, SIGQUIT: return [.interrupted]
            default: return [.hangup]
            }
        }
    }

    /// Gives the terminal back, stops the process, and takes the terminal again when it is continued.
    package func suspend() {
        leave()
        capture.end()
        TerminalRescue.disarm()
        TerminalSignals.stop()
        TerminalRescue.arm()
        capture.begin()
        unsafe wrefresh(shim_standard_window())
        enter()
        measure()
        clear()
    }
}
