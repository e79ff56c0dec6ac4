/// The lines of one `bitcoin.conf` (Core `common/config.cpp`).
package struct ConfigurationFile: Sendable {
    /// A `[section]`, or the section before the dot of an option.
    package struct Section: Sendable, Equatable {
        package let name: String
        package let file: String
        package let line: Int
    }

    /// Name (with its section and a dot in front) and value of every line, in order.
    package private(set) var entries: [(name: String, value: String)] = []
    /// Sections seen.
    package private(set) var sections: [Section] = []

    /// Reads the text of a file.
    ///
    /// - Throws: `OptionError` with Core's text for lines that are no options.
    package init(text: String, path: String) throws(OptionError) {
        var prefix = ""
        // A file with carriage returns: to Swift "\r\n" is one character, not equal to "\n".
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, raw) in lines.enumerated() {
            let number = index + 1
            let hash = raw.firstIndex(of: "#")
            let line = Self.trim(hash.map { raw[..<$0] } ?? raw)
            guard !line.isEmpty else { continue }
            if line.hasPrefix("["), line.hasSuffix("]") {
                let section = String(line.dropFirst().dropLast())
                sections.append(Section(name: section, file: path, line: number))
                prefix = section + "."
            } else if line.hasPrefix("-") {
                throw OptionError(
                    "parse error on line \(number): \(line), options in configuration file must be specified "
                        + "without leading -")
            } else if let equals = line.firstIndex(of: "=") {
                let name = prefix + Self.trim(line[..<equals])
                let value = String(Self.trim(line[line.index(after: equals)...]))
                if hash != nil, name.contains("rpcpassword") {
                    throw OptionError(
                        "parse error on line \(number), using # in rpcpassword can be ambiguous and should be avoided")
                }
                entries.append((name, value))
                if let dot = name.lastIndex(of: "."), prefix.count <= name.distance(from: name.startIndex, to: dot) {
                    sections.append(Section(name: String(name[..<dot]), file: path, line: number))
                }
            } else {
                var message = "parse error on line \(number): \(line)"
                if line.count >= 2, line.hasPrefix("no") {
                    message += ", if you intended to specify a negated option, use \(line)=1 instead"
                }
                throw OptionError(message)
            }
        }
    }

    private static func trim(_ text: Substring) -> Substring {
        let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n" || $0 == "\r\n" }
        var result = text.drop(while: blank)
        while let last = result.last, blank(last) { result.removeLast() }
        return result
    }
}
