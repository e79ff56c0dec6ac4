/// Why a store could not be opened, read or written. None of these says that a value is missing.
package struct KeyValueStoreError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Kind: Equatable, Sendable {
        /// Another process, or another part of this one, has the store open.
        case locked
        /// What is on disk is damaged.
        case corrupt
        /// The disk is full, files may not be written, or the hardware fails.
        case inputOutput
    }

    /// What kind of failure it is.
    package var kind: Kind
    /// The folder of the store.
    package var path: String
    /// The database's own words.
    package var reason: String

    /// A failure of the store in the folder `path`.
    package init(_ kind: Kind, path: String, reason: String) {
        self.kind = kind
        self.path = path
        self.reason = reason
    }

    package var description: String {
        switch kind {
        case .locked: "\(path) is in use by another process (\(reason)). Stop it first."
        case .corrupt: "The database in \(path) is damaged (\(reason)). It can be built anew with -reindex."
        case .inputOutput: "The database in \(path) failed (\(reason)). Check the disk's space, rights and health."
        }
    }
}
