/// Turns words of a command line into RPC parameters, as Core's `bitcoin-cli` does.
package enum CommandLineArguments {
    private enum Format {
        case json
        case text
        case jsonOrText
    }

    private struct Rule {
        var position: Int
        var name: String
        var format: Format
    }

    private static let rules: [String: [Rule]] = {
        var result: [String: [Rule]] = [:]
        for line in CommandLineArgumentTable.text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let method = words.first else { continue }
            result[String(method)] = words.dropFirst().compactMap { word in
                guard let colon = word.firstIndex(of: ":") else { return nil }
                var position = word[..<colon]
                var format = Format.json
                if position.last == "s" { format = .text }
                if position.last == "?" { format = .jsonOrText }
                if format != .json { position.removeLast() }
                return Int(position).map {
                    Rule(position: $0, name: String(word[word.index(after: colon)...]), format: format)
                }
            }
        }
        return result
    }()

    private static func parse(_ word: String, _ rule: Rule?) throws(RPCError) -> JSONValue {
        guard let rule, rule.format != .text else { return .string(word) }
        if let value = try? JSONValue(parsing: word) { return value }
        guard rule.format == .jsonOrText else { throw RPCError(.miscellaneous, "Error parsing JSON: \(word)") }
        return .string(word)
    }

    private static func rule(_ method: String, at position: Int) -> Rule? {
        rules[method]?.first { $0.position == position }
    }

    /// Parameters by position.
    ///
    /// - Throws: When a word that must be JSON is none.
    package static func positional(_ method: String, _ words: [String]) throws(RPCError) -> JSONValue {
        var values: [JSONValue] = []
        for word in words { values.append(try parse(word, rule(method, at: values.count))) }
        return .array(values)
    }

    /// Parameters as `name=value`, and words without a name by position (`-named`).
    ///
    /// - Throws: When a word that must be JSON is none.
    package static func named(_ method: String, _ words: [String]) throws(RPCError) -> JSONValue {
        var named = JSONObject()
        var positional: [JSONValue] = []
        for word in words {
            let next = rule(method, at: positional.count)
            guard let equals = word.firstIndex(of: "=") else {
                positional.append(try parse(word, next))
                continue
            }
            let name = String(word[..<equals])
            let known = rules[method]?.first { $0.name == name }
            // A word with an equals sign that names nothing may still be a whole argument.
            if known == nil, let next {
                if next.format == .json, let value = try? JSONValue(parsing: word) {
                    positional.append(value)
                    continue
                }
                if next.format == .text {
                    positional.append(.string(word))
                    continue
                }
            }
            named[name] = try parse(String(word[word.index(after: equals)...]), known)
        }
        if !positional.isEmpty { named.append("args", .array(positional)) }
        return .object(named)
    }
}
