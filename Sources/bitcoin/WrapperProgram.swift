import BitcoinCommon
import Foundation

/// One run of `bitcoin`: finds the program for a command and becomes it (Core `bitcoin.cpp`).
struct WrapperProgram {
    private let words: [String]

    init(words: [String]) { self.words = words }

    private static let usage = """
        Usage: bitcoin [OPTIONS] COMMAND...

        Options:
          -m, --multiprocess     Run the programs in separate processes (the only way in this version)
          -M, --monolithic       Not available in this version
          -v, --version          Show version information
          -h, --help             Show full help message

        Commands:
          tui [ARGS]     Look at a node and its wallets, equivalent to running 'bitcoin-tui [ARGS]'
          node [ARGS]    Start a node, equivalent to running 'bitcoin-node [ARGS]'
          rpc [ARGS]     Call an RPC method, equivalent to running 'bitcoin-cli -named [ARGS]'
          cli [ARGS]     Call an RPC method, equivalent to running 'bitcoin-cli [ARGS]'
          wallet [ARGS]  Serve or inspect a wallet, equivalent to running 'bitcoin-wallet [ARGS]'
          ipc [ARGS]     Look into the traffic between processes: 'bitcoin ipc help'
          help           Show full help message

        """

    /// Runs until replaced by the program; returns only to end.
    func run() async -> Int32 {
        var rest = words.dropFirst()
        while let option = rest.first, option.hasPrefix("-") {
            rest = rest.dropFirst()
            switch option {
            case "-m", "--multiprocess": continue
            case "-M", "--monolithic":
                return fail("bitcoind, the node and wallets in one process, is not available in this version")
            case "-v", "--version":
                print("\(ClientVersion.name) version \(ClientVersion.text)")
                print(ClientVersion.notice, terminator: "")
                return 0
            case "-h", "--help":
                print(Self.usage, terminator: "")
                return 0
            default: return fail("Unknown option: \(option)")
            }
        }
        guard let command = rest.first else {
            print(Self.usage, terminator: "")
            return 1
        }
        let arguments = Array(rest.dropFirst())
        switch command {
        case "help":
            print(Self.usage, terminator: "")
            return 0
        case "tui", "gui": return become("bitcoin-tui", arguments)
        case "node": return become("bitcoin-node", arguments)
        case "cli": return become("bitcoin-cli", arguments)
        case "rpc": return become("bitcoin-cli", ["-named"] + arguments)
        case "wallet": return become("bitcoin-wallet", arguments)
        case "ipc": return await IpcProgram(words: arguments).run()
        default: return fail("Unrecognized command: '\(command)'")
        }
    }

    private func become(_ program: String, _ arguments: [String]) -> Int32 {
        let path = ProgramLocation.sibling(program, of: words.first ?? "")
        let code = ProgramLocation.replaceProcess(path: path, arguments: [path] + arguments)
        return fail("execvp failed to execute '\(path)': \(SystemError.text(code))")
    }

    private func fail(_ message: String) -> Int32 {
        let text = "Error: \(message)\nTry '\(words.first ?? "bitcoin") --help' for more information.\n"
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
        return 1
    }
}
