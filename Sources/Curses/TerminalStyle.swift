/// How text looks.
package struct TerminalStyle: Sendable, Hashable {
    /// Colour of the characters, a number as the terminal counts; nil for its own.
    package var foreground: Int?
    /// Colour behind them; nil for the terminal's own.
    package var background: Int?
    /// Strong.
    package var isBold: Bool
    /// Weak.
    package var isDim: Bool
    /// Underlined.
    package var isUnderlined: Bool
    /// Colours exchanged.
    package var isReversed: Bool

    /// Makes the value from its parts.
    package init(
        foreground: Int? = nil, background: Int? = nil, isBold: Bool = false, isDim: Bool = false,
        isUnderlined: Bool = false, isReversed: Bool = false
    ) {
        self.foreground = foreground
        self.background = background
        self.isBold = isBold
        self.isDim = isDim
        self.isUnderlined = isUnderlined
        self.isReversed = isReversed
    }
}
