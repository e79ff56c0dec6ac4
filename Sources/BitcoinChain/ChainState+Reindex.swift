internal import BitcoinConsensus
internal import BitcoinPrimitives
internal import ByteCoding
internal import Foundation

// Building the index anew from the block files, and taking in blocks from files of others.

extension ChainState {
    /// Finds every block in the files and takes it into the index. What was found before an interruption is not checked
    /// again.
    func reindex(_ report: inout LoadReport) throws(StorageError) {
        var sources: [BlockFileScanner] = []
        let numbers = try files.folder.fileNumbers()
        noteMissing(numbers, &report)
        // What cannot be read here would be lost, so nothing is stepped over.
        for number in numbers {
            sources.append(try BlockFileScanner(folder: files.folder, file: number))
        }
        guard let found = try findBlocks(in: sources, &report) else { return }
        for (count, record) in found.enumerated() {
            let state = LoadProgress(phase: .indexingBlocks, done: UInt64(count), total: UInt64(found.count))
            guard reportProgress?(state) ?? true else { return }
            guard !record.index.hasData else { continue }
            try takeIn(record, &report)
            // What was found need not be found again after a crash.
            if changedBlocks.count >= Self.indexBatch { try flushIndex() }
        }
        try flush()
        if !isInterrupted {
            try index.setReindexing(false)
            isReindexing = false
        }
    }

    /// Notes the gaps between files. Nothing can be built of what lies behind one, and of nothing at all without the
    /// first.
    private func noteMissing(_ numbers: [Int], _ report: inout LoadReport) {
        var expected = 0
        for number in numbers.isEmpty ? [1] : numbers {
            if number > expected {
                report.note(.missing(path: files.folder.filePath(expected), count: number - expected))
            }
            expected = number + 1
        }
    }

    /// Blocks after which the index is put on disk while it is built anew.
    private static let indexBatch = 5000

