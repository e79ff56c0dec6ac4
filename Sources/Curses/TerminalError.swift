/// Why there is no terminal to draw on.
package enum TerminalError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Input or output is not a terminal.
    case notATerminal
    /// `TERM` is not set, or "dumb".
    case noTerminalType
    /// The terminal database does not know `TERM`.
    case unknownTerminalType(String)
    /// A system call failed; its name and error number.
    case system(String, Int32)

    /// The text for people, with the remedy.
    package var description: String {
        switch self {
        case .notATerminal: "input and output must be a terminal"
        case .noTerminalType: "the environment variable TERM names no usable terminal; try TERM=xterm-256color"
        case .unknownTerminalType(let name):
            "the terminal type \"\(name)\" (TERM) is unknown here; try TERM=xterm-256color"
        case .system(let call, let number): "\(call) failed with error \(number)"
        }
    }
}
