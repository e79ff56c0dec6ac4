import Curses
import TerminalUI

/// A `Screen` on the real terminal. Owned by the interface thread.
final class CursesScreen: Screen {
    private let terminal: Terminal
    private var shown: Grid?
    let capabilities: Capabilities

    init(waker: TerminalWaker, usesMouse: Bool, asciiFrames: Bool, noColor: Bool) throws(TerminalError) {
        terminal = try Terminal(waker: waker, options: .init(usesMouse: usesMouse))
        capabilities = Capabilities(
            colorCount: terminal.colorCount, isUnicode: terminal.isUnicode, noColor: noColor, asciiFrames: asciiFrames)
    }

    var size: Size { Size(columns: terminal.columns, rows: terminal.rows) }

    /// Gives the terminal back as it was.
    func close() { terminal.close() }

    func wait(milliseconds: Int?) -> [InputEvent] {
        terminal.wait(milliseconds: milliseconds).compactMap { event in
            switch event {
            case .key(let key): return .key(Key(key))
            case .mouse(let action, let column, let row):
                return .mouse(MouseAction(action), Position(column: column, row: row))
            case .paste(let text): return .paste(text)
            case .resized(let columns, let rows):
                shown = nil
                return .resize(Size(columns: columns, rows: rows))
            case .continued:
                shown = nil
                return .redraw
            case .stopRequested: return .key(.control("z"))
            case .interrupted: return .key(.control("c"))
            case .hangup: return .hangup
            }
        }
    }

    func show(_ picture: Picture) {
        for run in picture.grid.changes(from: shown) {
            let appearance = Palette.appearance(of: run.style, colors: capabilities.colors)
            terminal.put(
                run.text, column: run.column, row: run.row,
                style: TerminalStyle(
                    foreground: appearance.foreground, background: appearance.background, isBold: appearance.isBold,
                    isDim: appearance.isDim, isUnderlined: appearance.isUnderlined, isReversed: appearance.isReversed))
        }
        terminal.flush(
            column: picture.cursor?.column, row: picture.cursor?.row ?? 0, isVisible: picture.isCursorVisible)
        shown = picture.grid
    }

    func invalidate() {
        terminal.clear()
        shown = nil
    }

    func suspend() { terminal.suspend() }
}

/// The terminal's waker for the event queue.
struct ScreenWaker: Waker {
    let waker: TerminalWaker

    func wake() { waker.wake() }
}

extension Key {
    fileprivate init(_ key: TerminalKey) {
        self =
            switch key {
            case .character(let character): .character(character)
            case .control(let character): .control(character)
            case .enter: .enter
            case .escape: .escape
            case .tab: .tab
            case .backTab: .backTab
            case .backspace: .backspace
            case .delete: .delete
            case .up: .up
            case .down: .down
            case .left: .left
            case .right: .right
            case .home: .home
            case .end: .end
            case .pageUp: .pageUp
            case .pageDown: .pageDown
            case .function(let number): .function(number)
            }
    }
}

extension MouseAction {
    fileprivate init(_ action: TerminalEvent.Mouse) {
        self =
            switch action {
            case .press: .click
            case .doublePress: .doubleClick
            case .wheelUp: .wheelUp
            case .wheelDown: .wheelDown
            }
    }
}
