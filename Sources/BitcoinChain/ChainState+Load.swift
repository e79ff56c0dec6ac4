package import BitcoinConsensus
package import BitcoinPrimitives
internal import KeyValueStore

/// How far loading is.
package struct LoadProgress: Equatable, Sendable {
    /// What is being done.
    package var phase: Phase
    /// Done so far: bytes of block files while they are searched, blocks in all other cases.
    package var done: UInt64
    /// All there is to do, in the same unit.
    package var total: UInt64

    /// The steps of loading.
    package enum Phase: Sendable {
        /// Finding the blocks in the files.
        case readingHeaders
        /// Taking them into the index.
        case indexingBlocks
        /// Finishing a change that a crash cut short.
        case replayingBlocks
        /// Checking the last ones again.
        case verifyingBlocks
        /// Checking and connecting them.
        case connectingBlocks
        /// Taking in those of other files.
        case importingBlocks
    }
}

/// What loading found.
package struct LoadReport: Sendable {
    /// Block files in use.
    package var fileCount = 0
    /// Records found in them, when they were searched.
    package var recordCount = 0
    /// Blocks in the tree that are there with their data, without the first one.
    package var blockCount = 0
    /// What was not as it should be, at most `maximumProblems`.
    package private(set) var problems: [Problem] = []
    /// How many problems there were in all.
    package private(set) var problemCount = 0
    /// Whether the caller asked to stop before the end.
    package var wasInterrupted = false

    /// Problems that are kept; more are only counted.
    package static let maximumProblems = 1000

    /// Something that was stepped over.
    package enum Problem: Equatable, Sendable, CustomStringConvertible {
        /// Bytes that are no record.
        case garbage(path: String, offset: UInt64, count: UInt64)
        /// A record that is cut short or damaged, and whatever follows up to the next good one.
        case brokenRecord(path: String, offset: UInt64, count: UInt64)
        /// A file that cannot be read.
        case unreadable(StorageError)
        /// Files between others, or before all of them, that are not there: the first, and how many.
        case missing(path: String, count: Int)
        /// A block that follows one which is nowhere.
        case orphan(BlockHash, parent: BlockHash)
        /// A block that breaks a rule.
        case invalid(BlockHash, ConsensusFailure)

        package var description: String {
            switch self {
            case .garbage(let path, let offset, let count):
                "\(path): \(count) bytes at offset \(offset) are no block"
            case .brokenRecord(let path, let offset, let count):
                "\(path): broken block record at offset \(offset), \(count) bytes skipped"
            case .unreadable(let error):
                error.description
            case .missing(let path, let count):
                "\(path) is missing\(count > 1 ? ", and \(count - 1) more behind it" : ""): "
                    + "its blocks have to come again"
            case .orphan(let hash, let parent):
                "block \(hash) has unknown parent \(parent)"
            case .invalid(let hash, let failure):
                "block \(hash) is invalid: \(failure)"
            }
        }
    }

    mutating func note(_ problem: Problem) {
        problemCount += 1
        if problems.count < Self.maximumProblems { problems.append(problem) }
    }
}

extension ChainState {
    /// Brings the chain to where it was: reads the index, builds it anew from the files if need be, takes the coins
    /// from their database, connects what they lack, and checks the last blocks again.
    ///
    /// - Parameters:
    ///   - checks: what of the last blocks is checked again.
    ///   - progress: told how far loading is, now and then; returns false to stop.
    /// - Returns: what was found.
    /// - Throws: `StorageError` when something cannot be read or written, or is damaged.
    package func load(
        checks: VerificationScope = VerificationScope(), progress: @escaping (LoadProgress) -> Bool = { _ in true }
    ) throws(StorageError) -> LoadReport {
        var report = LoadReport()
        watch(progress)
        isBulkLoading = true
        defer { (reportProgress, isBulkLoading) = (nil, false) }
        try loadIndex()
        try loadPruning()
        if try index.isReindexing { try reindex(&report) }
        if !isInterrupted {
            try addGenesis()
            try loadCoins()
            try loadHistorical()
            stopAtHeight()
            try activate()
        }
        try flush()
        if !isInterrupted, case .failed(let problem) = try verify(checks) {
            throw .database(
                KeyValueStoreError(
                    .corrupt, path: configuration.chainStateFolder, reason: "block \(problem.block): \(problem.reason)")
            )
        }
        report.fileCount = files.records.count { $0.blockCount > 0 }
        report.blockCount = tree.blocks.count { $0.hasData && $0.height > 0 }
        report.wasInterrupted = isInterrupted
        return report
    }

    /// Has `progress` told how far long work is, and asked whether to go on.
    func watch(_ progress: @escaping (LoadProgress) -> Bool) {
        isInterrupted = false
        reportProgress = { [unowned self] state in
            // Once is enough to stop; and asking for every block would be too much.
            if !isInterrupted, state.done % 64 == 0 || state.done == state.total { isInterrupted = !progress(state) }
            return !isInterrupted
        }
    }

