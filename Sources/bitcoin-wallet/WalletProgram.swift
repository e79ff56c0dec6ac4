import BitcoinCommon
import BitcoinIPC
import BitcoinPrimitives
import Foundation
import IPC
import Logging

/// One run of `bitcoin-wallet`: spawned by a node, serving by hand, or an offline command.
struct WalletProgram {
    static let executable = "bitcoin-wallet"
    private let words: [String]

    init(words: [String]) { self.words = words }

    /// Options of this program.
    static let specifications: [OptionSpecification] =
        OptionSpecification.common + [
            .init(
                "wallet", "=<wallet-name>", .options, .networkOnly,
                help: "Name of the wallet; empty for the default wallet"),
            .init(
                "walletdir", "=<dir>", .options, .networkOnly,
                help: "Directory of the wallets (default: <network datadir>/wallets if it exists)"),
            .init("dumpfile", "=<file name>", .options, .disallowNegation, help: "File that dump writes"),
            .init("keypool", "=<n>", .options, help: "Look-ahead of every descriptor (default: 1000)"),
            .init(
                "signetchallenge", "=<hex>", .chain, .disallowNegation,
                help: "Script of the signet of one's own that the wallet is for"),
            .init("mocktime", "=<n>", .debugging, help: "Fixed clock in seconds since 1970, for tests"),
            .init("debug", "=<category>", .debugging, help: "Log this category"),
            .init("debugexclude", "=<category>", .debugging, help: "Do not log this category"),
            .init("debuglogfile", "=<file>", .debugging, help: "Log file (default: debug.log.wallet)"),
            .init("printtoconsole", "", .debugging, help: "Log to standard output (default: 1 for serve)"),
            .init("logtimestamps", "", .debugging, help: "Begin log lines with the time (default: 1)"),
            .init("logtimemicros", "", .debugging, help: "Log times with microseconds"),
            .init("loglevelalways", "", .debugging, help: "Log category and level in every line"),
            .init("ipcconnect", "=<address>", .ipc, help: "Node to attach to: unix, or unix:<path> (default: unix)"),
            .init(
                "ipcbind", "=<address>", .ipc,
                help: "Where terminals reach this wallet (default: a socket in <network datadir>/sockets)"),
            .init("daemon", "", .options, help: "Serve in the background"),
        ]

    private static let usage = """
        bitcoin-wallet serves a wallet to a node and to terminals, and inspects wallet files offline.

        Usage: bitcoin-wallet [options] <command>

        Commands:
          serve    Attach the wallet to a running node; attach again whenever the node comes back
          info     Show what is in a wallet file
          create   Create a new wallet file
          dump     Write all records of a wallet file to -dumpfile


        """

    /// Runs to the end.
    ///
    /// - Returns: The exit code.
    func run() async -> Int32 {
        do {
            if let status = try await SpawnedRun(words: words).run() { return status }
            var arguments = Arguments(Self.specifications)
            do throws(OptionError) {
                // Options may stand behind the command, too: none of them takes a word of its own.
                let given = words.dropFirst()
                try arguments.parse(given.filter { $0.hasPrefix("-") } + given.filter { !$0.hasPrefix("-") })
            } catch {
                throw OptionError("Error parsing command line arguments: \(error.message)")
            }
            if let status = answerQuestions(arguments) { return status }
            try arguments.readConfigurationFiles()
            let network = try arguments.selectNetwork()
            guard let command = arguments.command.first else {
                throw OptionError("No method provided. Run `bitcoin-wallet -help` for valid methods.")
            }
            guard arguments.command.count == 1 else {
                throw OptionError(
                    "Error: Additional arguments provided (\(arguments.command[1])). Methods do not take arguments. Please refer to `-help`."
                )
            }
            if command == "serve" {
                if arguments.boolean("daemon") ?? false, !DetachedProcess.isDetached {
                    print("\(ClientVersion.name) wallet starting")
                    try DetachedProcess(path: "/proc/self/exe", arguments: words).letGo()
                    return 0
                }
                return try await ServeRun(arguments: arguments, network: network, argumentZero: words[0]).run()
            }
            return try OfflineRun(arguments: arguments, network: network).run(command)
        } catch {
            Self.printError("\(error)")
            return 1
        }
    }

    private func answerQuestions(_ arguments: Arguments) -> Int32? {
        let wantsHelp = words.count < 2 || ["help", "h", "?"].contains { arguments.isSet($0) }
        guard wantsHelp || arguments.isSet("version") else { return nil }
        print("\(ClientVersion.name) \(Self.executable) version \(ClientVersion.text)")
        if wantsHelp {
            print("\n" + Self.usage + OptionHelp.text(Self.specifications), terminator: "")
        } else {
            print(ClientVersion.notice, terminator: "")
        }
        return words.count < 2 ? 1 : 0
    }

    static func printError(_ message: String) {
        try? FileHandle.standardError.write(contentsOf: Data((message + "\n").utf8))
    }
}
