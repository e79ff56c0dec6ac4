/// A way through methods that make objects to the method to call, as it was typed: `Init.makeMining.getTip`, `Echo.echo`,
/// `mining getTip`, `makeWallet{"name": "main"}.getBalances`.
package struct CallPath: Equatable, Sendable {
    /// A name, and arguments in JSON right behind it, if any.
    package struct Part: Equatable, Sendable {
        /// Of an interface or a method.
        package var name: String
        /// A JSON object.
        package var arguments: String?
    }

    /// The names in order.
    package var parts: [Part] = []

    /// Reads a path.
    ///
    /// - Throws: `malformedPath`.
    package init(_ text: String) throws(CallError) {
        var rest = text.drop { $0 == " " }
        while true {
            let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            guard !name.isEmpty else { throw .malformedPath(text) }
            rest = rest.dropFirst(name.count).drop { $0 == " " }
            var arguments: String?
            if rest.first == "{" {
                guard let end = Self.end(ofObject: rest) else { throw .malformedPath(text) }
                arguments = String(rest[..<end])
                rest = rest[end...].drop { $0 == " " }
            }
            parts.append(Part(name: String(name), arguments: arguments))
            if rest.isEmpty { return }
            if rest.first == "." { rest = rest.dropFirst().drop { $0 == " " } }
        }
    }

    /// Where the object that the text begins with ends: its closing brace that is in no string.
    private static func end(ofObject text: Substring) -> Substring.Index? {
        var depth = 0
        var isInString = false
        var isEscaped = false
        for index in text.indices {
            let character = text[index]
            if isEscaped {
                isEscaped = false
            } else if isInString {
                if character == "\\" { isEscaped = true }
                if character == "\"" { isInString = false }
            } else if character == "\"" {
                isInString = true
            } else if character == "{" {
                depth += 1
            } else if character == "}" {
                depth -= 1
                if depth == 0 { return text.index(after: index) }
            }
        }
        return nil
    }
}
