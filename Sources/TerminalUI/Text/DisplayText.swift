/// Text as a terminal shows it: cleaned of what could play havoc with it, measured in columns, cut to fit.
///
/// Names, labels, log lines, error messages: everything from outside passes through `clean` once before it reaches a
/// grid.
package enum DisplayText {
    /// The text without control characters, direction marks, invisible characters and towers of accents. Each of
    /// these becomes a question mark, or a space for those that separate.
    package static func clean(_ text: String, isUnicode: Bool = true) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text }
        var result = String.UnicodeScalarView()
        var marks = 0
        for scalar in text.unicodeScalars {
            switch kind(of: scalar) {
            case .plain:
                marks = 0
                result.append(isUnicode || scalar.isASCII ? scalar : scalar == "…" ? "~" : "?")
            case .space:
                marks = 0
                result.append(" ")
            case .forbidden:
                marks = 0
                result.append("?")
            case .dropped: break
            case .mark:
                marks += 1
                if result.isEmpty || !isUnicode {
                    result.append("?")
                } else if marks <= 2 {
                    result.append(scalar)
                }
            }
        }
        return String(result)
    }

    private enum Kind { case plain, space, forbidden, dropped, mark }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        switch scalar.value {
        case 0x20..<0x7f: return .plain
        case 0x09, 0x0a, 0x0d, 0x2028, 0x2029: return .space
        case 0x00..<0x20, 0x7f..<0xa0: return .forbidden
        case 0xad, 0x200b...0x200f, 0x202a...0x202e, 0x2060...0x206f, 0xfeff, 0xfff9...0xfffb, 0xe0000...0xe0fff:
            return .forbidden
        case 0xfe00...0xfe0f: return .dropped
        case 0x1f3fb...0x1f3ff: return .dropped
        case 0xe000...0xf8ff, 0xf0000...: return .forbidden
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return .mark
        case .control, .format, .surrogate, .unassigned: return .forbidden
        default: return .plain
        }
    }

    /// The columns that a character takes: 1 or 2.
    package static func width(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first, scalar.value >= 0x1100 else { return 1 }
        return isWide(scalar.value) ? 2 : 1
    }

    /// Whether every terminal gives the character one column.
    static func hasCertainWidth(_ character: Character) -> Bool {
        guard let scalar = character.unicodeScalars.first else { return true }
        return scalar.isASCII || (0x2500...0x259f).contains(scalar.value)
    }

    /// The columns that a cleaned text takes.
    package static func width(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.reduce(0) { $0 + width($1) }
    }

    /// The text cut at the right to at most `columns`, with a mark in the last column if anything is missing.
    package static func fit(_ text: String, columns: Int, ellipsis: Character = "…") -> String {
        guard width(text) > columns else { return text }
        guard columns > 0 else { return "" }
        return prefix(text, columns: columns - 1) + String(ellipsis)
    }

    /// The text cut in the middle to at most `columns`: for hashes and addresses, whose ends people compare.
    package static func fitMiddle(_ text: String, columns: Int, ellipsis: Character = "…") -> String {
        guard width(text) > columns else { return text }
        guard columns > 2 else { return fit(text, columns: columns, ellipsis: ellipsis) }
        let tail = (columns - 1) / 2
        let head = columns - 1 - tail
        return prefix(text, columns: head) + String(ellipsis) + suffix(text, columns: tail)
    }

    private static func prefix(_ text: String, columns: Int) -> String {
        var result = ""
        var used = 0
        for character in text {
            used += width(character)
            if used > columns { break }
            result.append(character)
        }
        return result
    }

    private static func suffix(_ text: String, columns: Int) -> String {
        String(prefix(String(text.reversed()), columns: columns).reversed())
    }

    /// The text in lines of at most `columns`, broken at spaces where there are any.
    package static func wrap(_ text: String, columns: Int) -> [String] {
        guard columns > 0 else { return [] }
        var lines: [String] = []
        var line = ""
        for part in text.split(separator: " ") {
            var word = String(part)
            if !line.isEmpty, width(line) + 1 + width(word) <= columns {
                line += " " + word
                continue
            }
            if !line.isEmpty { lines.append(line) }
            while width(word) > columns {
                let piece = prefix(word, columns: columns)
                // A character wider than the line fits nowhere.
                guard !piece.isEmpty else { return lines }
                lines.append(piece)
                word.removeFirst(piece.count)
            }
            line = word
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}
