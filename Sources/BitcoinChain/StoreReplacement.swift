internal import Foundation

/// Puts an empty database in the place of an old one, so that a crash in between leaves one or the other and never a
/// part of the old one: LevelDB would take the logs it finds for its own.
struct StoreReplacement {
    /// The folder of the database.
    let path: String

    private var old: String { path + ".old" }
    private var new: String { path + ".new" }

    /// Puts the new database in the place of the old one, if there is one.
    ///
    /// - Parameter prepare: makes the new database at the path it gets; without it the next to open it makes it.
    /// - Throws: `StorageError`.
    func replace(
        _ prepare: ((_ path: String) throws(StorageError) -> Void)? = nil
    ) throws(StorageError) {
        try remove(new)
        if let prepare { try prepare(new) }
        if exists(path) { try move(path, to: old) }
        if exists(new) { try move(new, to: path) }
        try remove(old)
    }

    /// Finishes what a crash cut short; called before the database is opened.
    ///
    /// - Throws: `StorageError`.
    func finish() throws(StorageError) {
        if exists(path) {
            // The new one may be half made; the old one is whole.
            try remove(new)
        } else if exists(new) {
            try move(new, to: path)
        }
        try remove(old)
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private func move(_ source: String, to target: String) throws(StorageError) {
        do {
            try FileManager.default.moveItem(atPath: source, toPath: target)
        } catch {
            throw .system(path: source, error)
        }
    }

    private func remove(_ path: String) throws(StorageError) {
        guard exists(path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw .system(path: path, error)
        }
    }
}
