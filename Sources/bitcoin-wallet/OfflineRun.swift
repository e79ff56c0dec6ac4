import BitcoinCommon
import BitcoinInterfaces
import BitcoinPrimitives
import BitcoinWallet
import Foundation

/// The commands that work on a wallet file without a node, as those of Core's tool.
struct OfflineRun {
    let arguments: Arguments
    let network: Network

    /// Runs a command.
    ///
    /// - Returns: The exit code.
    /// - Throws: An error whose description is what to print.
    func run(_ command: String) throws -> Int32 {
        let name = arguments.string("wallet") ?? ""
        let directory = arguments.walletDirectory(network)
        let messageStart = try arguments.messageStart(of: network)
        switch command {
        case "info":
            write(
                try WalletTool.info(
                    name: name, walletDirectory: directory, network: network, messageStart: messageStart))
        case "create":
            guard arguments.isSet("wallet") else {
                throw OptionError("Wallet name must be provided when creating a new wallet.")
            }
            write(
                try WalletTool.create(
                    name: name, walletDirectory: directory, network: network, messageStart: messageStart,
                    options: CreateWalletOptions(blank: false, disablePrivateKeys: false, avoidReuse: false),
                    keyPoolSize: Int32(clamping: arguments.integer("keypool") ?? 1_000)))
        case "dump":
            write(
                try WalletTool.dump(
                    name: name, walletDirectory: directory, network: network, messageStart: messageStart,
                    dumpFile: arguments.string("dumpfile") ?? ""))
        default:
            throw OptionError("Error parsing command line arguments: Invalid command '\(command)'")
        }
        return 0
    }

    private func write(_ text: String) { print(text, terminator: "") }
}
