import CCurses
import Glibc

/// Turns what ncurses reads into events.
struct TerminalKeyReader {
    /// Codes of our own, above those of ncurses.
    private enum Code {
        static let pasteStart: Int32 = 0o1777 + 1
        static let pasteEnd: Int32 = 0o1777 + 2
    }

    /// The longest paste that is taken: longer ones lose their end.
    private static let pasteLimit = 65_536

    private var paste: String?

    /// Names sequences that terminal descriptions often leave out.
    func define() {
        let sequences: [(String, Int32)] = [
            ("\u{1b}[200~", Code.pasteStart), ("\u{1b}[201~", Code.pasteEnd),
            ("\u{1b}[H", KEY_HOME), ("\u{1b}[F", KEY_END), ("\u{1b}[1~", KEY_HOME), ("\u{1b}[4~", KEY_END),
            ("\u{1b}OH", KEY_HOME), ("\u{1b}OF", KEY_END), ("\u{1b}[Z", KEY_BTAB),
            ("\u{1b}OP", KEY_F0 + 1), ("\u{1b}OQ", KEY_F0 + 2), ("\u{1b}OR", KEY_F0 + 3), ("\u{1b}OS", KEY_F0 + 4),
            ("\u{1b}[11~", KEY_F0 + 1), ("\u{1b}[20~", KEY_F0 + 9), ("\u{1b}[21~", KEY_F0 + 10),
            ("\u{1b}[A", KEY_UP), ("\u{1b}[B", KEY_DOWN), ("\u{1b}[C", KEY_RIGHT), ("\u{1b}[D", KEY_LEFT),
            ("\u{1b}OA", KEY_UP), ("\u{1b}OB", KEY_DOWN), ("\u{1b}OC", KEY_RIGHT), ("\u{1b}OD", KEY_LEFT),
        ]
        for (sequence, code) in sequences { unsafe define_key(sequence, code) }
    }

    /// Everything that can be read without waiting.
    mutating func read() -> [TerminalEvent] {
        var events: [TerminalEvent] = []
        var code: wint_t = 0
        while events.count < 256 {
            let result = unsafe shim_read_key(&code)
            if shim_is_error(result) != 0 { break }
            if shim_is_function_key(result) != 0 {
                if let event = functionKey(Int32(bitPattern: code)) { events.append(event) }
            } else if let event = character(code) {
                events.append(event)
            }
        }
        return events
    }

    private mutating func functionKey(_ code: Int32) -> TerminalEvent? {
        switch code {
        case Code.pasteStart:
            paste = ""
            return nil
        case Code.pasteEnd:
            defer { paste = nil }
            return paste.map(TerminalEvent.paste)
        case _ where paste != nil: return nil
        case KEY_MOUSE: return mouse()
        case KEY_UP: return .key(.up)
        case KEY_DOWN: return .key(.down)
        case KEY_LEFT: return .key(.left)
        case KEY_RIGHT: return .key(.right)
        case KEY_HOME: return .key(.home)
        case KEY_END: return .key(.end)
        case KEY_PPAGE: return .key(.pageUp)
        case KEY_NPAGE: return .key(.pageDown)
        case KEY_BACKSPACE: return .key(.backspace)
        case KEY_DC: return .key(.delete)
        case KEY_ENTER: return .key(.enter)
        case KEY_BTAB: return .key(.backTab)
        case KEY_F0 + 1...KEY_F0 + 24: return .key(.function(Int(code - KEY_F0)))
        default: return nil
        }
    }

    private func mouse() -> TerminalEvent? {
        var column: Int32 = 0
        var row: Int32 = 0
        let kind = unsafe shim_read_mouse(&column, &row)
        let place = (column: Int(column), row: Int(row))
        switch kind {
        case 1: return .mouse(.press, column: place.column, row: place.row)
        case 2: return .mouse(.doublePress, column: place.column, row: place.row)
        case 3: return .mouse(.wheelUp, column: place.column, row: place.row)
        case 4: return .mouse(.wheelDown, column: place.column, row: place.row)
        default: return nil
        }
    }

    private mutating func character(_ code: wint_t) -> TerminalEvent? {
        guard let scalar = Unicode.Scalar(code) else { return nil }
        if paste != nil {
            if paste?.utf8.count ?? 0 < Self.pasteLimit { paste?.unicodeScalars.append(scalar) }
            return nil
        }
        switch code {
        case 0x1b: return .key(.escape)
        case 0x0a, 0x0d: return .key(.enter)
        case 0x09: return .key(.tab)
        case 0x08, 0x7f: return .key(.backspace)
        case 0x01...0x1a: return .key(.control(Character(Unicode.Scalar(UInt8(code) + 0x60))))
        case 0x00..<0x20: return nil
        default: return .key(.character(Character(scalar)))
        }
    }
}
