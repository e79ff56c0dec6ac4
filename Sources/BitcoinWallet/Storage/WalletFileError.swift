package import SQLite

/// Why a wallet file cannot be opened or made. The descriptions are Core's texts.
package enum WalletFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no such file.
    case notFound(path: String)
    /// The name leads nowhere sensible; Core's text.
    case invalidPath(String)
    /// A file is already there.
    case alreadyExists(path: String)
    /// The directory for a new file cannot be made or written.
    case directoryNotWritable(path: String)
    /// The file is no SQLite database.
    case badFormat(path: String)
    /// Another process holds the file.
    case inUse
    /// The file is another network's.
    case wrongNetwork(expected: UInt32, actual: UInt32)
    /// The layout is another than version 0.
    case unknownSchema(Int64)
    /// The database is damaged.
    case damaged([String])
    /// The library failed.
    case database(DatabaseError)
    /// The wallet is damaged; the texts name the records.
    case corrupt(path: String, [String] = [])
    /// A flag is set that this program does not know.
    case tooNew(path: String)
    /// A legacy wallet.
    case legacy(path: String)
    /// A legacy record in a descriptor wallet.
    case unexpectedLegacyEntry(path: String)
    /// A descriptor that this program does not understand.
    case unknownDescriptor(path: String, [String] = [])
    /// A wallet whose keys are on a signing device.
    case externalSigner(path: String)
    /// The wallet follows another chain.
    case otherChain
    /// The chain could not be scanned.
    case scanFailed

    /// Core's text.
    package var description: String {
        switch self {
        case .notFound(let path): "Failed to load database path '\(path)'. Path does not exist."
        case .invalidPath(let text): text
        case .alreadyExists(let path): "Failed to create database path '\(path)'. Database already exists."
        case .directoryNotWritable(let path):
            "SQLiteDatabase: Failed to open database in directory '\(path)': directory is not writable"
        case .badFormat(let path): "Failed to load database path '\(path)'. Data is not in recognized format."
        case .inUse:
            "SQLiteDatabase: Unable to obtain an exclusive lock on the database, is it being used by another instance "
                + "of Bitcoin Core?"
        case .wrongNetwork(let expected, let actual):
            "SQLiteDatabase: Unexpected application id. Expected \(expected), got \(actual)"
        case .unknownSchema(let version):
            "SQLiteDatabase: Unknown sqlite wallet schema version \(version). Only version 0 is supported"
        case .damaged(let lines): "Failed to verify database\n" + lines.map { $0 + "\n" }.joined()
        case .database(let error): "SQLiteDatabase: \(error)"
        case .corrupt(let path, let records):
            "Error loading \(path): Wallet corrupted" + records.map { "\n\($0)" }.joined()
        case .tooNew(let path): "Error loading \(path): Wallet requires newer version of Bitcoin Core"
        case .legacy(let path):
            "Error loading \(path): Wallet is a legacy wallet. Please migrate to a descriptor wallet using the migration "
                + "tool (migratewallet RPC)."
        case .unexpectedLegacyEntry(let path):
            "Unexpected legacy entry in descriptor wallet found. Loading wallet \(path)\n\n"
                + "The wallet might have been tampered with or created with malicious intent.\n"
        case .unknownDescriptor(let path, let records):
            "Unrecognized descriptor found. Loading wallet \(path)\n\n"
                + "The wallet might have been created on a newer version.\n"
                + "Please try running the latest software version.\n" + records.map { "\($0)\n" }.joined()
        case .externalSigner(let path):
            "Error loading \(path): External signer wallet being loaded without external signer support compiled"
        case .otherChain:
            "Wallet files should not be reused across chains. Restart bitcoind with -walletcrosschain to override."
        case .scanFailed: "Failed to rescan the wallet during initialization"
        }
    }
}
