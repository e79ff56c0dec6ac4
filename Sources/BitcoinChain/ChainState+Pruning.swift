internal import BitcoinConsensus
internal import BitcoinPrimitives

/// Whether old blocks are deleted (`-prune`).
package enum Pruning: Equatable, Sendable {
    /// Never.
    case none
    /// Only when somebody asks for it (`-prune=1`).
    case manual
    /// So that blocks and undo data take at most this many bytes.
    case automatic(target: UInt64)

    /// The least that may be asked for: room for the blocks that are always kept, with their undo data, and for what is
    /// allocated ahead.
    package static let minimumTarget: UInt64 = 550 << 20

    /// Blocks below the tip that are always kept.
    package static let keptBlocks = 288

    /// Blocks that are kept before the place where an index stands.
    static let lockBuffer = 10
}

// Deleting old blocks (Core's `FindFilesToPrune`, `PruneBlockFilesManual`).

extension ChainState {
    /// Whether old blocks may be deleted.
    package var mayPrune: Bool { configuration.pruning != .none }

    /// What is deleted, and when.
    package var pruning: Pruning { configuration.pruning }

    /// Deletes files with nothing but blocks up to `height`, as far as blocks may be deleted at all.
    ///
    /// - Throws: `StorageError`.
    package func prune(upTo height: Int) throws(StorageError) {
        guard mayPrune, height > 0 else { return }
        try flush()
        let last = min(height, lastPrunableHeight)
        try delete(files.records.indices.dropLast().filter { isPrunable($0, last: last) })
    }

    /// Deletes old files when blocks take more room than they should.
    func pruneAsNeeded() throws(StorageError) {
        guard case .automatic(let target) = configuration.pruning, files.hasGrown, !isReindexing else { return }
        files.hasGrown = false
        guard activeChain.height > parameters.pruneAfterHeight else { return }
        var usage = files.bytesInUse
        var buffer = configuration.sizes.pruningBuffer
        guard usage + buffer >= target else { return }
        // Blocks that an index has taken in but not written down are not to be deleted.
        if !followers.isEmpty { try flush() }
        if isInitialBlockDownload() {
            // Every deletion writes the coins, so that many files go at once while many blocks are to come.
            buffer += 1_000_000 * UInt64(max(0, tree.bestHeader.height - activeChain.height))
        }
        var numbers: [Int] = []
        let last = lastPrunableHeight
        for number in files.records.indices.dropLast() where isPrunable(number, last: last) {
            if usage + buffer < target { break }
            usage -= UInt64(files.records[number].size) + UInt64(files.records[number].undoSize)
            numbers.append(number)
        }
        try delete(numbers)
    }

    /// The height of the last block of the active chain that is lacking data; `nil` when none but the first does.
    package var pruneHeight: Int? {
        guard activeChain.height > 0 else { return nil }
        var node = tip
        guard node.hasData, node.undoOffset != nil else { return node.height }
        while let parent = node.parent, parent.height > 0 {
            guard parent.hasData, parent.undoOffset != nil else { return parent.height }
            node = parent
        }
        return nil
    }

    /// Whether the data of a block was deleted.
    package func isPruned(_ block: BlockIndex) -> Bool { hasPruned && !block.hasData && block.transactionCount > 0 }

    /// Notes what was deleted before, and deletes what a crash has left.
    func loadPruning() throws(StorageError) {
        hasPruned = try index.flag(Self.prunedFlag)
        isReindexing = try index.isReindexing
        if isReindexing, mayPrune { try files.deleteUnusable() }
        guard hasPruned else { return }
        guard mayPrune || isReindexing else {
            throw .lacksPrunedBlocks
        }
        try files.delete(files: files.records.indices.dropLast())
    }

    private static let prunedFlag = "prunedblockfiles"

    /// The last height at which blocks may be deleted.
    private var lastPrunableHeight: Int {
        var last = activeChain.height
        for lock in Array(pruneLocks.values) + followers.map({ heightLeftBehind(by: $0) }) {
            last = max(1, min(last, lock - Pruning.lockBuffer - 1))
        }
        // Blocks below a snapshot are still to be verified.
        let height = verifiedChain.path.height
        return min(last, max(0, height - Pruning.keptBlocks))
    }

    private func isPrunable(_ number: Int, last: Int) -> Bool {
        files.records[number].size > 0 && Int(files.records[number].lastHeight) <= last
    }

    private func delete(_ numbers: [Int]) throws(StorageError) {
        guard !numbers.isEmpty else { return }
        // Blocks that the coins on disk do not have yet would be lost.
        try flush()
        if !hasPruned {
            try index.setFlag(Self.prunedFlag, true)
            hasPruned = true
        }
        let wanted = Set(numbers)
        for block in tree.blocks {
            guard let position = block.position, wanted.contains(position.file) else { continue }
            (block.position, block.undoOffset) = (nil, nil)
            changedBlocks.insert(block)
        }
        // Whatever waits for another block has to come again.
        unlinked = unlinked.compactMapValues { waiting in
            let rest = waiting.filter(\.hasData)
            return rest.isEmpty ? nil : rest
        }
        current.candidates.removeAll { !$0.hasData && $0 !== tip }
        for number in numbers { files.forget(file: number) }
        try flushIndex()
        try files.delete(files: numbers)
    }
}
