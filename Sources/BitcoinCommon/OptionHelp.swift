/// The text of `-help`, laid out as Core's.
package enum OptionHelp {
    /// Options by heading, with what they mean; those not in effect are marked.
    package static func text(_ specifications: [OptionSpecification]) -> String {
        var result = ""
        for category in OptionSpecification.Category.allCases {
            let options = specifications.filter { $0.category == category && !$0.flags.contains(.hidden) }
                .sorted { $0.name < $1.name }
            guard !options.isEmpty else { continue }
            result += category.rawValue + ":\n\n"
            for option in options {
                result += "  -\(option.name)\(option.valueHint)\n"
                let help = option.flags.contains(.notInEffect) ? "Accepted, not in effect yet" : option.help
                if !help.isEmpty { result += wrap(help, indent: 7) }
                result += "\n"
            }
        }
        return result
    }

    /// A section of a help text: a heading, then each entry with what it means.
    package static func section(_ heading: String, _ entries: [(name: String, meaning: String)]) -> String {
        entries.reduce(wrap(heading + ":", indent: 0) + "\n") { text, entry in
            text + "  \(entry.name)\n" + wrap(entry.meaning, indent: 7) + "\n"
        }
    }

    private static func wrap(_ text: String, indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        var result = ""
        var line = margin
        for word in text.split(separator: " ") {
            if line.count + word.count + 1 > 79, line.count > indent {
                result += line + "\n"
                line = margin
            }
            line += (line.count > indent ? " " : "") + word
        }
        return result + line + "\n"
    }
}
