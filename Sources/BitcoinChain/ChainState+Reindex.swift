internal import BitcoinConsensus
internal import BitcoinPrimitives
internal import ByteCoding

// Building the index anew from the block files, and taking in blocks from files of others.

extension ChainState {
    /// Finds every block in the files and takes it into the index. What was found before an interruption is not checked
    /// again.
    func reindex(_ report: inout LoadReport) throws(StorageError) {
        guard let found = try findBlocks(in: files.folder, &report) else { return }
        for (count, record) in found.enumerated() {
            let state = LoadProgress(phase: .indexingBlocks, done: UInt64(count), total: UInt64(found.count))
            guard reportProgress?(state) ?? true else { return }
            files.note(record.position, size: record.size, height: record.index.height, time: record.index.header.time)
            guard !record.index.hasData else { continue }
            try takeIn(record, &report)
        }
        try flush()
        if !isInterrupted { try index.setReindexing(false) }
    }

    /// Accepts the blocks of another folder with files in Core's format.
    ///
    /// - Returns: what was found.
    /// - Throws: `StorageError`.
    package func importBlocks(from path: String) throws(StorageError) -> LoadReport {
        var report = LoadReport()
        let folder = try BlockFolder(path: path, parameters: parameters)
        guard let found = try findBlocks(in: folder, &report) else { return report }
        isBulkLoading = true
        defer { isBulkLoading = false }
        for record in found where !record.index.hasData {
            let scanner = try BlockFileScanner(folder: folder, file: record.position.file)
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
        return report
    }

    /// A record of a file, and its place in the tree.
    private struct FoundBlock {
        var record: BlockFileScanner.Record
        var index: BlockIndex
        var position: BlockFiles.Position { record.position }
        var size: Int { record.size }
    }

    /// - Returns: the blocks in the order of the files, parents before children; `nil` when it was interrupted.
    private func findBlocks(
        in folder: BlockFolder, _ report: inout LoadReport
    ) throws(StorageError) -> [FoundBlock]? {
        var found: [FoundBlock] = []
        var orphans = OrphanRecords()
        let total = folder.bytesOnDisk
        var done: UInt64 = 0
        for number in try folder.fileNumbers() {
            // The reporter looks at every 64th step of the count; files are few.
            let state = LoadProgress(phase: .readingHeaders, done: done & ~63, total: total)
            guard reportProgress?(state) ?? true else { return nil }
            do {
                var scanner = try BlockFileScanner(folder: folder, file: number)
                report.fileCount += 1
                done += scanner.fileSize
                while let record = try scanner.next() {
                    report.recordCount += 1
                    insert(record, &found, &orphans, &report)
                }
                note(scanner.gaps, in: folder.filePath(number), &report)
            } catch {
                report.note(.unreadable(error))
            }
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
