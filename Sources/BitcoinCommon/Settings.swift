/// Every value given, by source, and Core's rules for which one counts (Core `common/settings.cpp`).
package struct Settings: Sendable {
    /// Values set by the program itself; they win over all.
    package var forced: [String: SettingValue] = [:]
    /// Values of the command line, in order.
    package var commandLine: [String: [SettingValue]] = [:]
    /// Values of `settings.json`.
    package var readWrite: [String: [SettingValue]] = [:]
    /// Values of the configuration file by section; the default section is the empty name.
    package var configuration: [String: [String: [SettingValue]]] = [:]

    /// No values.
    package init() {}

    private enum Source { case forced, commandLine, readWrite, section, defaultSection }

    private func spans(_ name: String, section: String) -> [(source: Source, values: [SettingValue])] {
        var result: [(Source, [SettingValue])] = []
        if let value = forced[name] { result.append((.forced, [value])) }
        if let values = commandLine[name] { result.append((.commandLine, values)) }
        if let values = readWrite[name] { result.append((.readWrite, values)) }
        if !section.isEmpty, let values = configuration[section]?[name] { result.append((.section, values)) }
        if let values = configuration[""]?[name] { result.append((.defaultSection, values)) }
        return result
    }

    /// The values after the last negation.
    private static func effective(_ values: [SettingValue]) -> ArraySlice<SettingValue> {
        guard let last = values.lastIndex(where: \.isNegated) else { return values[...] }
        return values[(last + 1)...]
    }

    /// The value that counts for a single-valued option; nil if none was given.
    ///
    /// The last value of the command line wins, but the first of the configuration file.
    ///
    /// - Parameters:
    ///   - name: Option name without dashes.
    ///   - section: Section of the chosen network; empty before it is chosen.
    ///   - ignoreDefaultSection: For options that count for mainnet only.
    ///   - chainType: Chain selection: the last value of the file counts, negated command-line values are skipped.
    package func value(
        _ name: String, section: String, ignoreDefaultSection: Bool = false, chainType: Bool = false
    ) -> SettingValue? {
        for (source, values) in spans(name, section: section) {
            let span = Self.effective(values)
            let lastNegated = values.last?.isNegated ?? false
            if ignoreDefaultSection, source == .defaultSection, !lastNegated { continue }
            if chainType, source == .commandLine, lastNegated { continue }
            if let first = span.first, let last = span.last {
                let firstWins = !chainType && (source == .section || source == .defaultSection)
                return firstWins ? first : last
            }
            if lastNegated { return .boolean(false) }
        }
        return nil
    }

    /// All values of a multi-valued option, most important source first. A negation hides what is weaker.
    package func values(_ name: String, section: String, ignoreDefaultSection: Bool = false) -> [SettingValue] {
        var result: [SettingValue] = []
        var complete = false
        var previousNegatedEmpty = false
        for (source, values) in spans(name, section: section) {
            let lastNegated = values.last?.isNegated ?? false
            if ignoreDefaultSection, source == .defaultSection, !lastNegated { continue }
            if !complete || previousNegatedEmpty { result += Self.effective(values) }
            complete = complete || values.contains(where: \.isNegated)
            previousNegatedEmpty = previousNegatedEmpty || (lastNegated && result.isEmpty)
        }
        return result
    }

    /// Whether an option is given in the default section only (Core `OnlyHasDefaultSectionSetting`).
    package func onlyInDefaultSection(_ name: String, section: String) -> Bool {
        let sources = spans(name, section: section)
        return !sources.isEmpty
            && sources.allSatisfy { $0.source == .defaultSection && !Self.effective($0.values).isEmpty }
    }
}
