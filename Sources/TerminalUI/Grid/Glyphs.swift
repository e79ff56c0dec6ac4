/// The characters that frames and marks are made of.
package struct Glyphs: Sendable {
    let horizontal: Character
    let vertical: Character
    let topLeft: Character
    let topRight: Character
    let bottomLeft: Character
    let bottomRight: Character
    let leftTee: Character
    let rightTee: Character
    /// Something is there: live, attached.
    let filled: Character
    /// Something is not there.
    let open: Character
    /// Something failed.
    let cross: Character
    /// Text was left out.
    let ellipsis: Character
    /// Between parts of a line.
    let dot: Character
    let up: Character
    let down: Character
    let left: Character
    let right: Character
    /// From one part of a path to the next.
    let step: Character
    /// From nothing to all.
    let bars: [Character]

    /// Box drawing and other narrow characters of Unicode.
    static let unicode = Glyphs(
        horizontal: "─", vertical: "│", topLeft: "┌", topRight: "┐", bottomLeft: "└", bottomRight: "┘", leftTee: "├",
        rightTee: "┤", filled: "●", open: "○", cross: "✗", ellipsis: "…", dot: "·", up: "↑", down: "↓", left: "←",
        right: "→", step: "›", bars: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"])

    /// What every terminal has.
    static let ascii = Glyphs(
        horizontal: "-", vertical: "|", topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+", leftTee: "+",
        rightTee: "+", filled: "*", open: "o", cross: "x", ellipsis: "~", dot: "-", up: "^", down: "v", left: "<",
        right: ">", step: ">", bars: [" ", ".", ":", "-", "=", "+", "*", "%", "#"])

    /// The glyphs of a kind of frame.
    static func of(_ frames: Capabilities.Frames) -> Glyphs { frames == .unicode ? unicode : ascii }

    /// A line across.
    func line(_ columns: Int) -> String { String(repeating: horizontal, count: max(0, columns)) }
}
