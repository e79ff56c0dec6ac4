import CSQLite

/// A failure of the SQLite library.
package struct DatabaseError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The extended result code, such as 5 (busy) or 11 (corrupt).
    package let code: Int32
    /// What was being done: the SQL text, or a word for it. Never holds values.
    package let operation: String
    /// The library's own text.
    package let message: String

    /// Makes an error from its parts.
    package init(code: Int32, operation: String, message: String) {
        self.code = code
        self.operation = operation
        self.message = message
    }

    init(code: Int32, operation: String, handle: OpaquePointer?) {
        let text = unsafe handle.map { unsafe String(cString: sqlite3_errmsg($0)) }
        self.init(code: code, operation: operation, message: text ?? Self.text(of: code))
    }

    /// The library's general text for a code.
    package static func text(of code: Int32) -> String { unsafe String(cString: sqlite3_errstr(code)) }

    /// The primary code, without the details of the extended one.
    package var primaryCode: Int32 { code & 0xff }

    /// Whether another connection holds the lock.
    package var isBusy: Bool { primaryCode == SQLITE_BUSY || primaryCode == SQLITE_LOCKED }

    /// Whether the file is no SQLite database, or a damaged one.
    package var isCorrupt: Bool { primaryCode == SQLITE_CORRUPT || primaryCode == SQLITE_NOTADB }

    /// Text and code.
    package var description: String { "\(message) (SQLite error \(code))" }
}
