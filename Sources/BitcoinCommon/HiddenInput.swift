import Glibc

/// Reading a secret from standard input.
package enum HiddenInput {
    /// Reads one line without showing it on the terminal.
    ///
    /// - Parameter prompt: Written to standard error when a person is asked.
    /// - Throws: `OptionError` when there is no line.
    package static func readLine(prompt: String) throws(OptionError) -> String {
        let isTerminal = isatty(STDIN_FILENO) == 1
        var saved = termios()
        if isTerminal {
            unsafe tcgetattr(STDIN_FILENO, &saved)
            var silent = saved
            silent.c_lflag &= ~tcflag_t(ECHO)
            unsafe tcsetattr(STDIN_FILENO, TCSANOW, &silent)
            _ = unsafe prompt.withCString { unsafe write(STDERR_FILENO, $0, prompt.utf8.count) }
        }
        defer {
            if isTerminal {
                unsafe tcsetattr(STDIN_FILENO, TCSANOW, &saved)
                _ = unsafe "\n".withCString { unsafe write(STDERR_FILENO, $0, 1) }
            }
        }
        guard let line = Swift.readLine(strippingNewline: true) else {
            throw OptionError("failed to read from standard input")
        }
        return line
    }
}
