import FoundationEssentials

/// Where a wallet lies on disk.
package struct WalletLocation: Sendable, Equatable {
    /// The wallet's directory.
    package let directory: String
    /// The wallet's file.
    package let file: String

    /// Finds the place of a wallet by its name (Core's `GetWalletPath`).
    ///
    /// - Parameters:
    ///   - name: A directory inside `walletDirectory`, or an absolute path; empty for `walletDirectory` itself.
    /// - Throws: `WalletFileError.invalidPath` with Core's text.
    package init(name: String, in walletDirectory: String) throws(WalletFileError) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard name != "/" else { throw .invalidPath("Wallet name cannot be the root path") }
        if let first = parts.first, first == "." || first == ".." {
            throw .invalidPath(
                "Wallet name given as a relative path cannot begin with ./ or ../, for wallets not in the walletdir, "
                    + "please use an absolute path.")
        }
        let inner = name.hasPrefix("/") ? parts.dropFirst() : parts[...]
        // A single slash at the end is normal to std::filesystem, too.
        let checked = inner.last == "" ? inner.dropLast() : inner
        guard name.isEmpty || !checked.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else {
            throw .invalidPath("Wallet name given as a path must be normalized")
        }
        directory = name.isEmpty ? walletDirectory : name.hasPrefix("/") ? name : walletDirectory + "/" + name
        file = directory + "/wallet.dat"
    }

    /// Makes the wallet's directory, for its user only.
    ///
    /// - Throws: `WalletFileError.directoryNotWritable`.
    package func makeDirectory() throws(WalletFileError) {
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .directoryNotWritable(path: directory)
        }
        guard FileManager.default.isWritableFile(atPath: directory) else {
            throw .directoryNotWritable(path: directory)
        }
    }

    /// The names of the wallets in a directory: every directory at any depth that holds a wallet file, and the empty
    /// name for one beside them. Sorted.
    package static func list(in walletDirectory: String, messageStart: [UInt8]) -> [String] {
        var names: [String] = []
        var pending = [""]
        while let relative = pending.popLast() {
            let path = relative.isEmpty ? walletDirectory : walletDirectory + "/" + relative
            if WalletDatabase.isWallet(path + "/wallet.dat", messageStart: messageStart) { names.append(relative) }
            for entry in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
                let child = relative.isEmpty ? entry : relative + "/" + entry
                let attributes = try? FileManager.default.attributesOfItem(atPath: walletDirectory + "/" + child)
                // Links are not followed: they might lead in a circle.
                if attributes?[.type] as? FileAttributeType == .typeDirectory { pending.append(child) }
            }
        }
        return names.sorted()
    }
}
