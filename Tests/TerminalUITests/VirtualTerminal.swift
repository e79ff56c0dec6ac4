/// A terminal as far as ncurses uses one with `TERM=xterm-256color`: characters at places, and which modes are on.
struct VirtualTerminal {
    private(set) var columns: Int
    private(set) var rows: Int
    private var cells: [[Character]]
    private var saved: [[Character]]?
    private var column = 0
    private var row = 0
    private var top = 0
    private var bottom: Int
    /// Private modes that are on, such as 1049 for the second screen.
    private(set) var modes: Set<Int> = [7, 25]
    /// Whether any colour was asked for.
    private(set) var hasColors = false
    private var pending: [UInt8] = []
    private var lastCharacter: Character = " "

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        bottom = rows - 1
        cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
    }

    var lines: [String] {
        cells.map { line in
            var text = String(line.filter { $0 != "\0" })
            while text.last == " " { text.removeLast() }
            return text
        }
    }

    var text: String { lines.joined(separator: "\n") }

    mutating func resize(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        (top, bottom) = (0, rows - 1)
        cells = (0..<rows).map { row in
            (0..<columns).map { row < cells.count && $0 < cells[row].count ? cells[row][$0] : " " }
        }
        (column, row) = (min(column, columns - 1), min(row, rows - 1))
    }

    mutating func feed(_ bytes: [UInt8]) {
        pending += bytes
        while !pending.isEmpty {
            let used = pending[0] == 0x1b ? escape() : plain()
            if used == 0 { return }
            pending.removeFirst(used)
        }
    }

    /// One character; 0 when its end has not come yet.
    private mutating func plain() -> Int {
        let byte = pending[0]
        switch byte {
        case 0x0a: lineFeed()
        case 0x0d: column = 0
        case 0x08: column = max(0, column - 1)
        case 0x09: column = min(columns - 1, (column / 8 + 1) * 8)
        case 0x20...: return printable(byte)
        default: break
        }
        return 1
    }

    private mutating func printable(_ byte: UInt8) -> Int {
        let length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
        guard pending.count >= length else { return 0 }
        write(Character(String(decoding: pending[0..<length], as: UTF8.self)))
        return length
    }

    private mutating func write(_ character: Character) {
        if column >= columns {
            column = 0
            lineFeed()
        }
        cells[row][column] = character
        lastCharacter = character
        column += 1
        if let value = character.unicodeScalars.first?.value, value >= 0x2e80 || value == 0x2615, column < columns {
            cells[row][column] = "\0"
            column += 1
        }
    }

    private mutating func lineFeed() {
        if row == bottom { scroll(1) } else { row = min(rows - 1, row + 1) }
    }

    private mutating func scroll(_ count: Int, from first: Int? = nil) {
        let first = first ?? top
        for _ in 0..<min(abs(count), bottom - first + 1) {
            let blank = [Character](repeating: " ", count: columns)
            if count > 0 {
                cells.remove(at: first)
                cells.insert(blank, at: bottom)
            } else {
                cells.remove(at: bottom)
                cells.insert(blank, at: first)
            }
        }
    }

    /// One escape sequence; 0 when its end has not come yet.
    private mutating func escape() -> Int {
        guard pending.count > 1 else { return 0 }
        switch pending[1] {
        case UInt8(ascii: "["):
            guard let end = pending.indices.dropFirst(2).first(where: { (0x40...0x7e).contains(pending[$0]) }) else {
                return 0
            }
            control(String(decoding: pending[2..<end], as: UTF8.self), pending[end])
            return end + 1
        case UInt8(ascii: "]"):
            guard let end = pending.firstIndex(of: 7) else { return 0 }
            return end + 1
        case UInt8(ascii: "("), UInt8(ascii: ")"): return pending.count > 2 ? 3 : 0
        case UInt8(ascii: "M"):
            if row == top { scroll(-1) } else { row = max(0, row - 1) }
            return 2
        default: return 2
        }
    }

    private mutating func control(_ text: String, _ final: UInt8) {
        let isPrivate = text.hasPrefix("?")
        let numbers = text.drop { !$0.isNumber }.split(separator: ";", omittingEmptySubsequences: false).map {
            Int($0) ?? 0
        }
        let first = numbers.first ?? 0
        let count = max(1, first)
        switch Character(Unicode.Scalar(final)) {
        case "H", "f":
            row = min(rows - 1, max(0, first - 1))
            column = min(columns - 1, max(0, (numbers.count > 1 ? numbers[1] : 1) - 1))
        case "A": row = max(0, row - count)
        case "B": row = min(rows - 1, row + count)
        case "C": column = min(columns - 1, column + count)
        case "D": column = max(0, column - count)
        case "G": column = min(columns - 1, count - 1)
        case "d": row = min(rows - 1, count - 1)
        case "J":
            eraseLine(first)
            let erased = first == 0 ? row + 1..<max(row + 1, rows) : first == 1 ? 0..<row : 0..<rows
            for row in erased { cells[row] = Array(repeating: " ", count: columns) }
        case "K": eraseLine(first)
        case "X": for index in column..<min(columns, column + count) { cells[row][index] = " " }
        case "b": for _ in 0..<count { write(lastCharacter) }
        case "P":
            for _ in 0..<min(count, columns - column) {
                cells[row].remove(at: column)
                cells[row].append(" ")
            }
        case "@":
            for _ in 0..<min(count, columns - column) {
                cells[row].insert(" ", at: column)
                cells[row].removeLast()
            }
        case "L": scroll(-count, from: row)
        case "M": scroll(count, from: row)
        case "S": scroll(count)
        case "T": scroll(-count)
        case "r":
            top = max(0, first - 1)
            bottom = numbers.count > 1 && numbers[1] > 0 ? min(rows - 1, numbers[1] - 1) : rows - 1
            (row, column) = (0, 0)
        case "m": if numbers.contains(where: { (30...38).contains($0) || (90...97).contains($0) }) { hasColors = true }
        case "h" where isPrivate: for number in numbers { set(number) }
        case "l" where isPrivate: for number in numbers { reset(number) }
        default: break
        }
    }

    private mutating func eraseLine(_ kind: Int) {
        let start = min(column, columns - 1)
        let erased = kind == 0 ? start..<columns : kind == 1 ? 0..<start + 1 : 0..<columns
        for index in erased { cells[row][index] = " " }
    }

    private mutating func set(_ mode: Int) {
        if mode == 1049, modes.insert(mode).inserted {
            saved = cells
            cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
        }
        modes.insert(mode)
    }

    private mutating func reset(_ mode: Int) {
        if mode == 1049, modes.contains(mode), let old = saved {
            cells = old
            saved = nil
            resize(columns: columns, rows: rows)
        }
        modes.remove(mode)
    }
}
