import BitcoinCommon
import Foundation

/// Directories of the node, made at the first start as Core makes them.
enum NodeDirectories {
    /// Makes the folder of block files and locks it: it may lie outside the datadir, and be shared by mistake.
    static func lockBlocks(_ path: String) throws(OptionError) -> DatadirLock {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw OptionError("Cannot create the blocks directory '\(path)'; check its parent and the permissions.")
        }
        return try DatadirLock(directory: path)
    }

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
