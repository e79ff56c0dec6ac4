/// What a piece of text is, from which the palette makes a colour. No role carries a meaning that the text beside it
/// does not say too.
package enum Role: UInt8, CaseIterable, Sendable {
    /// Ordinary text.
    case plain
    /// Less important than its surroundings: units, hints, rows that are not loaded, data that may be out of date.
    case faint
    /// The title of a column or section.
    case heading
    /// Lines and boxes.
    case frame
    /// A key in a hint.
    case key
    /// Fine: live, synced, attached.
    case good
    /// Wants attention: pending, locked, stale.
    case caution
    /// Wrong: failed, conflicted.
    case bad
    /// Money that came in.
    case incoming
    /// Money that went out.
    case outgoing
    /// The name of the network whose coins have value.
    case mainNetwork
    /// The name of any other network.
    case testNetwork
    /// The tab of the screen that is shown.
    case currentTab
    /// A field that takes text.
    case input

    /// One character for the style layer of recorded screens.
    package var letter: Character {
        switch self {
        case .plain: "."
        case .faint: "f"
        case .heading: "h"
        case .frame: "-"
        case .key: "k"
        case .good: "g"
        case .caution: "c"
        case .bad: "b"
        case .incoming: "i"
        case .outgoing: "o"
        case .mainNetwork: "M"
        case .testNetwork: "T"
        case .currentTab: "t"
        case .input: "n"
        }
    }
}

/// How a cell is to be shown.
package struct Style: Sendable, Hashable {
    /// What the text is.
    package var role: Role
    /// Part of the row, item or button that the next key acts on.
    package var isSelected: Bool

    /// Makes the value from its parts.
    package init(_ role: Role, isSelected: Bool = false) {
        self.role = role
        self.isSelected = isSelected
    }

    /// Ordinary text.
    package static let plain = Style(.plain)
    /// Text that steps back.
    package static let faint = Style(.faint)
    /// Titles.
    package static let heading = Style(.heading)
    /// Lines and boxes.
    package static let frame = Style(.frame)
}
