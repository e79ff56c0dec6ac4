/// What a click at a place means.
package enum HitTarget: Sendable, Hashable {
    /// A command, as if its key were pressed.
    case command(Command)
    /// A row of the list shown.
    case row(Int)
    /// A line of the open menu.
    case menuItem(Int)
    /// A field or button of the open dialog.
    case dialogField(Int)
    /// Part of a popup that takes clicks and does nothing.
    case nothing
}

/// A rectangle that can be clicked.
package struct HitRegion: Sendable, Hashable {
    /// Where.
    package var rect: Rect
    /// What for.
    package var target: HitTarget
}

/// A rendered screen: the cells, what can be clicked, and where the cursor stands.
package struct Picture: Sendable {
    /// The cells.
    package var grid: Grid
    /// What can be clicked; of regions that overlap the last counts.
    package var hits: [HitRegion]
    /// Where the terminal's own cursor is put: on the focused item, for screen readers and magnifiers.
    package var cursor: Position?
    /// Whether the cursor is where text is typed, and to be shown.
    package var isCursorVisible = false
}

/// Draws a state. Pure: the same state, size and capabilities give the same picture.
package func render(_ state: AppState, size: Size, capabilities: Capabilities) -> Picture {
    var painter = Painter(state: state, size: size, capabilities: capabilities)
    painter.draw()
    return Picture(
        grid: painter.grid, hits: painter.hits, cursor: painter.cursor,
        isCursorVisible: painter.isCursorVisible)
}
