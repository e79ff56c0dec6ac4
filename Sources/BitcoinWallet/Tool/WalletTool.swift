import BitcoinConsensus
import BitcoinCrypto
import BitcoinDescriptors
package import BitcoinInterfaces
package import BitcoinPrimitives
import ByteCoding
import FoundationEssentials

/// What `bitcoin-wallet` does to wallet files without a node, with the texts of Core's tool.
///
/// `messageStart` is everywhere the four bytes that mark a file as one of its network; nil for the network's own. A
/// signet of one's own has others.
package enum WalletTool {
    /// Looks at a wallet; nothing is written.
    ///
    /// - Returns: What goes to standard output.
    /// - Throws: `WalletFileError`, whose description goes to standard error.
    package static func info(
        name: String, walletDirectory: String, network: Network, messageStart: [UInt8]? = nil
    ) throws(WalletFileError) -> String {
        let engine = try open(name, in: walletDirectory, network, messageStart)
        return text(of: engine, name: name)
    }

    /// Makes a wallet.
    ///
    /// - Parameter options: Core's tool makes wallets with keys: no option set.
    /// - Returns: What goes to standard output.
    /// - Throws: `WalletToolError`, `WalletFileError`, `DatabaseError`.
    package static func create(
        name: String, walletDirectory: String, network: Network, messageStart: [UInt8]? = nil,
        options: CreateWalletOptions, keyPoolSize: Int32 = 1_000
    ) throws -> String {
        guard !name.isEmpty else { throw WalletToolError.emptyName }
        let location = try WalletLocation(name: name, in: walletDirectory)
        guard !FileManager.default.fileExists(atPath: location.file) else {
            throw WalletFileError.alreadyExists(path: location.directory)
        }
        try location.makeDirectory()
        try WalletFactory.create(
            at: location.file, options: options, network: network, messageStart: messageStart,
            keyPoolSize: keyPoolSize)
        let engine = try open(name, in: walletDirectory, network, messageStart)
        return "Topping up keypool...\n" + text(of: engine, name: name)
    }

    /// Writes all records of a wallet as text, private keys too.
    ///
    /// - Parameter dumpFile: Must not be there yet; it becomes readable by its user only.
    /// - Returns: What goes to standard output.
    /// - Throws: `WalletToolError`, `WalletFileError`, `DatabaseError`.
    package static func dump(
        name: String, walletDirectory: String, network: Network, messageStart: [UInt8]? = nil, dumpFile: String
    ) throws -> String {
        guard !dumpFile.isEmpty else { throw WalletToolError.noDumpFile }
        let database = try openDatabase(name, in: walletDirectory, network, messageStart)
        let path = URL(filePath: dumpFile).standardizedFileURL.path()
        guard !FileManager.default.fileExists(atPath: path) else { throw WalletToolError.fileExists(path) }
        var text = "BITCOIN_CORE_WALLET_DUMP,1\nformat,sqlite\n"
        for (key, value) in try database.records(sortedByKey: false) {
            text += "\(Hex.encode(key)),\(Hex.encode(value))\n"
        }
        // The hash in the order of its bytes, not as hashes are usually shown.
        text += "checksum,\(Hex.encode(SHA256d.hash(Array(text.utf8)).bytes))\n"
        let isWritten = FileManager.default.createFile(
            atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        guard isWritten else { throw WalletToolError.cannotWrite(path) }
        return "The dumpfile may contain private keys. To ensure the safety of your Bitcoin, do not share the "
            + "dumpfile.\n"
    }

    private static func openDatabase(
        _ name: String, in walletDirectory: String, _ network: Network, _ messageStart: [UInt8]?
    ) throws(WalletFileError) -> WalletDatabase {
        let location = try WalletLocation(name: name, in: walletDirectory)
        return try WalletDatabase(
            path: location.file, mode: .readOnly,
            messageStart: messageStart ?? ChainParameters.parameters(for: network).messageStart)
    }

    private static func open(
        _ name: String, in walletDirectory: String, _ network: Network, _ messageStart: [UInt8]?
    ) throws(WalletFileError) -> WalletEngine {
        let database = try openDatabase(name, in: walletDirectory, network, messageStart)
        return try WalletEngine(opening: database, name: name, network: network, keyPoolSize: 1)
    }

    private static func text(of engine: WalletEngine, name: String) -> String {
        func answer(_ value: Bool) -> String { value ? "yes" : "no" }
        let active = engine.activeManagers
        let isHD = !active.isEmpty && active.allSatisfy(\.descriptor.isRange)
        var text = "Wallet info\n===========\nName: \(name)\nFormat: sqlite\n"
        text += "Descriptors: \(answer(engine.flags.contains(.descriptors)))\n"
        text += "Encrypted: \(answer(engine.isEncrypted))\n"
        text += "HD (hd seed available): \(answer(isHD))\n"
        text += "Keypool Size: \(active.reduce(0) { $0 + $1.keyPoolSize })\n"
        text += "Transactions: \(engine.transactions.count)\n"
        text += "Address Book: \(engine.addressBook.entries.count)\n"
        return text + engine.problems.map { "Warning: \($0)\n" }.joined()
    }
}

/// Why an offline command cannot be done. The descriptions are Core's texts.
package enum WalletToolError: Error, Equatable, Sendable, CustomStringConvertible {
    /// `create` without a name.
    case emptyName
    /// `dump` without a file.
    case noDumpFile
    /// The file to be written is there.
    case fileExists(String)
    /// The file cannot be written.
    case cannotWrite(String)

    /// Core's text.
    package var description: String {
        switch self {
        case .emptyName: "Wallet name cannot be empty"
        case .noDumpFile: "No dump file provided. To use dump, -dumpfile=<filename> must be provided."
        case .fileExists(let path):
            "File \(path) already exists. If you are sure this is what you want, move it out of the way first."
        case .cannotWrite(let path): "Unable to open \(path) for writing"
        }
    }
}
