/// Something that lies over the screen and takes the keys.
package enum Popup: Sendable {
    /// A list of commands.
    case menu(Menu)
    /// The keys of the context below; the number of lines scrolled.
    case help(Int)
    /// Text to read.
    case viewer(Viewer)
    /// Fields to fill in, or a question.
    case dialog(Dialog)
}

/// A list of commands to choose from.
package struct Menu: Sendable {
    /// One line of a menu.
    package struct Item: Sendable, Equatable {
        /// What it says; empty for a line across.
        package var label: String
        /// The key that does the same without the menu.
        package var key: String
        /// What it does; nil for a line across.
        package var command: Command?
    }

    /// In the frame.
    package var title: String
    /// The lines.
    package var items: [Item]
    /// The line under the cursor.
    package var cursor = 0

    /// Moves the cursor, past lines across.
    mutating func move(by delta: Int) {
        guard items.contains(where: { $0.command != nil }) else { return }
        repeat { cursor = (cursor + delta + items.count) % items.count } while items[cursor].command == nil
    }
}

/// Text to read.
package struct Viewer: Sendable {
    /// In the frame.
    package var title: String
    /// The lines, cleaned.
    package var lines: [String]
    /// The first visible line.
    package var top = 0
    /// Columns scrolled to the right.
    package var left = 0
}

/// The line at the bottom that takes a command or a filter.
package struct LineInput: Sendable {
    /// What the text is.
    package enum Kind: Sendable {
        /// `:`
        case command
        /// `/`
        case filter
    }

    /// What the text is.
    package var kind: Kind
    /// The text.
    package var editor: LineEditor
    /// How far back in the history the text was taken from; 0 for none.
    package var historyDepth = 0
}

/// What is said at the bottom, and kept for `:messages`.
package struct Message: Sendable, Equatable {
    /// When, seconds since 1970.
    package var time: Int64
    /// What.
    package var text: String
    /// How it is shown.
    package var role: Role
}
