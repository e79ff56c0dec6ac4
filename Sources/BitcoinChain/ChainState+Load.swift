package import BitcoinConsensus
package import BitcoinPrimitives

/// How far loading is.
package struct LoadProgress: Equatable, Sendable {
    /// What is being done.
    package var phase: Phase
    /// Done so far: bytes of block files while headers are read, blocks while they are connected.
    package var done: UInt64
    /// All there is to do, in the same unit.
    package var total: UInt64

    /// The steps of loading.
    package enum Phase: Sendable {
        /// Finding the blocks in the files.
        case readingHeaders
        /// Checking and connecting them.
        case connectingBlocks
    }
}

/// What loading found.
package struct LoadReport: Sendable {
    /// Block files read.
    package var fileCount = 0
    /// Records found in them.
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
        /// A block that follows one which is nowhere.
        case orphan(BlockHash, parent: BlockHash)
        /// A block that breaks a rule.
        case invalid(BlockHash, ConsensusFailure)
        /// Blocks could not be disconnected or connected for another reason.
        case activation(BlockAcceptanceError)

        package var description: String {
            switch self {
            case .garbage(let path, let offset, let count):
                "\(path): \(count) bytes at offset \(offset) are no block"
            case .brokenRecord(let path, let offset, let count):
                "\(path): broken block record at offset \(offset), \(count) bytes skipped"
            case .unreadable(let error):
                error.description
            case .orphan(let hash, let parent):
                "block \(hash) has unknown parent \(parent)"
            case .invalid(let hash, let failure):
                "block \(hash) is invalid: \(failure)"
            case .activation(let error):
                error.description
            }
        }
    }

    mutating func note(_ problem: Problem) {
        problemCount += 1
        if problems.count < Self.maximumProblems { problems.append(problem) }
    }
}

extension ChainState {
    /// Reads all block files: first the headers of all, then the blocks in the order of the files.
    ///
    /// Damage is stepped over and reported; what can be read is loaded. No file is changed, except that a half-written
    /// record at the end of this node's own last file is cut off. Times in the future are not objected to: whoever
    /// wrote a block down had compared it with the clock then.
    ///
    /// - Parameter progress: told how far loading is, now and then; returns false to stop.
    /// - Returns: what was found.
    /// - Throws: `StorageError` when a folder cannot be listed or an own file not be written.
    package func load(progress: (LoadProgress) -> Bool = { _ in true }) throws(StorageError) -> LoadReport {
        var report = LoadReport()
        guard let received = try readHeaders(&report, progress) else {
            report.wasInterrupted = true
            return report
        }
        for (count, index) in received.enumerated() {
            let state = LoadProgress(
                phase: .connectingBlocks, done: UInt64(count), total: UInt64(received.count))
            if count % 100 == 0, !progress(state) {
                report.wasInterrupted = true
                return report
            }
            replay(index, &report)
        }
        _ = progress(
            LoadProgress(
                phase: .connectingBlocks, done: UInt64(received.count), total: UInt64(received.count)))
        report.blockCount = tree.blocks.count { $0.hasData && $0.height > 0 }
        return report
    }

    /// - Returns: the blocks in the order of the files; `nil` when `progress` asked to stop.
    private func readHeaders(
        _ report: inout LoadReport, _ progress: (LoadProgress) -> Bool
    ) throws(StorageError) -> [BlockIndex]? {
        var received: [BlockIndex] = []
        var orphans = OrphanRecords()
        let total = storage.bytesOnDisk
        var done: UInt64 = 0
        for folder in storage.folders {
            let numbers = try folder.fileNumbers()
            for number in numbers {
                guard progress(LoadProgress(phase: .readingHeaders, done: done, total: total)) else { return nil }
                do {
                    var scanner = try BlockFileScanner(folder: folder, file: number)
                    report.fileCount += 1
                    done += scanner.fileSize
                    while let record = try scanner.next() {
                        report.recordCount += 1
                        insert(record, &received, &orphans, &report)
                    }
                    sizeOnDisk += try scanner.endOfRecords + folder.undoBytes(number)
                    note(scanner.gaps, in: folder.filePath(number), &report)
                    if folder.store == .own, number == numbers.last {
                        try storage.resume(file: number, at: scanner.endOfRecords)
                    }
                } catch {
                    report.note(.unreadable(error))
                    // Appending to a file that cannot be read would make the damage worse.
                    if folder.store == .own { throw error }
                }
            }
        }
        for record in orphans.remaining {
            report.note(.orphan(record.header.hash, parent: record.header.previousBlockHash))
        }
        return received
    }

