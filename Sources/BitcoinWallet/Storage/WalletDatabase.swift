import FoundationEssentials
package import SQLite

/// The records of one wallet file: Core's table of keys and values (wallet/sqlite.cpp).
///
/// The connection holds the exclusive lock of the file from `init` on, as Core's does, so that no two programs write
/// one wallet. Opening writes nothing. Not Sendable: it belongs to the one who follows the wallet.
package final class WalletDatabase {
    /// How a file is opened.
    package enum Mode: Sendable, Equatable {
        /// An existing file, to be followed.
        case existing
        /// An existing file that is only looked at.
        case readOnly
        /// A file that must not be there yet.
        case new
    }

    /// The file.
    package let path: String

    private let database: Database
    private let readStatement: Statement
    private let writeStatement: Statement
    private let eraseStatement: Statement
    private var transactionDepth = 0

    /// Opens or makes a wallet file.
    ///
    /// - Parameters:
    ///   - path: The file itself, not its directory.
    ///   - messageStart: The four bytes that begin a message on the wallet's network; the file carries them as its
    ///     SQLite application id.
    /// - Throws: `WalletFileError` for a file that is missing, another network's, in use, damaged or no database.
    package init(path: String, mode: Mode, messageStart: [UInt8]) throws(WalletFileError) {
        let applicationID = messageStart.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        self.path = path
        if mode == .new {
            guard !FileManager.default.fileExists(atPath: path) else {
                throw .alreadyExists(path: Self.directory(of: path))
            }
        } else {
            try Self.checkHeader(path, messageStart: messageStart)
        }
        do {
            let database = try Self.open(path, mode: mode, applicationID: applicationID)
            try Self.verify(database, applicationID: applicationID)
            readStatement = try database.prepare("SELECT value FROM main WHERE key = ?")
            writeStatement = try database.prepare("INSERT or REPLACE into main values(?, ?)")
            eraseStatement = try database.prepare("DELETE FROM main WHERE key = ?")
            self.database = database
        } catch let error as WalletFileError {
            throw error
        } catch let error as DatabaseError {
            throw error.isBusy
                ? .inUse : error.isCorrupt ? .badFormat(path: Self.directory(of: path)) : .database(error)
        } catch {
            throw .corrupt(path: path)
        }
    }

    private static func checkHeader(_ path: String, messageStart: [UInt8]) throws(WalletFileError) {
        let directory = directory(of: path)
        guard FileManager.default.fileExists(atPath: directory) else { throw .notFound(path: directory) }
        guard isWallet(path, messageStart: messageStart) else { throw .badFormat(path: directory) }
    }

    /// Core's texts name the wallet's directory, not the file in it.
    private static func directory(of path: String) -> String {
        path.hasSuffix("/wallet.dat") ? String(path.dropLast("/wallet.dat".count)) : path
    }

    /// Whether a file bears SQLite's mark and a network's: what has another mark is no wallet, to Core neither.
    package static func isWallet(_ path: String, messageStart: [UInt8]) -> Bool {
        guard let bytes = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe), bytes.count >= 512
        else { return false }
        let start = bytes.startIndex
        return bytes.prefix(16).elementsEqual("SQLite format 3\u{0}".utf8)
            && bytes[start + 68..<start + 72].elementsEqual(messageStart)
    }

    private static func open(_ path: String, mode: Mode, applicationID: UInt32) throws -> Database {
        switch mode {
        case .readOnly:
            return try Database(path: path, mode: .readOnly)
        case .existing:
            let database = try Database(path: path, mode: .readWrite)
            try lock(database)
            return database
        case .new:
            // Nobody else may read a wallet; the library gives its journal the same permissions.
            let isMade = FileManager.default.createFile(
                atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
            guard isMade else { throw WalletFileError.directoryNotWritable(path: directory(of: path)) }
            let database = try Database(path: path, mode: .create)
            try lock(database)
            try database.execute("CREATE TABLE main(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL)")
            try database.execute("PRAGMA application_id = \(Int32(bitPattern: applicationID))")
            try database.execute("PRAGMA user_version = 0")
            return database
        }
    }

    private static func lock(_ database: borrowing Database) throws {
        try database.execute("PRAGMA locking_mode = exclusive")
        // The mode takes effect with the first transaction.
        try database.execute("BEGIN EXCLUSIVE TRANSACTION")
        try database.execute("COMMIT")
        try database.execute("PRAGMA fullfsync = true")
    }

    private static func verify(_ database: borrowing Database, applicationID: UInt32) throws {
        let actual = UInt32(truncatingIfNeeded: try database.integer(pragma: "application_id") ?? 0)
        guard actual == applicationID else {
            throw WalletFileError.wrongNetwork(expected: applicationID, actual: actual)
        }
        let schema = try database.integer(pragma: "user_version") ?? 0
        guard schema == 0 else { throw WalletFileError.unknownSchema(schema) }
        let problems = try database.integrityProblems()
        guard problems.isEmpty else { throw WalletFileError.damaged(problems) }
    }

    /// The value of a key, nil when there is none.
    ///
    /// - Throws: `DatabaseError`.
    package func read(_ key: [UInt8]) throws(DatabaseError) -> [UInt8]? {
        defer { readStatement.reset() }
        try readStatement.bind(key, at: 1)
        return try readStatement.step() ? readStatement.blob(at: 0) : nil
    }

    /// Writes a record, replacing one of the same key.
    ///
    /// - Throws: `DatabaseError`.
    package func write(_ key: [UInt8], _ value: [UInt8]) throws(DatabaseError) {
        try writeStatement.run(key, value)
    }

    /// Removes a record if it is there.
    ///
    /// - Throws: `DatabaseError`.
    package func erase(_ key: [UInt8]) throws(DatabaseError) {
        try eraseStatement.run(key)
    }

    /// All records, in the order of their keys or, as the dump of Core's tool has them, of the table.
    ///
    /// - Throws: `DatabaseError`.
    package func records(sortedByKey: Bool = true) throws(DatabaseError) -> [(key: [UInt8], value: [UInt8])] {
        let statement = try database.prepare("SELECT key, value FROM main" + (sortedByKey ? " ORDER BY key" : ""))
        var records: [(key: [UInt8], value: [UInt8])] = []
        while try statement.step() { records.append((statement.blob(at: 0), statement.blob(at: 1))) }
        return records
    }

    /// Runs `body` in one transaction: all its writes are kept, or none. May be nested; the outermost one counts.
    ///
    /// - Throws: What `body` throws, or `DatabaseError`.
    package func transaction<R>(_ body: () throws -> R) throws -> R {
        guard transactionDepth == 0 else { return try body() }
        try database.execute("BEGIN TRANSACTION")
        transactionDepth += 1
        defer { transactionDepth -= 1 }
        do {
            let result = try body()
            try database.execute("COMMIT TRANSACTION")
            return result
        } catch {
            // Nothing better can be done when going back fails too: the first error tells more.
            try? database.execute("ROLLBACK TRANSACTION")
            throw error
        }
    }

    /// Copies the whole file.
    ///
    /// - Throws: `DatabaseError`.
    package func backUp(to path: String) throws(DatabaseError) { try database.backUp(to: path) }
}
