/// One line of text being edited.
package struct LineEditor: Sendable, Equatable {
    /// What a key does to the line.
    package enum Edit: Sendable, Hashable {
        /// Cursor one character to the left.
        case left
        /// Cursor one character to the right.
        case right
        /// Cursor to the start.
        case home
        /// Cursor to the end.
        case end
        /// Delete the character before the cursor.
        case backspace
        /// Delete the character under the cursor.
        case delete
        /// Delete the word before the cursor.
        case deleteWord
        /// Delete everything.
        case clear
    }

    /// The most characters a line takes: enough for any descriptor that fits into a paste.
    static let limit = 16_384

    /// The characters.
    private(set) var characters: [Character]

    /// The cursor: the number of characters before it.
    private(set) var cursor: Int

    /// A line with text, the cursor behind it.
    package init(_ text: String = "") {
        characters = Array(text.prefix(Self.limit))
        cursor = characters.count
    }

    /// The text.
    package var text: String { String(characters) }

    /// Whether nothing is written.
    var isEmpty: Bool { characters.isEmpty }

    /// Inserts text at the cursor. Line ends become spaces, other control characters are left out.
    mutating func insert(_ text: String) {
        var added: [Character] = []
        for character in text {
            if character.isNewline || character == "\t" {
                added.append(" ")
            } else if !(character.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f }) {
                added.append(character)
            }
        }
        added = Array(added.prefix(Self.limit - characters.count))
        characters.insert(contentsOf: added, at: cursor)
        cursor += added.count
    }

    /// Replaces the text.
    mutating func replace(_ text: String) { self = LineEditor(text) }

    /// Does what a key asks.
    mutating func apply(_ edit: Edit) {
        switch edit {
        case .left: cursor = max(0, cursor - 1)
        case .right: cursor = min(characters.count, cursor + 1)
        case .home: cursor = 0
        case .end: cursor = characters.count
        case .backspace:
            guard cursor > 0 else { return }
            cursor -= 1
            characters.remove(at: cursor)
        case .delete:
            guard cursor < characters.count else { return }
            characters.remove(at: cursor)
        case .deleteWord:
            var start = cursor
            while start > 0, characters[start - 1] == " " { start -= 1 }
            while start > 0, characters[start - 1] != " " { start -= 1 }
            characters.removeSubrange(start..<cursor)
            cursor = start
        case .clear:
            characters.removeAll()
            cursor = 0
        }
    }

    /// The part of the cleaned text that fits into `columns` and contains the cursor, and the cursor's column in it.
    func visible(columns: Int, isUnicode: Bool) -> (text: String, cursor: Int) {
        let shown = characters.map { Array(DisplayText.clean(String($0), isUnicode: isUnicode)) }
        let widths = shown.map { $0.reduce(0) { $0 + DisplayText.width($1) } }
        var start = cursor
        var used = 1
        while start > 0, used + widths[start - 1] <= columns {
            start -= 1
            used += widths[start]
        }
        var text = ""
        var width = 0
        var index = start
        while index < shown.count, width + widths[index] <= columns {
            text += String(shown[index])
            width += widths[index]
            index += 1
        }
        return (text, widths[start..<cursor].reduce(0, +))
    }
}
