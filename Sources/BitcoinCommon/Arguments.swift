package import BitcoinPrimitives
import Foundation

/// The options of one program run: what exists, what was given, what counts (Core `ArgsManager`).
package struct Arguments: Sendable {
    /// The options that the program knows, by name.
    package let specifications: [String: OptionSpecification]
    /// The values given.
    package private(set) var settings = Settings()
    /// Words after the options: an RPC method and its parameters, or a subcommand.
    package private(set) var command: [String] = []
    /// Sections seen in configuration files.
    package private(set) var sections: [ConfigurationFile.Section] = []
    /// Things to log once the log is open.
    package private(set) var warnings: [String] = []
    /// The configuration file that was read, or would be.
    package private(set) var configurationPath = ""
    /// Section of the chosen network; empty before `selectNetwork`.
    package private(set) var section = ""

    /// Starts with the options that a program knows.
    package init(_ specifications: [OptionSpecification]) {
        self.specifications = Dictionary(specifications.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Reads a command line without the program's name. Parsing stops at the first word without a dash.
    ///
    /// - Throws: `OptionError` for unknown options, or values that the option does not allow.
    package mutating func parse(_ words: [String]) throws(OptionError) {
        for (index, word) in words.enumerated() {
            if word == "-" { break }
            guard word.hasPrefix("-") else {
                command = Array(words[index...])
                break
            }
            let equals = word.firstIndex(of: "=")
            let value = equals.map { String(word[word.index(after: $0)...]) }
            var name = equals.map { word[..<$0] } ?? word[...]
            name = name.hasPrefix("--") ? name.dropFirst(2) : name.dropFirst()
            let key = Key(String(name))
            guard key.section.isEmpty, let specification = specifications[key.name] else {
                throw OptionError("Invalid parameter \(word)")
            }
            settings.commandLine[key.name, default: []].append(
                try interpret(key, value: value, flags: specification.flags))
        }
        if let first = settings.commandLine["includeconf"]?.first(where: { !$0.isNegated }) {
            throw OptionError("-includeconf cannot be used from commandline; -includeconf=\"\(first.asString)\"")
        }
    }

    private struct Key {
        var section = ""
        var name: String
        var negated = false

        init(_ text: String) {
            name = text
            if let dot = text.firstIndex(of: ".") {
                section = String(text[..<dot])
                name = String(text[text.index(after: dot)...])
            }
            if name.hasPrefix("no") {
                name = String(name.dropFirst(2))
                negated = true
            }
        }
    }

    private mutating func interpret(
        _ key: Key, value: String?, flags: OptionSpecification.Flags
    ) throws(OptionError) -> SettingValue {
        if key.negated {
            if flags.contains(.disallowNegation) {
                throw OptionError("Negating of -\(key.name) is meaningless and therefore forbidden")
            }
            if let value, !SettingValue.interpretBoolean(value) {
                warnings.append("Parsed potentially confusing double-negative -\(key.name)=\(value)")
                return .boolean(true)
            }
            return .boolean(false)
        }
        guard let value else {
            if flags.contains(.disallowElision) {
                throw OptionError(
                    "Can not set -\(key.name) with no value. Please specify value with -\(key.name)=value.")
            }
            return .string("")
        }
        return .string(value)
    }

    /// Reads `bitcoin.conf` and what it includes.
    ///
    /// - Throws: `OptionError` with Core's text.
    package mutating func readConfigurationFiles() throws(OptionError) {
        if let datadir = string("datadir"), !datadir.isEmpty, !Self.isDirectory(datadir) {
            throw OptionError("Specified data directory \"\(datadir)\" does not exist.")
        }
        configurationPath = configured(path: string("conf") ?? "bitcoin.conf")
        if !configurationPath.isEmpty {
            if Self.isDirectory(configurationPath) {
                throw OptionError(
                    "Error reading configuration file: Config file \"\(configurationPath)\" is a directory.")
            }
            if let text = Self.contents(configurationPath) {
                try read(text, path: configurationPath)
                try readIncludes()
            } else if isSet("conf") {
                throw OptionError(
                    "Error reading configuration file: specified config file \"\(configurationPath)\" could not be "
                        + "opened.")
            }
        }
        if let datadir = string("datadir"), !datadir.isEmpty, !Self.isDirectory(datadir) {
            throw OptionError(
                "Error reading configuration file: specified data directory \"\(datadir)\" does not exist.")
        }
    }

    private mutating func readIncludes() throws(OptionError) {
        guard settings.commandLine["includeconf"] == nil else { return }
        let chain = try chainName()
        let names = [chain, ""].flatMap { settings.configuration[$0]?["includeconf"] ?? [] }
            .filter { !$0.isNegated }.map(\.asString)
        for name in names {
            let path = configured(path: name)
            if Self.isDirectory(path) {
                throw OptionError("Error reading configuration file: Included config file \"\(path)\" is a directory.")
            }
            guard let text = Self.contents(path) else {
                throw OptionError("Error reading configuration file: Failed to include configuration file \(name)")
            }
            let before = [chain, ""].map { settings.configuration[$0]?["includeconf"]?.count ?? 0 }
            try read(text, path: name)
            for (count, scope) in zip(before, [chain, ""]) {
                for ignored in (settings.configuration[scope]?["includeconf"] ?? []).dropFirst(count) {
                    warnings.append(
                        "-includeconf cannot be used from included files; ignoring -includeconf=\(ignored.asString)")
                }
            }
        }
    }

    private mutating func read(_ text: String, path: String) throws(OptionError) {
        do throws(OptionError) {
            let file = try ConfigurationFile(text: text, path: path)
            sections += file.sections
            for (name, value) in file.entries {
                let key = Key(name)
                if key.name == "conf" {
                    throw OptionError(
                        "conf cannot be set in the configuration file; use includeconf= if you want to include "
                            + "additional config files")
                }
                guard let specification = specifications[key.name] else {
                    warnings.append("Ignoring unknown configuration value \(name)")
                    continue
                }
                let setting = try interpret(key, value: value, flags: specification.flags)
                settings.configuration[key.section, default: [:]][key.name, default: []].append(setting)
            }
        } catch {
            throw OptionError("Error reading configuration file: \(error.message)")
        }
    }

    // MARK: Values

    /// Core's name of the chosen network, perhaps an unknown one.
    package func chainName() throws(OptionError) -> String {
        let flag = { (name: String) -> Bool in settings.value(name, section: "", chainType: true)?.asBoolean ?? false }
        let chosen = ["regtest", "signet", "testnet", "testnet4"].filter(flag)
        let named = string("chain")
        guard chosen.count + (named == nil ? 0 : 1) <= 1 else {
            throw OptionError(
                "Invalid combination of -regtest, -signet, -testnet, -testnet4 and -chain. Can use at most one.")
        }
        if let named { return named }
        return chosen.first.map { $0 == "testnet" ? "test" : $0 } ?? "main"
    }

    /// Settles the network; from now on its section of the configuration file counts.
    ///
    /// - Throws: `OptionError` for an unknown network.
    package mutating func selectNetwork() throws(OptionError) -> Network {
        let name = try chainName()
        guard let network = Network(chainName: name) else { throw OptionError("Unknown chain \(name).") }
        section = name
        return network
    }

    private func ignoresDefaultSection(_ name: String) -> Bool {
        section != "main" && !section.isEmpty && specifications[name]?.flags.contains(.networkOnly) == true
    }

    private func value(_ name: String) -> SettingValue? {
        settings.value(name, section: section, ignoreDefaultSection: ignoresDefaultSection(name))
    }

    /// Whether the option was given anywhere.
    package func isSet(_ name: String) -> Bool { value(name) != nil }

    /// Whether the option was negated (`-noname`).
    package func isNegated(_ name: String) -> Bool { value(name)?.isNegated ?? false }

    /// The option as text; nil if not given. A negated option is "0".
    package func string(_ name: String) -> String? { value(name)?.asString }

    /// The option as a flag; nil if not given.
    package func boolean(_ name: String) -> Bool? { value(name)?.asBoolean }

    /// The option as an integer; nil if not given.
    package func integer(_ name: String) -> Int64? {
        value(name).map { value in
            switch value {
            case .boolean(let flag): flag ? 1 : 0
            case .string(let text): SettingValue.leadingInteger(text)
            }
        }
    }

    /// Every value of an option that may be given more than once.
    package func strings(_ name: String) -> [String] {
        settings.values(name, section: section, ignoreDefaultSection: ignoresDefaultSection(name)).map(\.asString)
    }

    /// Sets a value that wins over all others.
    package mutating func force(_ name: String, _ value: String) { settings.forced[name] = .string(value) }

    /// Sets the values read from `settings.json`.
    package mutating func setReadWrite(_ name: String, _ values: [String]) {
        settings.readWrite[name] = values.map { .string($0) }
    }

    /// Options given in the default section that count for mainnet only, though another network is chosen.
    package var unsuitableSectionOptions: [String] {
        guard section != "main", !section.isEmpty else { return [] }
        return specifications.values
            .filter { $0.flags.contains(.networkOnly) && settings.onlyInDefaultSection($0.name, section: section) }
            .map(\.name).sorted()
    }

    /// Sections of configuration files that name no network.
    package var unrecognizedSections: [ConfigurationFile.Section] {
        sections.filter { Network(chainName: $0.name) == nil }
    }

    /// Options given that this program knows but does not act on yet.
    package var optionsNotInEffect: [String] {
        specifications.values.filter { $0.flags.contains(.notInEffect) && isSet($0.name) }.map(\.name).sorted()
    }

    // MARK: Paths

    /// The datadir without the network's part.
    package var baseDirectory: String {
        if let given = string("datadir"), !given.isEmpty { return URL(fileURLWithPath: given).standardizedFileURL.path }
        let home = ProcessInfo.processInfo.environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "/"
        return home + "/.bitcoin"
    }

    /// The datadir of a network.
    package func networkDirectory(_ network: Network) -> String {
        switch network {
        case .main: baseDirectory
        case .testnet: baseDirectory + "/testnet3"
        case .testnet4: baseDirectory + "/testnet4"
        case .signet: baseDirectory + "/signet"
        case .regtest: baseDirectory + "/regtest"
        }
    }

    /// The folder that holds the wallets of a network: `-walletdir`, else `wallets` in its datadir if that exists, else
    /// the datadir (Core `GetWalletDir`).
    package func walletDirectory(_ network: Network) -> String {
        let directory = networkDirectory(network)
        if let given = string("walletdir"), !given.isEmpty {
            return given.hasPrefix("/") ? given : directory + "/" + given
        }
        let usual = directory + "/wallets"
        return Self.isDirectory(usual) ? usual : directory
    }

    /// The script that blocks of a signet of one's own are signed for (`-signetchallenge`); nil without one.
    ///
    /// - Throws: `OptionError` with Core's text for several, and for what is no hexadecimal text.
    package func signetChallenge() throws(OptionError) -> Script? {
        let given = strings("signetchallenge")
        guard let text = given.first else { return nil }
        guard given.count == 1 else { throw OptionError("-signetchallenge cannot be multiple values.") }
        guard let challenge = Script(hex: text) else {
            throw OptionError("-signetchallenge must be hex, not '\(text)'.")
        }
        return challenge
    }

    /// A path of the configuration, relative to the datadir. A negated option ("0") gives an empty path.
    private func configured(path: String) -> String {
        if path == "0" || path.isEmpty { return "" }
        return path.hasPrefix("/") ? path : baseDirectory + "/" + path
    }

    private static func isDirectory(_ path: String) -> Bool {
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: resolved)
        return attributes?[.type] as? FileAttributeType == .typeDirectory
    }

    private static func contents(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
