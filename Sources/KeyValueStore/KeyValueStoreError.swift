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

    /// What happened and where; what helps depends on what the store is for.
    package var description: String {
        switch kind {
        case .locked: "\(path) is in use by another process (\(reason))"
        case .corrupt: "\(path) is damaged (\(reason))"
        case .inputOutput: "\(path) failed (\(reason))"
        }
    }
}
