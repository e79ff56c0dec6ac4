import BitcoinPrimitives
import BitcoinScript
import ByteCoding

/// The notation of scripts in Core's test data: numbers, opcodes by name, bytes as `0x…` that stand for themselves, and
/// text in quotes that is pushed.
enum ScriptText {
    struct UnknownWord: Error { let word: String }

    static func parse(_ text: String) throws -> Script {
        var builder = ScriptBuilder()
        for word in text.split(whereSeparator: \.isWhitespace).map(String.init) {
            if let number = Int64(word) {
                builder.push(number: number)
            } else if word.hasPrefix("0x") {
                builder.append(raw: try Hex.decode(word.dropFirst(2)))
            } else if word.hasPrefix("'"), word.hasSuffix("'"), word.count >= 2 {
                builder.push(Array(word.dropFirst().dropLast().utf8))
            } else if let opcode = Opcode(name: word) {
                builder.append(opcode)
            } else {
                throw UnknownWord(word: word)
            }
        }
        return builder.script
    }

    static func flags(_ text: String) throws -> ScriptFlags {
        var flags: ScriptFlags = []
        for word in text.split(separator: ",") where word != "NONE" {
            guard let flag = ScriptFlags(name: word) else { throw UnknownWord(word: String(word)) }
            flags.insert(flag)
        }
        return flags
    }
}

extension ScriptFlags {
    /// All flags there are.
    static let all = ScriptFlags(rawValue: (1 << 21) - 1)

    /// These flags with those that they mean nothing without.
    var filled: ScriptFlags {
        var flags = self
        if flags.contains(.cleanStack) { flags.insert(.witness) }
        if flags.contains(.witness) { flags.insert(.p2sh) }
        return flags
    }

    /// These flags without those that mean nothing among them.
    var trimmed: ScriptFlags {
        var flags = self
        if !flags.contains(.p2sh) { flags.remove(.witness) }
        if !flags.contains(.witness) { flags.remove(.cleanStack) }
        return flags
    }

    /// Each flag for itself.
    static let each = (0..<21).map { ScriptFlags(rawValue: 1 << $0) }
}
