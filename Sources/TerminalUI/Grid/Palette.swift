/// How a style looks on a terminal with certain colours.
package struct Appearance: Sendable, Hashable {
    /// Colour of the characters: a number of the palette, or 24 bits RGB on a terminal with direct colours; nil for
    /// the terminal's own.
    package var foreground: Int?
    /// Colour behind them, likewise.
    package var background: Int?
    /// Strong.
    package var isBold = false
    /// Weak.
    package var isDim = false
    /// Underlined.
    package var isUnderlined = false
    /// Colours exchanged.
    package var isReversed = false
}

/// The one place where roles become colours. Blue and orange rather than green and red, so that those who cannot tell
/// the latter apart lose nothing; background and ordinary text stay the terminal's own, so that dark and light themes
/// both work.
package enum Palette {
    /// The look of a style.
    package static func appearance(of style: Style, colors: Capabilities.Colors) -> Appearance {
        var appearance = Appearance()
        switch style.role {
        case .heading, .currentTab: appearance.isBold = true
        case .mainNetwork:
            appearance.isBold = true
            appearance.isReversed = true
        case .testNetwork: appearance.isBold = true
        case .key: appearance.isBold = true
        case .bad: appearance.isBold = true
        case .faint, .frame: appearance.isDim = colors == .mono
        case .input: appearance.isUnderlined = true
        case .plain, .good, .caution, .incoming, .outgoing: break
        }
        appearance.foreground = color(of: style.role, colors: colors)
        if style.isSelected {
            appearance.isReversed = true
            appearance.isDim = false
            // A coloured bar whose colour changes along the row reads badly.
            if colors != .mono { appearance.foreground = nil }
        }
        return appearance
    }

    private static func color(of role: Role, colors: Capabilities.Colors) -> Int? {
        let (sixteen, palette, direct): (Int?, Int?, Int?) =
            switch role {
            case .plain, .heading, .input: (nil, nil, nil)
            case .faint: (nil, 245, 0x8a8a8a)
            case .frame: (nil, 240, 0x6c6c6c)
            case .key, .currentTab: (6, 39, 0x1b9ce0)
            case .good, .incoming: (4, 33, 0x2f8fe0)
            case .caution, .testNetwork: (3, 172, 0xd08000)
            case .bad, .outgoing: (3, 208, 0xe07020)
            case .mainNetwork: (3, 208, 0xe07020)
            }
        switch colors {
        case .mono: return nil
        case .sixteen: return sixteen
        case .palette: return palette
        case .direct: return direct
        }
    }
}
