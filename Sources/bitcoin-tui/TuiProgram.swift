import BitcoinCommon
import BitcoinPrimitives
import BitcoinScript
import Curses
import Foundation
import TerminalUI

/// One run of `bitcoin-tui`.
struct TuiProgram {
    static let executable = "bitcoin-tui"
    private let words: [String]

    init(words: [String]) { self.words = words }

    private static let specifications: [OptionSpecification] =
        OptionSpecification.common + [
            .init("ipcconnect", "=<address>", .ipc, help: "Node to attach to: unix, or unix:<path> (default: unix)"),
            .init("ascii", "", .options, help: "Draw frames with ASCII characters"),
            .init("mouse", "", .options, help: "Use the mouse (default: 1)"),
        ]

    /// Options of the node that a shared `bitcoin.conf` may hold; known here so that they are not warned about.
    private static var knownOptions: [OptionSpecification] {
        let own = Set(specifications.map(\.name))
        return specifications + OptionSpecification.node.filter { !own.contains($0.name) }
    }

    /// Runs until the user leaves.
    ///
    /// - Returns: The exit code.
    func run() -> Int32 {
        do {
            var arguments = Arguments(Self.knownOptions)
            do throws(OptionError) {
                try arguments.parse(Array(words.dropFirst()))
            } catch {
                throw OptionError("Error parsing command line arguments: \(error.message)")
            }
            if ["help", "h", "?", "version"].contains(where: { arguments.isSet($0) }) {
                print("\(ClientVersion.name) terminal version \(ClientVersion.text)")
                if arguments.isSet("version") {
                    print(ClientVersion.notice, terminator: "")
                } else {
                    print(
                        "\nUsage: \(Self.executable) [options]\n\n\(OptionHelp.text(Self.specifications))",
                        terminator: "")
                }
                return 0
            }
            guard arguments.command.isEmpty else {
                throw OptionError("Command line contains unexpected token '\(arguments.command[0])', see -help.")
            }
            try arguments.readConfigurationFiles()
            let network = try arguments.selectNetwork()
            return try show(arguments, network)
        } catch {
            try? FileHandle.standardError.write(contentsOf: Data("Error: \(error)\n".utf8))
            return 1
        }
    }

    private func show(_ arguments: Arguments, _ network: Network) throws -> Int32 {
        let connector = TuiConnector(arguments: arguments, network: network, argumentZero: words.first ?? "")
        let configuration = Configuration(
            chain: network.chainName, localTime: .system, startCommand: connector.startCommand,
            stopCommand: connector.stopCommand,
            addressText: { script in Destination(scriptPubKey: script)?.address(on: network) })
        let waker = try TerminalWaker()
        let environment = Foundation.ProcessInfo.processInfo.environment
        let screen = try CursesScreen(
            waker: waker, usesMouse: arguments.boolean("mouse") ?? true,
            asciiFrames: arguments.boolean("ascii") ?? false,
            noColor: environment["NO_COLOR"].map { !$0.isEmpty } ?? false)
        let queue = EventQueue(waker: ScreenWaker(waker: waker))
        let model = AppModel(connector: connector, queue: queue)
        // Lives as long as the terminal; `stop` below ends it.
        let work = Task { await model.run() }
        let loop = InterfaceLoop(
            screen: screen, queue: queue,
            surroundings: .init(
                now: { Int64(Date().timeIntervalSince1970) },
                milliseconds: { Int(DispatchTime.now().uptimeNanoseconds / 1_000_000) },
                perform: { model.perform($0) },
                save: { text, path in
                    do {
                        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
                        return nil
                    } catch {
                        return "cannot be written; choose a file that does not exist in a folder that does"
                    }
                }))
        let state = loop.run(configuration)
        screen.close()
        model.stop()
        work.cancel()
        for line in state.farewell() { print(line) }
        return 0
    }
}
