/// A key as the terminal reports it.
package enum Key: Sendable, Hashable {
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

    /// The key's name in hints and help.
    func label(_ glyphs: Glyphs) -> String {
        switch self {
        case .character(" "): "space"
        case .character(let character): String(character)
        case .control(let character): "^" + character.uppercased()
        case .enter: "enter"
        case .escape: "esc"
        case .tab: "tab"
        case .backTab: "shift-tab"
        case .backspace: "backspace"
        case .delete: "del"
        case .up: String(glyphs.up)
        case .down: String(glyphs.down)
        case .left: String(glyphs.left)
        case .right: String(glyphs.right)
        case .home: "home"
        case .end: "end"
        case .pageUp: "pgup"
        case .pageDown: "pgdn"
        case .function(let number): "F\(number)"
        }
    }
}

/// What the mouse did.
package enum MouseAction: Sendable, Hashable {
    /// A click of the left button.
    case click
    /// The second click of two.
    case doubleClick
    /// The wheel, away from the user.
    case wheelUp
    /// The wheel, towards the user.
    case wheelDown
}

/// What a person does at the terminal.
package enum InputEvent: Sendable, Hashable {
    /// A key.
    case key(Key)
    /// The mouse, at a cell.
    case mouse(MouseAction, Position)
    /// Text pasted at once. Never taken as keys.
    case paste(String)
    /// The terminal has another size.
    case resize(Size)
    /// The terminal must be drawn again from nothing.
    case redraw
    /// The terminal is gone, or the process was asked to end.
    case hangup
}
