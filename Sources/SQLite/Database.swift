// SQLite: the little of the C library that wallet files need.
//
// `Database` owns a connection and `Statement` a compiled statement; both close themselves and neither can be copied.
// Every failure is a `DatabaseError` with the library's extended code and text. A connection belongs to one isolation
// domain at a time: the types are not Sendable, so the compiler holds their owner to that.
//
// The pointers of the C library live in this module only.

import CSQLite

/// A connection to a database file.
@safe package struct Database: ~Copyable {
    /// How a file is opened.
    package enum Mode: Sendable {
        /// Reading only; the file must exist and nothing is written beside it.
        case readOnly
        /// Reading and writing a file that must exist.
        case readWrite
        /// Reading and writing; the file is made when it is missing.
        case create
    }

    let handle: OpaquePointer

    /// Opens the file at `path`.
    ///
    /// - Parameter busyTimeout: Milliseconds to wait for a lock that another connection holds.
    /// - Throws: When the file cannot be opened in that mode.
    package init(path: String, mode: Mode, busyTimeout: Int32 = 0) throws(DatabaseError) {
        let flags: Int32
        switch mode {
        case .readOnly: flags = SQLITE_OPEN_READONLY
        case .readWrite: flags = SQLITE_OPEN_READWRITE
        case .create: flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        }
        var pointer: OpaquePointer?
        let code = unsafe sqlite3_open_v2(path, &pointer, flags | SQLITE_OPEN_FULLMUTEX, nil)
        guard let pointer = unsafe pointer, code == SQLITE_OK else {
            let error = unsafe DatabaseError(code: code, operation: "open", handle: pointer)
            unsafe sqlite3_close_v2(pointer)
            throw error
        }
        unsafe handle = pointer
        _ = unsafe sqlite3_extended_result_codes(pointer, 1)
        _ = unsafe sqlite3_busy_timeout(pointer, busyTimeout)
    }

    deinit { _ = unsafe sqlite3_close_v2(handle) }

    /// Runs one or more statements that return nothing of interest.
    ///
    /// - Throws: The library's error.
    package func execute(_ sql: String) throws(DatabaseError) {
        let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw unsafe DatabaseError(code: code, operation: sql, handle: handle) }
    }

    /// Compiles one statement.
    ///
    /// - Throws: The library's error.
    package func prepare(_ sql: String) throws(DatabaseError) -> Statement {
        var pointer: OpaquePointer?
        let code = unsafe sqlite3_prepare_v2(handle, sql, -1, &pointer, nil)
        guard code == SQLITE_OK, let pointer = unsafe pointer else {
            throw unsafe DatabaseError(code: code, operation: sql, handle: handle)
        }
        return unsafe Statement(handle: pointer, database: handle)
    }

    /// The value of a pragma that is an integer; nil when it returns no row.
    ///
    /// - Throws: The library's error.
    package func integer(pragma name: String) throws(DatabaseError) -> Int64? {
        let statement = try prepare("PRAGMA \(name)")
        return try statement.step() ? statement.integer(at: 0) : nil
    }

    /// The lines of `PRAGMA integrity_check` that tell of damage; empty for a sound file.
    ///
    /// - Throws: The library's error.
    package func integrityProblems() throws(DatabaseError) -> [String] {
        let statement = try prepare("PRAGMA integrity_check")
        var problems: [String] = []
        while try statement.step() {
            let line = statement.text(at: 0)
            if line != "ok" { problems.append(line) }
        }
        return problems
    }

    /// Whether a transaction was begun and neither committed nor rolled back.
    package var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    /// Copies the whole database into a new file.
    ///
    /// - Throws: The library's error.
    package func backUp(to path: String) throws(DatabaseError) {
        let target = try Database(path: path, mode: .create)
        guard let backup = unsafe sqlite3_backup_init(target.handle, "main", handle, "main") else {
            throw unsafe DatabaseError(code: SQLITE_ERROR, operation: "back up", handle: target.handle)
        }
        let code = unsafe sqlite3_backup_step(backup, -1)
        _ = unsafe sqlite3_backup_finish(backup)
        guard code == SQLITE_DONE else {
            throw unsafe DatabaseError(code: code, operation: "back up", handle: target.handle)
        }
    }

    /// The version of the library, as `3.40.1`.
    package static var libraryVersion: String { unsafe String(cString: sqlite3_libversion()) }
}
