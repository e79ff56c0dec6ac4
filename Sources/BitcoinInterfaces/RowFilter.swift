/// What the `filter` of a window on a wallet means, the terminal's `/` filter: words that all must fit.
///
/// A word fits when it occurs in one of a row's texts, whatever the case. `amt>0.1` and `amt<1` compare bitcoins
/// without sign, `conf>5` and `conf<6` confirmations, `label~text` looks at the label alone.
package struct RowFilter: Sendable, Equatable {
    /// One condition.
    enum Term: Sendable, Equatable {
        case text(String)
        case label(String)
        case amountAbove(Int64)
        case amountBelow(Int64)
        case depthAbove(Int32)
        case depthBelow(Int32)
    }

    let terms: [Term]

    /// Reads a filter. What is no condition is a word.
    package init(_ text: String) {
        terms = text.split { $0.isWhitespace }.map { Self.term(String($0)) }
    }

    private static func term(_ word: String) -> Term {
        func rest(_ prefix: String) -> String? {
            word.lowercased().hasPrefix(prefix) ? String(word.dropFirst(prefix.count)) : nil
        }
        if let amount = rest("amt>").flatMap(satoshi) { return .amountAbove(amount) }
        if let amount = rest("amt<").flatMap(satoshi) { return .amountBelow(amount) }
        if let depth = rest("conf>").flatMap({ Int32($0) }) { return .depthAbove(depth) }
        if let depth = rest("conf<").flatMap({ Int32($0) }) { return .depthBelow(depth) }
        if let label = rest("label~") { return .label(label.lowercased()) }
        return .text(word.lowercased())
    }

    private static func satoshi(_ text: String) -> Int64? {
        // People leave out the zero before the point, and the number after it while they type.
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }) else { return nil }
        let fraction = parts.count > 1 ? parts[1] : ""
        guard fraction.utf8.count <= 8, parts[0].utf8.count <= 8 else { return nil }
        let digits = parts[0] + fraction + String(repeating: "0", count: 8 - fraction.utf8.count)
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(digits)
    }

    /// Whether everything fits.
    package var isEmpty: Bool { terms.isEmpty }

    /// Whether a row fits.
    ///
    /// - Parameters:
    ///   - texts: Everything that words are looked for in, the label too.
    ///   - depth: Confirmations; nil for rows without.
    package func matches(texts: [String], label: String, amount: Int64, depth: Int32?) -> Bool {
        terms.allSatisfy { term in
            switch term {
            case .text(let word): texts.contains { $0.lowercased().contains(word) }
            case .label(let word): label.lowercased().contains(word)
            case .amountAbove(let limit): amount.magnitude > limit.magnitude
            case .amountBelow(let limit): amount.magnitude < limit.magnitude
            case .depthAbove(let limit): depth.map { $0 > limit } ?? true
            case .depthBelow(let limit): depth.map { $0 < limit } ?? true
            }
        }
    }
}