    /// Takes the blocks of the index into the tree.
    private func loadIndex() throws(StorageError) {
        var records: [BlockIndexRecord] = []
        try index.forEachBlock { _, record in records.append(record) }
        records.sort { $0.height < $1.height }
        let snapshotBlock = historical == nil ? nil : Self.snapshotBlock(configuration)
        for record in records {
            let node: BlockIndex
            if record.height == 0, record.header.hash == tree.genesis.hash {
                node = tree.genesis
            } else {
                guard let parent = tree[record.header.previousBlockHash], parent.height + 1 == record.height,
                    (try? BlockHeaderRules.checkProofOfWork(record.header, parameters: parameters)) != nil
                else { throw damagedIndex("block \(record.header.hash) has no place in the tree") }
                node = tree.insert(record.header, after: parent)
            }
            restore(node, from: record)
            if node.hash == snapshotBlock { begin(at: node) }
            if node.transactionCount > 0, node !== tree.genesis { link(node, sequence: 1) }
        }
    }

    /// Lets blocks that follow a snapshot's block be linked without those below it.
    private func begin(at base: BlockIndex) {
        current.snapshotBase = base
        let known = parameters.assumedSnapshots.first { $0.block == base.hash }
        if let known { base.chainTransactionCount = known.transactionCount }
    }

    private func restore(_ node: BlockIndex, from record: BlockIndexRecord) {
        node.validity = record.status.validity ?? .tree
        node.transactionCount = record.transactionCount
        node.isAssumed = record.status.contains(.hasWitness) && record.transactionCount == 0
        node.knowsWitnesses = record.status.contains(.hasWitness) || record.transactionCount == 0
        if record.status.contains(.hasData) {
            node.position = BlockFiles.Position(file: record.file, offset: record.dataPosition)
        }
        if record.status.contains(.hasUndo) { node.undoOffset = record.undoPosition }
        if record.status.contains(.failed), node.failure == nil {
            _ = tree.markInvalid(node, ConsensusFailure(.duplicateInvalid, "found invalid before"))
        }
        if node === tree.genesis { node.chainTransactionCount = UInt64(node.transactionCount) }
    }

    /// Writes the first block down, unless it is there.
    private func addGenesis() throws(StorageError) {
        let genesis = tree.genesis
        // Its data may have been pruned.
        guard genesis.transactionCount == 0 else { return }
        try store(parameters.genesis, genesis)
        genesis.chainTransactionCount = UInt64(genesis.transactionCount)
        genesis.validity = .scripts
        for node in takeUnlinked(after: genesis) { link(node, sequence: 1) }
    }

    /// Finds the block after which the coins are unspent, and makes it the tip.
    private func loadCoins() throws(StorageError) {
        switch current.database.state {
        case .empty:
            coins.begin(at: tree.genesis.hash)
        case .complete(let hash):
            try setTip(hash)
        case .partial(let target, let origin):
            try replay(from: origin, to: target)
            try setTip(target)
        }
    }

    /// The same for the chain below a snapshot.
    private func loadHistorical() throws(StorageError) {
        guard let verified = historical, let base = current.snapshotBase else {
            if historical != nil { throw damagedCoins("the snapshot's block is unknown") }
            return
        }
        let snapshot = current
        (current, historical, isBackground) = (verified, snapshot, true)
        defer { (current, historical, isBackground) = (snapshot, verified, false) }
        try loadCoins()
        guard base.ancestor(at: tip.height) === tip else {
            throw damagedCoins("block \(tip.hash) does not lead to the snapshot's block")
        }
        // What does not lead there is of no use now.
        current.candidates = [tip]
    }

    private func setTip(_ hash: BlockHash) throws(StorageError) {
        guard let block = tree[hash] else { throw damagedCoins("they belong to the unknown block \(hash)") }
        current.path.setTip(block)
        for height in 0...block.height { activeChain[height]?.sequence = 0 }
        if let lacking = activeChain.first(where: { !$0.knowsWitnesses && $0.height >= parameters.segwitHeight }) {
            throw damagedCoins("the witnesses of block \(lacking.hash) were never checked")
        }
        current.candidates.removeAll { $0 !== block && isWorse($0, than: block) }
        if !current.candidates.contains(where: { $0 === block }) { current.candidates.append(block) }
    }

    private func activate() throws(StorageError) {
        do throws(BlockAcceptanceError) {
            try leaveInvalidBlocks()
            try activateBestChain(restoresMempool: false)
            try advanceHistorical()
        } catch {
            switch error {
            case .storage(let error): throw error
            default: throw damagedCoins(error.description)
            }
        }
    }

    func damagedIndex(_ reason: String) -> StorageError {
        .database(KeyValueStoreError(.corrupt, path: configuration.blocksFolder + "/index", reason: reason))
    }

    func damagedCoins(_ reason: String) -> StorageError {
        .database(KeyValueStoreError(.corrupt, path: configuration.chainStateFolder, reason: reason))
    }
}
