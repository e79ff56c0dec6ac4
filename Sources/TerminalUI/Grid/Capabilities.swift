/// What a terminal can show.
package struct Capabilities: Sendable, Hashable {
    /// Which characters frames and marks are made of.
    package enum Frames: Sendable, Hashable {
        /// Box drawing characters.
        case unicode
        /// `+`, `-` and `|`.
        case ascii
    }

    /// How many colours there are.
    package enum Colors: Int, Sendable, Hashable, CaseIterable {
        /// Bold, underline and reverse only.
        case mono
        /// The eight or sixteen colours that the user's theme defines.
        case sixteen
        /// The palette of 256.
        case palette
        /// 24 bits.
        case direct
    }

    /// Frames.
    package var frames: Frames
    /// Whether the terminal's encoding has characters beyond ASCII; if not, they are shown as question marks.
    package var isUnicode: Bool
    /// Colours.
    package var colors: Colors

    /// Makes the value from its parts.
    package init(frames: Frames, isUnicode: Bool, colors: Colors) {
        self.frames = frames
        self.isUnicode = isUnicode
        self.colors = colors
    }

    /// From what the environment says.
    ///
    /// - Parameters:
    ///   - colorCount: Number of colours the terminal description has, 0 for none.
    ///   - isUnicode: Whether the locale's encoding is UTF-8.
    ///   - noColor: Whether `NO_COLOR` is set to something (https://no-color.org).
    ///   - asciiFrames: Whether the user asked for ASCII frames.
    package init(colorCount: Int, isUnicode: Bool, noColor: Bool, asciiFrames: Bool) {
        frames = isUnicode && !asciiFrames ? .unicode : .ascii
        self.isUnicode = isUnicode
        colors =
            switch colorCount {
            case _ where noColor: .mono
            case 0x100_0000...: .direct
            case 256...: .palette
            case 8...: .sixteen
            default: .mono
            }
    }
}
