/// A key as ncurses decodes it.
package enum TerminalKey: Sendable, Hashable {
    /// A key that writes a character.
    case character(Character)
    /// A letter with the control key, in lower case.
    case control(Character)
    /// Return.
    case enter
    /// Escape.
    case escape
    /// Tabulator.
    case tab
    /// Tabulator with shift.
    case backTab
    /// Deletes to the left.
    case backspace
    /// Deletes to the right.
    case delete
    /// Arrow.
    case up
    /// Arrow.
    case down
    /// Arrow.
    case left
    /// Arrow.
    case right
    /// Start of line or list.
    case home
    /// End of line or list.
    case end
    /// One page up.
    case pageUp
    /// One page down.
    case pageDown
    /// F1 and so on.
    case function(Int)
}

/// What a wait at the terminal brought.
package enum TerminalEvent: Sendable, Hashable {
    /// What the mouse did.
    package enum Mouse: Sendable, Hashable {
        /// The left button went down.
        case press
        /// The left button was clicked twice.
        case doublePress
        /// The wheel, away from the user.
        case wheelUp
        /// The wheel, towards the user.
        case wheelDown
    }

    /// A key.
    case key(TerminalKey)
    /// The mouse, at a cell counted from 0.
    case mouse(Mouse, column: Int, row: Int)
    /// Text pasted at once.
    case paste(String)
    /// Another size.
    case resized(columns: Int, rows: Int)
    /// The process was continued after a stop: everything must be drawn again.
    case continued
    /// The user asked the terminal to stop the process (control-Z).
    case stopRequested
    /// The user asked the terminal to interrupt (control-C).
    case interrupted
    /// The terminal is gone, or the process was asked to end.
    case hangup
}
