internal import BitcoinConsensus
internal import BitcoinPrimitives
internal import ByteCoding
internal import Foundation

// Building the index anew from the block files, and taking in blocks from files of others.

extension ChainState {
    /// Finds every block in the files and takes it into the index. What was found before an interruption is not checked
    /// again.
    func reindex(_ report: inout LoadReport) throws(StorageError) {
        let numbers = try files.folder.fileNumbers()
        noteMissing(numbers, &report)
        // What cannot be read here would be lost, so nothing is stepped over.
        let sources = numbers.map { BlockSource.numbered(files.folder, $0) }
        guard let found = try findBlocks(in: sources, &report) else { return }
        for (count, record) in found.enumerated() {
            let state = LoadProgress(phase: .indexingBlocks, done: UInt64(count), total: UInt64(found.count))
            guard reportProgress?(state) ?? true else { return }
            guard !record.index.hasData else { continue }
            try takeIn(record, file: numbers[record.source], &report)
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
        let sources: [BlockSource]
        if unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
            let folder = try BlockFolder(path: path, parameters: parameters)
            sources = try folder.fileNumbers().map { .numbered(folder, $0) }
        } else {
            sources = [.single(path, parameters)]
        }
        watch(progress)
        isBulkLoading = true
        defer { (reportProgress, importProgress, isBulkLoading) = (nil, nil, false) }
        guard let found = try findBlocks(in: sources, &report) else {
            report.wasInterrupted = true
            return report
        }
        var scanner: (source: Int, file: BlockFileScanner)?
        for (count, record) in found.enumerated() where isOfUse(record.index) {
            let state = LoadProgress(phase: .importingBlocks, done: UInt64(count), total: UInt64(found.count))
            importProgress = state
            guard reportProgress?(state) ?? true else { break }
            if scanner?.source != record.source { scanner = (record.source, try sources[record.source].open()) }
            guard let file = scanner?.file else { break }
            var reader = ByteReader(try file.bytes(at: record.offset, count: record.size))
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

    /// A record, and its place in the tree. There are as many as there are blocks, so this is kept small.
    private struct FoundBlock {
        var index: BlockIndex
        /// The number of its source.
        var source: Int
        /// Where the block lies there.
        var offset: UInt64
        var size: Int

        init(_ index: BlockIndex, _ found: SourceRecord) {
            self.index = index
            (source, offset, size) = (found.source, found.record.offset, found.record.size)
        }
    }

    /// - Returns: the blocks in the order of the files, parents before children; `nil` when it was interrupted.
    private func findBlocks(
        in sources: [BlockSource], _ report: inout LoadReport
    ) throws(StorageError) -> [FoundBlock]? {
        var found: [FoundBlock] = []
        var orphans = OrphanRecords()
        var total: UInt64 = 0
        for source in sources { total += try source.open().fileSize }
        var done: UInt64 = 0
        for (number, source) in sources.enumerated() {
            var scanner = try source.open()
            report.fileCount += 1
            repeat {
                // The reporter looks at every 64th step of the count.
                let state = LoadProgress(
                    phase: .readingHeaders, done: (done + scanner.endOfRecords) & ~63, total: total)
                guard reportProgress?(state) ?? true else { return nil }
                guard let record = try scanner.next() else { break }
                report.recordCount += 1
                insert(SourceRecord(source: number, record: record), &found, &orphans, &report)
            } while true
            done += scanner.fileSize
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
        _ record: SourceRecord, _ found: inout [FoundBlock], _ orphans: inout OrphanRecords,
        _ report: inout LoadReport
    ) {
        var queue = [record]
        while let record = queue.popLast() {
            let header = record.record.header
            if header.hash == parameters.genesisHash {
                found.append(FoundBlock(tree.genesis, record))
                continue
            }
            guard tree[header.previousBlockHash] != nil else {
                orphans.add(record)
                continue
            }
            do {
                let index = try insertHeader(header, now: .max)
                queue += orphans.take(after: index.hash)
                found.append(FoundBlock(index, record))
            } catch {
                report.note(.invalid(header.hash, error))
            }
        }
    }

    /// Checks a block that lies in the file with this number already, and takes it into the index if it is good.
    private func takeIn(_ found: FoundBlock, file number: Int, _ report: inout LoadReport) throws(StorageError) {
        let index = found.index
        if let failure = index.failure { return report.note(.invalid(index.hash, failure)) }
        let position = BlockFiles.Position(file: number, offset: UInt32(truncatingIfNeeded: found.offset))
        let block: Block
        do {
            block = try files.readBlock(at: position, hash: index.hash)
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
        files.note(position, size: found.size, height: index.height, time: index.header.time)
        index.position = position
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

/// Where records of blocks are. A large folder has more files than a process may have open.
private enum BlockSource {
    /// The file with this number in a folder.
    case numbered(BlockFolder, Int)
    /// A file that lies somewhere else.
    case single(String, ChainParameters)

    func open() throws(StorageError) -> BlockFileScanner {
        switch self {
        case .numbered(let folder, let number): try BlockFileScanner(folder: folder, file: number)
        case .single(let path, let parameters): try BlockFileScanner(path: path, parameters: parameters)
        }
    }
}

/// A record, and the number of its source.
private struct SourceRecord {
    var source: Int
    var record: BlockFileScanner.Record
}

/// Records whose parents have not been found yet.
private struct OrphanRecords {
    private var byParent: [BlockHash: [SourceRecord]] = [:]

    mutating func add(_ found: SourceRecord) {
        byParent[found.record.header.previousBlockHash, default: []].append(found)
    }

    /// The records that follow `hash`, the last first, as a stack wants them.
    mutating func take(after hash: BlockHash) -> [SourceRecord] {
        (byParent.removeValue(forKey: hash) ?? []).reversed()
    }

    var remaining: [BlockFileScanner.Record] { byParent.values.flatMap { $0.map(\.record) } }
}