    /// Accepts the blocks of another folder with files in Core's format, or those of one file with nothing mixed into
    /// it (`-loadblock`). Pruned blocks of the active chain are left out: without what they spent they are of no use.
    ///
    /// - Parameters:
    ///   - path: the folder or file, which stays as it is.
    ///   - progress: told how far it is, now and then; returns false to stop.
    /// - Returns: what was found.
    /// - Throws: `StorageError`.
    package func importBlocks(
        from path: String, progress: @escaping (LoadProgress) -> Bool = { _ in true }
    ) throws(StorageError) -> LoadReport {
        var report = LoadReport()
        var isDirectory: ObjCBool = false
        var sources: [BlockFileScanner] = []
        if unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
            let folder = try BlockFolder(path: path, parameters: parameters)
            for number in try folder.fileNumbers() {
                sources.append(try BlockFileScanner(folder: folder, file: number))
            }
        } else {
            sources = [try BlockFileScanner(path: path, parameters: parameters)]
        }
        watch(progress)
        isBulkLoading = true
        defer { (reportProgress, importProgress, isBulkLoading) = (nil, nil, false) }
        guard let found = try findBlocks(in: sources, &report) else {
            report.wasInterrupted = true
            return report
        }
        for (count, record) in found.enumerated() where isOfUse(record.index) {
            let state = LoadProgress(phase: .importingBlocks, done: UInt64(count), total: UInt64(found.count))
            importProgress = state
            guard reportProgress?(state) ?? true else { break }
            guard let scanner = sources.first(where: { $0.number == record.position.file }) else { continue }
            var reader = ByteReader(try scanner.bytes(of: record.record))
            guard let block = try? Block(from: &reader) else { continue }
            do throws(BlockAcceptanceError) {
                if try acceptBlock(block) == .new { report.blockCount += 1 }
            } catch {
                switch error {
                case .invalid(let failure): report.note(.invalid(record.index.hash, failure))
                case .storage(let error): throw error
                default: throw damagedCoins(error.description)
                }
            }
        }
        try flush()
        report.wasInterrupted = isInterrupted
        return report
    }

    private func isOfUse(_ block: BlockIndex) -> Bool {
        !block.hasData && !(isPruned(block) && activeChain.contains(block))
    }

    /// A record of a file, and its place in the tree.
    private struct FoundBlock {
        var record: BlockFileScanner.Record
        var index: BlockIndex
        var position: BlockFiles.Position { record.position }
    }

    /// - Returns: the blocks in the order of the files, parents before children; `nil` when it was interrupted.
    private func findBlocks(
        in sources: [BlockFileScanner], _ report: inout LoadReport
    ) throws(StorageError) -> [FoundBlock]? {
        var found: [FoundBlock] = []
        var orphans = OrphanRecords()
        let total = sources.reduce(0) { $0 + $1.fileSize }
        var done: UInt64 = 0
        for source in sources {
            // The reporter looks at every 64th step of the count; files are few.
            let state = LoadProgress(phase: .readingHeaders, done: done & ~63, total: total)
            guard reportProgress?(state) ?? true else { return nil }
            var scanner = source
            report.fileCount += 1
            done += scanner.fileSize
            while let record = try scanner.next() {
                report.recordCount += 1
                insert(record, &found, &orphans, &report)
            }
            note(scanner.gaps, in: scanner.path, &report)
        }
        for record in orphans.remaining {
            report.note(.orphan(record.header.hash, parent: record.header.previousBlockHash))
        }
        return found
    }

    private func note(_ gaps: [BlockFileScanner.Gap], in path: String, _ report: inout LoadReport) {
        for gap in gaps {
            report.note(
                gap.isBrokenRecord
                    ? .brokenRecord(path: path, offset: gap.offset, count: gap.count)
                    : .garbage(path: path, offset: gap.offset, count: gap.count))
        }
    }

    /// Puts a record's header into the tree, and after it those of its descendants that came before it. Times in the
    /// future are not objected to: whoever wrote a block down had compared it with the clock then.
    private func insert(
        _ record: BlockFileScanner.Record, _ found: inout [FoundBlock], _ orphans: inout OrphanRecords,
        _ report: inout LoadReport
    ) {
        var queue = [record]
        while let record = queue.popLast() {
            if record.header.hash == parameters.genesisHash {
                found.append(FoundBlock(record: record, index: tree.genesis))
                continue
            }
            guard tree[record.header.previousBlockHash] != nil else {
                orphans.add(record)
                continue
            }
            do {
                let index = try insertHeader(record.header, now: .max)
                queue += orphans.take(after: index.hash)
                found.append(FoundBlock(record: record, index: index))
            } catch {
                report.note(.invalid(record.header.hash, error))
            }
        }
    }

    /// Checks a block that lies in a file already, and takes it into the index if it is good.
    private func takeIn(_ found: FoundBlock, _ report: inout LoadReport) throws(StorageError) {
        let index = found.index
        if let failure = index.failure { return report.note(.invalid(index.hash, failure)) }
        let block: Block
        do {
            block = try files.readBlock(at: found.position, hash: index.hash)
        } catch {
            guard case .damaged = error else { throw error }
            return report.note(.unreadable(error))
        }
        do {
            try BlockRules.check(block, parameters: parameters)
            if let parent = index.parent { try BlockRules.check(block, after: parent, parameters: parameters) }
        } catch {
            if error.rule.blame == .consensus { markInvalid(index, error) }
            return report.note(.invalid(index.hash, error))
        }
        files.note(found.position, size: found.record.size, height: index.height, time: index.header.time)
        index.position = found.position
        describe(index, block.transactions.count)
        if index === tree.genesis {
            index.chainTransactionCount = UInt64(index.transactionCount)
            index.validity = .scripts
            for node in takeUnlinked(after: index) { link(node, sequence: 1) }
        } else {
            link(index, sequence: 1)
        }
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
