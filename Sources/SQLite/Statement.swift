import CSQLite

/// A compiled statement. Columns may be read after `step()` returned true and until the next call of it.
@safe package struct Statement: ~Copyable {
    private let handle: OpaquePointer
    private let database: OpaquePointer

    /// SQLite's "copy the bytes before returning" instead of a destructor.
    private static var transient: sqlite3_destructor_type? {
        unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }

    init(handle: OpaquePointer, database: OpaquePointer) {
        unsafe self.handle = handle
        unsafe self.database = database
    }

    deinit { _ = unsafe sqlite3_finalize(handle) }

    /// Sets the parameter at `index` (the first is 1) to bytes.
    ///
    /// - Throws: The library's error.
    package func bind(_ bytes: [UInt8], at index: Int32) throws(DatabaseError) {
        // An empty array has no base address, and a null pointer would bind NULL.
        let code =
            bytes.isEmpty
            ? unsafe sqlite3_bind_zeroblob(handle, index, 0)
            : unsafe bytes.withUnsafeBytes { buffer in
                unsafe sqlite3_bind_blob64(
                    handle, index, buffer.baseAddress, UInt64(buffer.count), Self.transient)
            }
        try check(code)
    }

    /// Sets the parameter at `index` (the first is 1) to a text.
    ///
    /// - Throws: The library's error.
    package func bind(_ text: String, at index: Int32) throws(DatabaseError) {
        try check(unsafe sqlite3_bind_text(handle, index, text, -1, Self.transient))
    }

    /// Goes to the next row.
    ///
    /// - Returns: False after the last row; a statement without result returns false at once.
    /// - Throws: The library's error.
    package func step() throws(DatabaseError) -> Bool {
        let code = unsafe sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let error = unsafe DatabaseError(code: code, operation: "step", handle: database)
            _ = unsafe sqlite3_reset(handle)
            throw error
        }
    }

    /// Makes the statement ready to run again and forgets its parameters.
    package func reset() {
        _ = unsafe sqlite3_reset(handle)
        _ = unsafe sqlite3_clear_bindings(handle)
    }

    /// Binds bytes in order, runs the statement to its end and resets it.
    ///
    /// - Throws: The library's error.
    package func run(_ parameters: [UInt8]...) throws(DatabaseError) {
        defer { reset() }
        var index: Int32 = 1
        for parameter in parameters {
            try bind(parameter, at: index)
            index += 1
        }
        while try step() {}
    }

    /// The bytes of a column (the first is 0); empty for NULL.
    package func blob(at column: Int32) -> [UInt8] {
        guard let pointer = unsafe sqlite3_column_blob(handle, column) else { return [] }
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        return unsafe Array(UnsafeRawBufferPointer(start: pointer, count: count))
    }

    /// The text of a column (the first is 0); empty for NULL. What is no UTF-8 is repaired.
    package func text(at column: Int32) -> String { String(decoding: blob(at: column), as: UTF8.self) }

    /// The integer of a column (the first is 0); 0 for NULL.
    package func integer(at column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

    private func check(_ code: Int32) throws(DatabaseError) {
        guard code == SQLITE_OK else { throw unsafe DatabaseError(code: code, operation: "bind", handle: database) }
    }
}
