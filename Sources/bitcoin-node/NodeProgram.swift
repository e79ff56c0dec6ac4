import BitcoinCommon
import BitcoinConsensus
import BitcoinIPC
import BitcoinInterfaces
import BitcoinNode
import BitcoinPrimitives
import Foundation
import IPC
import Logging

/// One run of `bitcoin-node`, from its command line to its exit code.
struct NodeProgram {
    private let words: [String]
    private static let executable = "bitcoin-node"

    init(words: [String]) { self.words = words }

    /// Runs until shutdown.
    ///
    /// - Returns: The exit code: 0 after a clean shutdown, 1 when the node could not start.
    func run() async -> Int32 {
        do {
            if let status = try await serveParent() { return status }
            var arguments = Arguments(OptionSpecification.node)
            do throws(OptionError) {
                try arguments.parse(Array(words.dropFirst()))
            } catch {
                throw OptionError("Error parsing command line arguments: \(error.message)")
            }
            if let status = answerQuestions(arguments) { return status }
            guard arguments.command.isEmpty else {
                throw OptionError(
                    "Command line contains unexpected token '\(arguments.command[0])', see \(Self.executable) -h for a "
                        + "list of options.")
            }
            try arguments.readConfigurationFiles()
            let network = try arguments.selectNetwork()
            if let status = try goToBackground(arguments) { return status }
            let run = try NodeRun(arguments: arguments, network: network, argumentZero: words.first ?? Self.executable)
            return await run.run()
        } catch {
            Self.printError("Error: \(error)")
            return 1
        }
    }

    /// Serves the process that spawned this one, if there is one: a short-lived helper, as for `echoipc`.
    private func serveParent() async throws -> Int32? {
        let logger = Logger(label: "ipc") { _ in SwiftLogNoOpLogHandler() }
        let process = IpcProcess(argumentZero: words.first ?? "", logger: logger)
        guard let channel = try process.checkSpawned(arguments: words) else { return nil }
        // The parent decides when this process ends; an interrupt from the keyboard is for the parent.
        let signals = Signals([SIGINT]) { _ in
            Self.printError("[\(Self.executable)] SIGINT received - waiting for parent to shut down.")
        }
        defer { withExtendedLifetime(signals) {} }
        let session = try BitcoinProtocol.make(executable: Self.executable, logger: logger)
            .serve(channel, root: HelperInit(executable: Self.executable))
        await session.closed()
        return 0
    }

    private func answerQuestions(_ arguments: Arguments) -> Int32? {
        let wantsHelp = ["help", "h", "?"].contains { arguments.isSet($0) }
        guard wantsHelp || arguments.isSet("version") else { return nil }
        print("\(ClientVersion.name) daemon version \(ClientVersion.text) \(Self.executable)")
        if wantsHelp {
            print(
                "\nUsage: \(Self.executable) [options]\n\n\(OptionHelp.text(OptionSpecification.node))", terminator: "")
            print(
                OptionHelp.section(
                    "Limits that may follow an address of -ipcbind", IpcBinding.help.map { (":\($0)=<n>", $1) }),
                terminator: "")
        } else {
            print(ClientVersion.notice, terminator: "")
        }
        return 0
    }

    /// `-daemon` and `-daemonwait`: starts this program again, detached, and ends.
    private func goToBackground(_ arguments: Arguments) throws(OptionError) -> Int32? {
        let waits = arguments.boolean("daemonwait") ?? false
        guard waits || arguments.boolean("daemon") ?? false, !DetachedProcess.isDetached else { return nil }
        print("\(ClientVersion.name) starting")
        let child = try DetachedProcess(path: "/proc/self/exe", arguments: words)
        guard waits else {
            child.letGo()
            return 0
        }
        guard child.waitUntilReady() else {
            throw OptionError("Start-up failed; see debug.log in \(arguments.baseDirectory) for the reason.")
        }
        return 0
    }

    static func printError(_ message: String) {
        try? FileHandle.standardError.write(contentsOf: Data((message + "\n").utf8))
    }
}
