import BitcoinCommon
import BitcoinPrimitives
import Foundation
import IPC
import IPCTools
import Logging

/// One run of `bitcoin ipc`: looks into the traffic between processes, or takes part in it by hand.
struct IpcProgram {
    /// How a run ends.
    enum ExitCode {
        static let success: Int32 = 0
        /// The far side answered with an error, or a replay found differences.
        static let negative: Int32 = 1
        /// The command line or the file makes no sense.
        static let usage: Int32 = 2
        /// Nobody answers, or the connection was lost.
        static let noConnection: Int32 = 3
    }

    private let words: [String]

    /// - Parameter words: what follows `bitcoin ipc`.
    init(words: [String]) { self.words = words }

    static let specifications: [OptionSpecification] =
        OptionSpecification.common + [
            .init("json", "", .commands, help: "trace, replay: Print lines of JSON"),
            .init("record", "=<file>", .commands, .disallowElision, help: "trace: Write the dialogue to a file"),
            .init("full", "", .commands, help: "trace: Show long values to their end"),
            .init(
                "showsecrets", "", .commands,
                help: "trace: Show and record passphrases and keys as they are (default: overwritten by asterisks)"),
            .init("color", "=<when>", .commands, help: "trace: always, never or auto (default: auto, on a terminal)"),
            .init("list", "", .commands, help: "call: List interfaces and methods; a word behind it chooses some"),
            .init(
                "ignore", "=<place>", .commands, .disallowElision,
                help: "replay: A place that may differ, such as Mining.getTip or Rpc.executeRpc.result.result.time; "
                    + "may be given more than once"),
            .init(
                "timeout", "=<n>", .commands, .disallowElision,
                help: "call, replay: Seconds to wait for each answer (default: 10 for replay, no limit for call)"),
        ]

    private static let usage = """
        Usage: bitcoin ipc trace [options] <listen-address> <target-address>
        or:    bitcoin ipc call [options] <address> <path> [arguments]
        or:    bitcoin ipc call -list [word]
        or:    bitcoin ipc replay [options] <address> <file>

        trace    Passes connections on from one socket to another and shows what goes through.
        call     Calls a method and prints its results as JSON. A path leads from the first object on: Echo.echo,
                 mining getTip, Init.makeMining.getTip, makeWallet{"name":"main"}.getBalances. Arguments are a JSON
                 object or array, words name=value, or - for JSON from standard input.
        replay   Says a recorded dialogue to a server and compares the answers.

        Addresses are unix (node.sock in the data directory of the network) or unix:<path>.
        Exit codes: 0 success, 1 answered with an error or different, 2 wrong usage, 3 no connection.


        """

    /// Runs the command.
    func run() async -> Int32 {
        do {
            var arguments = Arguments(Self.specifications + Self.nodeOptions)
            // Options may stand anywhere before `--`; a lone dash is an argument.
            let end = words.firstIndex(of: "--") ?? words.endIndex
            let isOption = { (word: String) in word.hasPrefix("-") && word != "-" }
            let options = words[..<end].filter(isOption)
            let rest = words[..<end].filter { !isOption($0) } + words[end...].dropFirst()
            try arguments.parse(options)
            guard let command = rest.first, command != "help", !arguments.isSet("help"), !arguments.isSet("h"),
                !arguments.isSet("?")
            else {
                print(Self.usage + OptionHelp.text(Self.specifications), terminator: "")
                return rest.isEmpty && !arguments.isSet("help") ? ExitCode.usage : ExitCode.success
            }
            try arguments.readConfigurationFiles()
            let run = IpcRun(
                arguments: arguments, network: try arguments.selectNetwork(), words: Array(rest.dropFirst()))
            switch command {
            case "trace": return try await run.trace()
            case "call": return try await run.call()
            case "replay": return try await run.replay()
            default: throw OptionError("Unrecognized command: 'ipc \(command)'")
            }
        } catch {
            return Self.report(error)
        }
    }

    /// Options of the node that a shared `bitcoin.conf` may hold; known here so that they are not warned about.
    private static var nodeOptions: [OptionSpecification] {
        let own = Set(specifications.map(\.name))
        return OptionSpecification.node.filter { !own.contains($0.name) }
    }

    /// Says what went wrong.
    ///
    /// - Returns: the exit code for it.
    static func report(_ error: any Error) -> Int32 {
        switch error {
        case let error as OptionError:
            say("error: \(error.message)\nTry 'bitcoin ipc help' for more information.")
            return ExitCode.usage
        case is CallError, is Dialogue.Problem:
            say("error: \(error)")
            return ExitCode.usage
        case let error as RemoteException:
            say("error: \(error.message)")
            return ExitCode.negative
        case IPCError.unimplemented(let text), IPCError.overloaded(let text):
            say("error: \(text)")
            return ExitCode.negative
        case IPCError.unrecognizedAddress(_), IPCError.pathTooLong(path: _, limit: _):
            say("error: \(error)")
            return ExitCode.usage
        default:
            say("error: \(error)")
            return ExitCode.noConnection
        }
    }

    static func say(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
    }
}

/// A run with its options settled.
struct IpcRun {
    let arguments: Arguments
    let network: Network
    /// Behind the command, without options.
    let words: [String]

    let logger = Logger(label: "ipc") { _ in SwiftLogNoOpLogHandler() }

    var process: IpcProcess { IpcProcess(argumentZero: CommandLine.arguments.first ?? "", logger: logger) }

    var directory: String { arguments.networkDirectory(network) }

    /// Connects to an address as it was typed.
    func connect(_ text: String) async throws -> any IpcChannel {
        let address = try IpcAddress.connecting(text, directory: directory)
        guard let channel = try await process.connect(address) else {
            throw IPCError.disconnected(
                "nobody answers at \(text == "0" || text.isEmpty ? "no address" : "\(address)")")
        }
        return channel
    }

    /// The seconds of `-timeout`.
    func timeout() throws -> Duration? {
        guard let text = arguments.string("timeout") else { return nil }
        guard let seconds = Double(text), seconds > 0, seconds < 1e9 else {
            throw OptionError("-timeout must be a number of seconds above 0")
        }
        return .milliseconds(Int64(seconds * 1000))
    }
}
