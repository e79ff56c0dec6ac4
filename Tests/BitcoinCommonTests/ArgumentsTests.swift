import BitcoinCommon
import Logging
import Testing

struct ArgumentsTests {
    private func parsed(_ words: [String]) throws -> Arguments {
        var arguments = Arguments(OptionSpecification.node)
        try arguments.parse(words)
        return arguments
    }

    @Test func lastCommandLineValueWins() throws {
        let arguments = try parsed(["-keypool=5", "--keypool=7"])
        #expect(arguments.integer("keypool") == 7)
    }

    @Test func unknownOptionsAreRefusedWithCoresText() {
        #expect(throws: OptionError("Invalid parameter -nonsense=1")) { try parsed(["-nonsense=1"]) }
        #expect(throws: OptionError("Invalid parameter -regtest.keypool=1")) { try parsed(["-regtest.keypool=1"]) }
    }

    @Test func negationHidesEarlierValuesOnly() throws {
        #expect(try parsed(["-wallet=a", "-nowallet", "-wallet=b"]).strings("wallet") == ["b"])
        #expect(try parsed(["-wallet=a", "-nowallet"]).strings("wallet") == [])
        #expect(try parsed(["-nopersistmempool=0"]).boolean("persistmempool") == true)
    }

    @Test func datadirCannotBeNegated() {
        #expect(throws: OptionError("Negating of -datadir is meaningless and therefore forbidden")) {
            try parsed(["-nodatadir"])
        }
    }

    @Test func twoNetworksAreRefused() throws {
        let arguments = try parsed(["-regtest", "-chain=main"])
        #expect(
            throws: OptionError(
                "Invalid combination of -regtest, -signet, -testnet, -testnet4 and -chain. Can use at most one.")
        ) { try arguments.chainName() }
        #expect(try parsed(["-testnet"]).chainName() == "test")
        var unknown = try parsed(["-chain=moon"])
        #expect(throws: OptionError("Unknown chain moon.")) { try unknown.selectNetwork() }
    }

    @Test func includeconfIsForFilesOnly() {
        #expect(throws: OptionError("-includeconf cannot be used from commandline; -includeconf=\"a.conf\"")) {
            try parsed(["-includeconf=a.conf"])
        }
    }

    @Test func wordsAfterTheOptionsAreTheCommand() throws {
        let arguments = try parsed(["-regtest", "getblockhash", "-5"])
        #expect(arguments.command == ["getblockhash", "-5"])
    }
}

struct SettingsTests {
    @Test func firstValueOfTheFileWinsButLastOfTheCommandLine() {
        var settings = Settings()
        settings.configuration = ["": ["a": [.string("1"), .string("2")]], "regtest": ["a": [.string("3")]]]
        #expect(settings.value("a", section: "") == .string("1"))
        #expect(settings.value("a", section: "regtest") == .string("3"))
        settings.commandLine["a"] = [.string("8"), .string("9")]
        #expect(settings.value("a", section: "regtest") == .string("9"))
        #expect(
            settings.values("a", section: "regtest")
                == [.string("8"), .string("9"), .string("3"), .string("1"), .string("2")])
    }

    @Test func defaultSectionDoesNotCountForNetworkOnlyOptions() {
        var settings = Settings()
        settings.configuration = ["": ["port": [.string("1")]]]
        #expect(settings.value("port", section: "regtest", ignoreDefaultSection: true) == nil)
        #expect(settings.onlyInDefaultSection("port", section: "regtest"))
        settings.configuration = ["": ["port": [.boolean(false)]]]
        #expect(settings.value("port", section: "regtest", ignoreDefaultSection: true) == .boolean(false))
    }

    @Test(arguments: [("", true), ("0", false), ("1", true), ("yes", false), (" 12", true), ("-1", true)])
    func booleansAreReadAsAtoiDoes(text: String, expected: Bool) {
        #expect(SettingValue.interpretBoolean(text) == expected)
    }

    @Test func integersSaturate() {
        #expect(SettingValue.leadingInteger("99999999999999999999") == .max)
        #expect(SettingValue.leadingInteger("-99999999999999999999") == .min)
        #expect(SettingValue.leadingInteger("12abc") == 12)
        #expect(SettingValue.leadingInteger("-9223372036854775808") == .min)
    }
}

struct ConfigurationFileTests {
    @Test func sectionsPrefixNames() throws {
        let file = try ConfigurationFile(
            text: "a=1 # note\r\n[regtest]\nb = 2\n\nmain.c=3\n", path: "f")
        #expect(file.entries.map(\.name) == ["a", "regtest.b", "regtest.main.c"])
        #expect(file.entries.map(\.value) == ["1", "2", "3"])
        #expect(file.sections.map(\.name) == ["regtest", "regtest.main"])
    }

    @Test func errorsNameTheLine() {
        #expect(
            throws: OptionError(
                "parse error on line 2: nolisten, if you intended to specify a negated option, use nolisten=1 instead")
        ) {
            try ConfigurationFile(text: "a=1\nnolisten", path: "f")
        }
        #expect(
            throws: OptionError(
                "parse error on line 1: -a=1, options in configuration file must be specified without leading -")
        ) {
            try ConfigurationFile(text: "-a=1", path: "f")
        }
        #expect(
            throws: OptionError("parse error on line 1, using # in rpcpassword can be ambiguous and should be avoided")
        ) {
            try ConfigurationFile(text: "rpcpassword=a#b", path: "f")
        }
    }
}

struct DebugLogTests {
    @Test func categoriesAndLevelsLookAsCores() throws {
        var configuration = DebugLog.Configuration()
        configuration.timestamps = false
        configuration.categories = ["ipc"]
        let log = try DebugLog(configuration)
        log.write("plain")
        log.write("quiet", category: "net", level: .debug)
        log.write("call", category: "ipc", level: .debug)
        log.write("told", category: "ipc", level: .info)
        log.write("bad", level: .error)
        log.write("esc \u{1b}[2J")
        #expect(
            log.window(first: 0, count: 10).lines == [
                "plain", "[ipc] call", "[ipc:info] told", "[error] bad", "esc \\x1b[2J",
            ])
    }

    @Test func windowPastTheEndGivesTheNewest() throws {
        let log = try DebugLog(.init())
        defer {
            // A text of a peer's may be of any length; memory keeps the beginning.
            log.write(String(repeating: "x", count: 1 << 20))
            #expect(log.window(first: .max, count: 1).lines[0].utf8.count <= DebugLog.lineLimit + 3)
        }
        for number in 0..<20 { log.write("\(number)") }
        let window = log.window(first: .max, count: 3)
        #expect(window.first == 17)
        #expect(window.total == 20)
        #expect(window.lines.count == 3)
        #expect(log.window(first: 5, count: 2).first == 5)
    }

    @Test func timesAreCoresFormat() {
        #expect(DebugLog.iso8601(1_700_000_000) == "2023-11-14T22:13:20Z")
    }
}
