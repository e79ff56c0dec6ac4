import BitcoinCommon
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
}
