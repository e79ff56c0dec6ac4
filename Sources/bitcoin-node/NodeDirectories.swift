import BitcoinCommon
import BitcoinNode
import Foundation

/// Directories of the node, made at the first start as Core makes them.
enum NodeDirectories {
    static func prepare(base: String, network: String) throws {
        for path in [base, network] where !FileManager.default.fileExists(atPath: path) {
            do {
                try FileManager.default.createDirectory(
                    atPath: path + "/wallets", withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
            } catch {
                throw OptionError("Cannot create the data directory '\(path)'; check its parent and the permissions.")
            }
        }
    }

    static func wallets(_ arguments: Arguments, network: String) -> WalletDirectory {
        if let given = arguments.string("walletdir"), !given.isEmpty {
            return WalletDirectory(path: given.hasPrefix("/") ? given : network + "/" + given)
        }
        let usual = network + "/wallets"
        return WalletDirectory(path: FileManager.default.fileExists(atPath: usual) ? usual : network)
    }
}
