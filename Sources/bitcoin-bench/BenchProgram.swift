import BitcoinCommon
import Foundation

/// One run of `bitcoin-bench`.
struct BenchProgram {
    private let words: [String]

    init(words: [String]) { self.words = words }

    private static let usage = """
        Usage: bitcoin-bench [options] <command>

        Commands:
          ipc     Calls between processes, beside blocking reads and writes on a socketpair
          capnp   Encoding and reading a list of transactions and a block
          script  Checks of input scripts, beside libsecp256k1 verifying the same signatures
          parse   Reading a block, beside Bitcoin Core's bench
          chain   Connecting a chain and starting with one, beside Bitcoin Core

        Options:
          -only=<text>   Only measurements with this text in their names
          -rounds=<n>    Rounds of measurement, of which medians are taken (default: 21)
          -quick         Few and short rounds, to see that everything works
          -check         End with code 2 if a target was missed
          -placement=<p> ipc: apart (the default; each end has a processor of its own), together (both on one) or any
                         (the kernel decides)
          -core=<dir>    Folder of Bitcoin Core's programs, for parse and chain
          -block=<file>  A serialised block to read; block 413567 beside Core
          -node=<path>   Our node for chain (default: beside this program)
          -cache=<dir>   Where chain keeps what it made for the next run (default: in the folder for temporary files)
          -dbcache=<n>, -par=<n>  For both nodes
          -help          Show this text
          -version       Show the version

        """

    /// Runs the command.
    ///
    /// - Returns: 0 on success, 1 for errors, 2 if a target was missed under `-check`.
    func run() async -> Int32 {
        var settings = IpcBenchSettings()
        var chain = ChainBenchSettings()
        var commands: [String] = []
        var processor: Int32?
        for word in words.dropFirst() {
            // Both forms of options, as elsewhere in these programs.
            let option = word.hasPrefix("--") ? String(word.dropFirst()) : word
            switch option {
            case _ where option.hasPrefix("-only="): settings.only = String(option.dropFirst(6))
            case "-quick": settings.isQuick = true
            case "-check": settings.checksTargets = true
            case "-help", "-h", "-?":
                print(Self.usage, terminator: "")
                return 0
            case "-version":
                print("\(ClientVersion.name) bench version \(ClientVersion.text)")
                print(ClientVersion.notice, terminator: "")
                return 0
            case _ where option.hasPrefix("-rounds="):
                guard let rounds = Int(option.dropFirst(8)), (1...100_000).contains(rounds) else {
                    return fail("-rounds takes a number from 1 to 100000")
                }
                settings.rounds = rounds
                settings.hasOwnRounds = true
            case _ where option.hasPrefix("-placement="):
                guard let placement = Placement(rawValue: String(option.dropFirst(11))) else {
                    return fail("-placement takes \(Placement.allCases.map(\.rawValue).joined(separator: ", "))")
                }
                settings.placement = placement
            case _ where option.hasPrefix(PeerProcess.processorOption):
                // For the other ends of `ipc`.
                processor = Int32(option.dropFirst(PeerProcess.processorOption.count))
            case _ where chain.take(option): break
            case _ where option.hasPrefix("-"):
                return fail("Unknown option: \(word)")
            default:
                commands.append(word)
            }
        }
        do {
            if let processor { try Placement.keepThisProcess(on: processor) }
            switch commands.first {
            case "ipc" where commands.count == 1: return try await IpcBench(settings).run()
            case "capnp" where commands.count == 1:
                try CapnpBenchmark(rounds: settings.isQuick ? 3 : settings.rounds).run()
                return 0
            case "script" where commands.count == 1: return try ScriptBench(settings).run()
            case "parse" where commands.count == 1: return try ParseBench(settings, chain).run()
            case "chain" where commands.count == 1:
                // A round takes a minute.
                settings.rounds = settings.hasOwnRounds ? settings.rounds : 3
                return try ChainBench(settings, chain).run()
            // The other ends of `ipc`, which starts this program again for them.
            case PeerProcess.reflect where commands.count == 1:
                return try reflect()
            case PeerProcess.serve where commands.count == 2:
                return try await BenchServer.run(path: commands[1])
            case nil:
                print(Self.usage, terminator: "")
                return 1
            default: return fail("Unknown command: \(commands.joined(separator: " "))")
            }
        } catch {
            return fail("\(error)")
        }
    }

    private func reflect() throws -> Int32 {
        try RawSocket(descriptor: PeerProcess.standardInput).reflect()
        return 0
    }

    private func fail(_ message: String) -> Int32 {
        try? FileHandle.standardError.write(contentsOf: Data("Error: \(message)\n".utf8))
        return 1
    }
}