    private func note(_ gaps: [BlockFileScanner.Gap], in path: String, _ report: inout LoadReport) {
        for gap in gaps {
            report.note(
                gap.isBrokenRecord
                    ? .brokenRecord(path: path, offset: gap.offset, count: gap.count)
                    : .garbage(path: path, offset: gap.offset, count: gap.count))
        }
    }

    /// Puts a record's header into the tree, and after it those of its descendants that came before it.
    private func insert(
        _ record: BlockFileScanner.Record, _ received: inout [BlockIndex], _ orphans: inout OrphanRecords,
        _ report: inout LoadReport
    ) {
        var queue = [record]
        while let record = queue.popLast() {
            if record.header.hash == parameters.genesisHash {
                if tree.genesis.position == nil { tree.genesis.position = record.position }
                continue
            }
            guard tree[record.header.previousBlockHash] != nil else {
                orphans.add(record)
                continue
            }
            do {
                let index = try insertHeader(record.header, now: .max)
                queue += orphans.take(after: index.hash)
                guard !index.hasData else { continue }
                index.position = record.position
                index.transactionCount = record.transactionCount
                received.append(index)
            } catch {
                report.note(.invalid(record.header.hash, error))
            }
        }
    }

    /// Does with a stored block what was done when it first came.
    private func replay(_ index: BlockIndex, _ report: inout LoadReport) {
        var problems: [LoadReport.Problem] = []
        var checked: Block?
        link(index) { linked in
            do throws(BlockAcceptanceError) {
                try activateBestChain(cached: checked.map { (linked, $0) }, restoresMempool: false)
            } catch {
                problems.append(.activation(error))
            }
            if let failure = linked.failure { problems.append(.invalid(linked.hash, failure)) }
        } isGood: { linked in
            checked = self.checked(linked, &problems)
            return checked != nil
        }
        for problem in problems { report.note(problem) }
    }

    /// Reads a block and checks what can be checked without coins; `nil` when it is bad.
    private func checked(_ index: BlockIndex, _ problems: inout [LoadReport.Problem]) -> Block? {
        guard let parent = index.parent else { return nil }
        if let failure = index.failure {
            problems.append(.invalid(index.hash, failure))
            return nil
        }
        let block: Block
        do {
            block = try self.block(index)
        } catch {
            forget(index)
            problems.append(.unreadable(error))
            return nil
        }
        do {
            try BlockRules.check(block, parameters: parameters)
            try BlockRules.check(block, after: parent, parameters: parameters)
        } catch {
            if error.rule.blame == .consensus { markInvalid(index, error) } else { forget(index) }
            problems.append(.invalid(index.hash, error))
            return nil
        }
        index.describe(block)
        return block
    }
}

/// Records whose parents have not been found yet.
private struct OrphanRecords {
    private var byParent: [BlockHash: [BlockFileScanner.Record]] = [:]

    mutating func add(_ record: BlockFileScanner.Record) {
        byParent[record.header.previousBlockHash, default: []].append(record)
    }

    /// The records that follow `hash`, the last first, as a stack wants them.
    mutating func take(after hash: BlockHash) -> [BlockFileScanner.Record] {
        (byParent.removeValue(forKey: hash) ?? []).reversed()
    }

    var remaining: [BlockFileScanner.Record] { byParent.values.flatMap(\.self) }
}
