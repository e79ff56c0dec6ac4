import BitcoinChain

// A file that cannot be read or written says nothing about a block: the node cannot go on, and nobody may take its
// silence for a verdict. As in Core, such an error ends the node.

/// Errors after which the node must not go on.
protocol PossiblyFatal: Error {
    /// What happened and what the user can do; nil when the node can go on.
    var fatalText: String? { get }
}

extension BlockAcceptanceError: PossiblyFatal {
    var fatalText: String? {
        switch self {
        case .invalid, .notOnTip: nil
        case .storage(let error): error.fatalText
        case .inconsistent:
            "The coins do not fit the stored blocks (\(description)). Start the node with -reindex-chainstate to "
                + "build them anew; if that does not help, check disk and memory of this machine."
        }
    }
}

extension MempoolRejection: PossiblyFatal {
    var fatalText: String? {
        guard case .storage(let error) = self else { return nil }
        return error.fatalText
    }
}

extension StorageError {
    /// File, reason, remedy.
    var fatalText: String {
        switch self {
        case .lacksPrunedBlocks: "\(self). Start the node with -prune to keep it as it is."
        case .unusableIndex(let path, let reason): "\(reason) (The index is in \(path).)"
        case _ where concernsIndex:
            "Cannot use the index: \(phrase). Check the free space of the disk; if that does not help, move the "
                + "index's folder away and start the node again, which then builds the index anew."
        case .system:
            "Cannot read or write \(phrase). Check the free space of the disk and the permissions of the file and its "
                + "folder, then start the node again."
        case .database where isLocked: "Cannot use the database: \(phrase). Stop that process first."
        case .database where isDamagedDatabase:
            "Cannot use the database: \(phrase). Start the node with -reindex-chainstate, or with -reindex if that "
                + "does not help, to build it anew."
        case .database:
            "Cannot use the database: \(phrase). Check the space, the rights and the health of the disk, then start "
                + "the node again; if that does not help, start it with -reindex-chainstate, or with -reindex, to "
                + "build the database anew."
        case .fileMissing, .truncated, .damaged, .unknownFormat, .missing:
            "Cannot use the stored blocks: \(phrase). Check the disk, and restore the file from a copy, or start the "
                + "node with -reindex to keep what can be read and get the other blocks again."
        }
    }

    /// The description, to be put into a sentence: the system's own texts may be sentences already.
    private var phrase: String { description.hasSuffix(".") ? String(description.dropLast()) : description }
}
