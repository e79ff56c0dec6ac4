import BitcoinCommon
import BitcoinIPC
import BitcoinPrimitives
import BitcoinRPC
import Foundation
import IPC
import Logging

/// One run of `bitcoin-cli`.
struct CliProgram {
    private let words: [String]

    init(words: [String]) { self.words = words }

    /// Options of Core's `bitcoin-cli`.
    static let specifications: [OptionSpecification] =
        OptionSpecification.common + [
            .init(
                "ipcconnect", "=<address>", .ipc,
                help: "Node to connect to: auto, unix, unix:<path>, or 0 (default: auto)"),
            .init("named", "", .options, help: "Pass named instead of positional arguments (default: false)"),
            .init("rpcwait", "", .options, help: "Wait for the node to start"),
            .init(
                "rpcwaittimeout", "=<n>", .options, .disallowNegation,
                help: "Seconds to wait; 0 for no limit (default: 0)"),
            .init("rpcwallet", "=<walletname>", .options, help: "Send the RPC to this wallet"),
            .init("stdin", "", .options, help: "Read further arguments from standard input, one per line"),
            .init(
                "stdinwalletpassphrase", "", .options,
                help: "Read the passphrase for walletpassphrase from standard input"),
            .init("rpcuser", "=<user>", .options, .sensitive, help: "User name told to the node"),
            .init("rpcconnect", "=<ip>", .options, .notInEffect),
            .init("rpcport", "=<port>", .options, [.networkOnly, .notInEffect]),
            .init("rpcpassword", "=<pw>", .options, [.sensitive, .notInEffect]),
            .init("rpccookiefile", "=<loc>", .options, .notInEffect),
            .init("rpcclienttimeout", "=<n>", .options, .notInEffect),
            .init("rpcid", "=<id>", .options, [.disallowElision]),
            .init("stdinrpcpass", "", .options, .notInEffect), .init("color", "=<when>", .options, .notInEffect),
            .init("getinfo", "", .cliCommands, .notInEffect), .init("netinfo", "", .cliCommands, .notInEffect),
            .init("addrinfo", "", .cliCommands, .notInEffect), .init("generate", "", .cliCommands, .notInEffect),
        ]

    /// Runs the command.
    ///
    /// - Returns: 0 on success, the size of the error code when the node answered with one, 1 for all else.
    func run() async -> Int32 {
        do {
            var arguments = Arguments(Self.specifications + Self.nodeOptions)
            do throws(OptionError) {
                try arguments.parse(Array(words.dropFirst()))
            } catch {
                Self.print(toError: "Error parsing command line arguments: \(error.message)")
                return 1
            }
            if words.count < 2 || ["help", "h", "?", "version"].contains(where: { arguments.isSet($0) }) {
                Self.printUsage(isVersion: arguments.isSet("version"))
                if words.count < 2 { Self.print(toError: "Error: too few parameters") }
                return words.count < 2 ? 1 : 0
            }
            let network: Network
            do throws(OptionError) {
                try arguments.readConfigurationFiles()
                network = try arguments.selectNetwork()
            } catch {
                // Errors of the configuration file say so themselves.
                let isOfFile = error.message.hasPrefix("Error reading configuration file: ")
                Self.print(toError: (isOfFile ? "" : "Error: ") + error.message)
                return 1
            }
            return try await CliCall(arguments: arguments, network: network).run()
        } catch {
            Self.print(toError: "error: \(error)")
            return 1
        }
    }

    /// Options of the node that a shared `bitcoin.conf` may hold; known here so that they are not warned about.
    private static var nodeOptions: [OptionSpecification] {
        let own = Set(specifications.map(\.name))
        return OptionSpecification.node.filter { !own.contains($0.name) }
    }

    private static func printUsage(isVersion: Bool) {
        Swift.print("\(ClientVersion.name) RPC client version \(ClientVersion.text)")
        guard !isVersion else {
            Swift.print(ClientVersion.notice, terminator: "")
            return
        }
        Swift.print(
            """

            Usage: bitcoin-cli [options] <command> [params]
            or:    bitcoin-cli [options] -named <command> [name=value]...
            or:    bitcoin-cli [options] help
            or:    bitcoin-cli [options] help <command>


            """ + OptionHelp.text(specifications), terminator: "")
    }

    static func print(toError message: String) {
        try? FileHandle.standardError.write(contentsOf: Data((message + "\n").utf8))
    }
}
