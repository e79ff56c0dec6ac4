import Foundation

/// The folder that holds the wallets (Core `-walletdir`).
package struct WalletDirectory: Sendable {
    /// Its path.
    package let path: String

    /// The folder at `path`.
    package init(path: String) { self.path = path }

    /// Path of the wallet's database, whether it exists or not. A name is a path relative to the folder.
    package func database(_ name: String) -> String {
        name.isEmpty ? path + "/wallet.dat" : folder(name) + "/wallet.dat"
    }

    /// Path of the wallet's folder.
    package func folder(_ name: String) -> String {
        if name.hasPrefix("/") { return name }
        return name.isEmpty ? path : path + "/" + name
    }

    /// What lies at the place of a wallet.
    package enum Content: Sendable {
        /// Nothing at all.
        case nothing
        /// A file or folder that is no wallet.
        case unrecognized
        /// A wallet of the kind that Core no longer opens (Berkeley DB).
        case legacy
        /// A wallet.
        case wallet
    }

    /// What lies at the place of a wallet.
    package func content(_ name: String) -> Content {
        guard (try? FileManager.default.attributesOfItem(atPath: folder(name))) != nil else { return .nothing }
        if Self.isSQLite(database(name)) { return .wallet }
        return Self.isBerkeley(database(name)) ? .legacy : .unrecognized
    }

    /// Names of the wallets: folders with an SQLite `wallet.dat`, at any depth up to four, sorted.
    package func names() -> [String] {
        var result: [String] = []
        if Self.isSQLite(path + "/wallet.dat") { result.append("") }
        visit("", depth: 0, into: &result)
        return result.sorted()
    }

    private func visit(_ prefix: String, depth: Int, into result: inout [String]) {
        guard depth < 4, result.count < 10_000 else { return }
        for entry in (try? FileManager.default.contentsOfDirectory(atPath: path + "/" + prefix)) ?? [] {
            let name = prefix.isEmpty ? entry : prefix + "/" + entry
            let full = path + "/" + name
            let type = (try? FileManager.default.attributesOfItem(atPath: full))?[.type] as? FileAttributeType
            guard type == .typeDirectory else { continue }
            if Self.isSQLite(full + "/wallet.dat") {
                result.append(name)
            } else {
                visit(name, depth: depth + 1, into: &result)
            }
        }
    }

    private static func isSQLite(_ file: String) -> Bool { start(of: file) == Data("SQLite format 3\0".utf8) }

    private static func isBerkeley(_ file: String) -> Bool {
        let magic = start(of: file).dropFirst(12)
        return magic.elementsEqual([0x62, 0x31, 0x05, 0x00]) || magic.elementsEqual([0x00, 0x05, 0x31, 0x62])
    }

    private static func start(of file: String) -> Data {
        guard let handle = FileHandle(forReadingAtPath: file) else { return Data() }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: 16)) ?? Data()
    }
}
