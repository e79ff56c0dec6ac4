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

    /// Whether the wallet is there.
    package func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: database(name)) }

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

    private static func isSQLite(_ file: String) -> Bool {
        guard let handle = FileHandle(forReadingAtPath: file) else { return false }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: 16)) == Data("SQLite format 3\0".utf8)
    }
}
