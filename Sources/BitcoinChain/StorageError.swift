package import KeyValueStore

/// Why a file could not be read or written. None of these says anything about the validity of a block.
package enum StorageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The system refused; the reason is its own text.
    case system(path: String, reason: String)
    /// The file ends before the data does.
    case truncated(path: String, offset: UInt64)
    /// The bytes at this place are not the block that should be there.
    case damaged(path: String, offset: UInt64, reason: String)
    /// No data of this block is stored.
    case missing(block: String)
    /// The file has a form that this program does not know.
    case unknownFormat(path: String, reason: String)
    /// A database failed, or holds what does not belong there.
    case database(KeyValueStoreError)

    package var description: String {
        switch self {
        case .system(let path, let reason): "\(path): \(reason)"
        case .truncated(let path, let offset): "\(path): the file ends inside the data at offset \(offset)"
        case .damaged(let path, let offset, let reason): "\(path): damaged data at offset \(offset): \(reason)"
        case .missing(let block): "no data for block \(block)"
        case .unknownFormat(let path, let reason): "\(path): \(reason)"
        case .database(let error): error.description
        }
    }
}
