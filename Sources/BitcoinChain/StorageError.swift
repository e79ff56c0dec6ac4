internal import Foundation
package import KeyValueStore

/// Why a file could not be read or written. None of these says anything about the validity of a block.
package enum StorageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The system refused; the reason is its own text.
    case system(path: String, reason: String)
    /// A file that blocks were written to is not there.
    case fileMissing(path: String)
    /// The file ends before the data does.
    case truncated(path: String, offset: UInt64)
    /// The bytes at this place are not the block that should be there.
    case damaged(path: String, offset: UInt64, reason: String)
    /// No data of this block is stored.
    case missing(block: String)
    /// The file has a form that this program does not know.
    case unknownFormat(path: String, reason: String)
    /// Old blocks were deleted, and now all are wanted.
    case lacksPrunedBlocks
    /// An index cannot follow the chain; the reason says what helps.
    case unusableIndex(path: String, reason: String)
    /// A database failed, or holds what does not belong there.
    case database(KeyValueStoreError)

    /// The system refused with an error of Foundation's, whose own text leaves out what the system said.
    static func system(path: String, _ error: any Error) -> StorageError {
        let cause = (error as? CocoaError)?.underlying.flatMap { ($0 as NSError).localizedFailureReason }
        return .system(path: path, reason: cause ?? error.localizedDescription)
    }

    /// Whether it is about an index, without which the node can do.
    package var concernsIndex: Bool {
        switch self {
        case .unusableIndex: true
        case .database(let error): error.path.contains("/indexes/")
        case .system(let path, _), .fileMissing(let path), .truncated(let path, _), .damaged(let path, _, _),
            .unknownFormat(let path, _):
            path.contains("/indexes/")
        case .missing, .lacksPrunedBlocks: false
        }
    }

    /// Whether another process has a database open.
    package var isLocked: Bool {
        if case .database(let error) = self { error.kind == .locked } else { false }
    }

    /// Whether a database holds what it should not.
    package var isDamagedDatabase: Bool {
        if case .database(let error) = self { error.kind == .corrupt } else { false }
    }

    package var description: String {
        switch self {
        case .system(let path, let reason): "\(path): \(reason)"
        case .fileMissing(let path): "\(path): the file is missing"
        case .truncated(let path, let offset): "\(path): the file ends inside the data at offset \(offset)"
        case .damaged(let path, let offset, let reason): "\(path): damaged data at offset \(offset): \(reason)"
        case .missing(let block): "no data for block \(block)"
        case .unknownFormat(let path, let reason): "\(path): \(reason)"
        case .lacksPrunedBlocks:
            "You need to rebuild the database using -reindex to go back to unpruned mode.  This will redownload the entire "
                + "blockchain"
        case .unusableIndex(_, let reason): reason
        case .database(let error): error.description
        }
    }
}
